// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// Cores of one neuron without a target.
LogicalNetwork EmptyCores(std::size_t count) {
  LogicalNetwork network;
  network.cores.resize(count);
  for (LogicalCore& core : network.cores) {
    core.neurons.resize(1);
  }
  return network;
}

TEST(PlaceTest, CoresFillASquareRowByRow) {
  const auto places = PlaceCores(EmptyCores(5), MeshShape{});
  ASSERT_TRUE(places.ok()) << places.status();
  EXPECT_THAT(*places,
              ElementsAre(CoreCoordinates{0, 0}, CoreCoordinates{1, 0}, CoreCoordinates{2, 0},
                          CoreCoordinates{0, 1}, CoreCoordinates{1, 1}));
}

TEST(PlaceTest, FlatMeshWidensTheBlockAndNarrowMeshNarrowsIt) {
  const auto flat = PlaceCores(EmptyCores(7), MeshShape{4, 2, 1, 1});  // 3 wide needs 3 rows
  ASSERT_TRUE(flat.ok()) << flat.status();
  EXPECT_EQ(flat->back(), (CoreCoordinates{2, 1}));
  const auto narrow = PlaceCores(EmptyCores(7), MeshShape{2, 4, 1, 1});
  ASSERT_TRUE(narrow.ok()) << narrow.status();
  EXPECT_EQ(narrow->back(), (CoreCoordinates{0, 3}));
}

TEST(PlaceTest, TargetAt255CoresIsReachedAndAt256IsNot) {
  LogicalNetwork network = EmptyCores(257);
  LogicalNeuron& neuron = network.cores[0].neurons[0];
  neuron.target = NeuronTarget::Axon(CoreId(255), AxonIndex(0), DelayTicks(1));
  const MeshShape row{512, 1, 1, 1};
  EXPECT_TRUE(PlaceCores(network, row).ok());
  neuron.target = NeuronTarget::Axon(CoreId(256), AxonIndex(0), DelayTicks(1));
  const absl::Status status = PlaceCores(network, row).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Message(status),
            "core (0,0): target core (256,0) out of reach, 256 cores away, allowed 255: 1 too far");
}

TEST(GrowMeshTest, KeepsAMeshThatHasRoom) {
  const auto mesh = GrowMesh(MeshShape{}, 4096, 1);
  ASSERT_TRUE(mesh.ok());
  EXPECT_EQ(*mesh, MeshShape{});
}

TEST(GrowMeshTest, AddsChipsNearASquare) {
  const MeshShape chip{2, 2, 1, 1};
  EXPECT_EQ(*GrowMesh(chip, 5, 16), (MeshShape{2, 2, 2, 1}));  // 2 chips
  EXPECT_EQ(*GrowMesh(chip, 9, 16), (MeshShape{2, 2, 2, 2}));  // 3 chips: 2 x 2, not 3 x 1
  EXPECT_EQ(*GrowMesh(chip, 9, 3), (MeshShape{2, 2, 3, 1}));   // but 3 x 1 if 4 are too many
  EXPECT_EQ(*GrowMesh(chip, 64, 16), (MeshShape{2, 2, 4, 4}));
}

TEST(GrowMeshTest, MoreCoresThanAllChipsIsResourceExhausted) {
  const absl::Status status = GrowMesh(MeshShape{2, 2, 1, 1}, 65, 16).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status), HasSubstr("needs 65 cores, 16 chips of 2 x 2 have 64: 1 too few"));
}

}  // namespace
}  // namespace spikemesh
