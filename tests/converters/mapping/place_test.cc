// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

absl::StatusOr<std::vector<CoreCoordinates>> RowMajor(const LogicalNetwork& network,
                                                      const MeshShape& mesh) {
  const auto placement =
      PlaceCores(network, {.mesh = mesh}, {.method = PlacementMethod::kRowMajor});
  if (!placement.ok()) {
    return placement.status();
  }
  return placement->places;
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
  const auto places = RowMajor(EmptyCores(5), MeshShape{});
  ASSERT_TRUE(places.ok()) << places.status();
  EXPECT_THAT(*places,
              ElementsAre(CoreCoordinates{0, 0}, CoreCoordinates{1, 0}, CoreCoordinates{2, 0},
                          CoreCoordinates{0, 1}, CoreCoordinates{1, 1}));
}

TEST(PlaceTest, FlatMeshWidensTheBlockAndNarrowMeshNarrowsIt) {
  const auto flat = RowMajor(EmptyCores(7), MeshShape{4, 2, 1, 1});  // 3 wide needs 3 rows
  ASSERT_TRUE(flat.ok()) << flat.status();
  EXPECT_EQ(flat->back(), (CoreCoordinates{2, 1}));
  const auto narrow = RowMajor(EmptyCores(7), MeshShape{2, 4, 1, 1});
  ASSERT_TRUE(narrow.ok()) << narrow.status();
  EXPECT_EQ(narrow->back(), (CoreCoordinates{0, 3}));
}

TEST(PlaceTest, TargetAt255CoresIsReachedAndAt256IsNot) {
  LogicalNetwork network = EmptyCores(257);
  LogicalNeuron& neuron = network.cores[0].neurons[0];
  neuron.target = NeuronTarget::Axon(CoreId(255), AxonIndex(0), DelayTicks(1));
  const MeshShape row{512, 1, 1, 1};
  EXPECT_TRUE(RowMajor(network, row).ok());
  neuron.target = NeuronTarget::Axon(CoreId(256), AxonIndex(0), DelayTicks(1));
  const absl::Status status = RowMajor(network, row).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Message(status),
            "core (0,0): target core (256,0) out of reach, 256 cores away, allowed 255: 1 too far");
}

// Core 0 sends to the last of 9 with each of its 3 neurons.
LogicalNetwork FarPair() {
  LogicalNetwork network = EmptyCores(9);
  network.cores[0].neurons.resize(3);
  for (LogicalNeuron& neuron : network.cores[0].neurons) {
    neuron.target = NeuronTarget::Axon(CoreId(8), AxonIndex(0), DelayTicks(1));
  }
  return network;
}

TEST(PlaceTest, BestPutsTogetherWhatTalks) {
  const auto placement = PlaceCores(FarPair(), ChipSpec{}, {});
  ASSERT_TRUE(placement.ok()) << placement.status();
  EXPECT_EQ(placement->method, PlacementMethod::kBest);
  EXPECT_EQ(placement->row_major.hops, 3 * 4);
  EXPECT_EQ(placement->row_major.link_max, 3);
  EXPECT_EQ(placement->cost.hops, 3);
  EXPECT_EQ(placement->cost.hops_mean, 1.0);
}

TEST(PlaceTest, RowMajorIsKeptWhereNothingIsBetter) {
  const auto placement = PlaceCores(EmptyCores(9), ChipSpec{}, {});
  ASSERT_TRUE(placement.ok()) << placement.status();
  EXPECT_EQ(placement->method, PlacementMethod::kRowMajor);
  EXPECT_EQ(placement->places, *RowMajor(EmptyCores(9), MeshShape{}));
}

// With traffic it matters who fires, not who could.
TEST(PlaceTest, TrafficWeighsNeurons) {
  LogicalNetwork network = FarPair();
  network.cores[0].neurons[0].target.index = 4;
  const std::vector<NeuronSpikes> traffic = {{0, 0, 50}, {0, 2, 1}};
  const auto placement = PlaceCores(network, ChipSpec{}, {.traffic = traffic});
  ASSERT_TRUE(placement.ok()) << placement.status();
  EXPECT_EQ(placement->row_major.hops, 50 * 2 + 1 * 4);
  EXPECT_EQ(placement->cost.hops, 50 + 1);
}

TEST(PlaceTest, TrafficOfAnotherNetworkIsRefused) {
  for (const NeuronSpikes& foreign : {NeuronSpikes{9, 0, 1}, NeuronSpikes{1, 1, 1}}) {
    const std::vector<NeuronSpikes> traffic = {foreign};
    const absl::Status status = PlaceCores(FarPair(), ChipSpec{}, {.traffic = traffic}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_THAT(Message(status), HasSubstr("is not in the network of 9 cores"));
  }
}

TEST(PlaceTest, DeadCoresStayEmpty) {
  LogicalNetwork network = EmptyCores(12);
  for (std::uint32_t core = 0; core < 12; ++core) {
    network.cores[core].neurons[0].target =
        NeuronTarget::Axon(CoreId((core + 5) % 12), AxonIndex(0), DelayTicks(1));
  }
  // 12 of 16 are left, and all are needed.
  const ChipSpec spec = {.mesh = {4, 4, 1, 1}, .dead_cores = {{0, 0}, {2, 1}, {1, 2}, {3, 3}}};
  for (const PlacementMethod method : {PlacementMethod::kRowMajor, PlacementMethod::kBest}) {
    const auto placement = PlaceCores(network, spec, {.method = method});
    ASSERT_TRUE(placement.ok()) << placement.status();
    EXPECT_EQ(placement->method, method);
    std::set<CoreCoordinates> places(placement->places.begin(), placement->places.end());
    EXPECT_EQ(places.size(), 12u);
    places.insert(spec.dead_cores.begin(), spec.dead_cores.end());
    EXPECT_EQ(places.size(), 16u);
  }
  const auto grown = GrowMesh(spec, 13, 2);
  ASSERT_TRUE(grown.ok());
  EXPECT_EQ(grown->chips_x * grown->chips_y, 2);
  EXPECT_THAT(Message(GrowMesh(spec, 13, 1).status()),
              HasSubstr("1 chips of 4 x 4 have 12 without the 4 dead or cut off: 1 too few"));
}

TEST(PlaceTest, WhatDeadLinksCutOffIsUnusable) {
  // The west end of row 1 is cut off, where the host would enter; and the corner (2, 2).
  const ChipSpec spec = {.mesh = {3, 3, 1, 1},
                         .dead_links = {{{0, 0}, Port::kSouth},
                                        {{0, 1}, Port::kEast},
                                        {{0, 1}, Port::kSouth},
                                        {{2, 1}, Port::kSouth},
                                        {{1, 2}, Port::kEast}}};
  EXPECT_THAT(UnusablePlaces(spec), ElementsAre(CoreCoordinates{0, 1}, CoreCoordinates{1, 1},
                                                CoreCoordinates{2, 1}, CoreCoordinates{2, 2}));
}

TEST(PlaceTest, CostsAreThoseOfTheWaysAroundDeadLinks) {
  LogicalNetwork network = EmptyCores(2);
  network.cores[0].neurons[0].target = NeuronTarget::Axon(CoreId(1), AxonIndex(0), DelayTicks(1));
  const ChipSpec spec = {.mesh = {2, 2, 1, 1}, .dead_links = {{{0, 0}, Port::kEast}}};
  const auto placement = PlaceCores(network, spec, {.method = PlacementMethod::kRowMajor});
  ASSERT_TRUE(placement.ok()) << placement.status();
  EXPECT_EQ(placement->cost.hops, 3);
  EXPECT_EQ(placement->cost.link_max, 1);
}

TEST(GrowMeshTest, KeepsAMeshThatHasRoom) {
  const auto mesh = GrowMesh(ChipSpec{}, 4096, 1);
  ASSERT_TRUE(mesh.ok());
  EXPECT_EQ(*mesh, MeshShape{});
}

TEST(GrowMeshTest, AddsChipsNearASquare) {
  const ChipSpec chip = {.mesh = {2, 2, 1, 1}};
  EXPECT_EQ(*GrowMesh(chip, 5, 16), (MeshShape{2, 2, 2, 1}));  // 2 chips
  EXPECT_EQ(*GrowMesh(chip, 9, 16), (MeshShape{2, 2, 2, 2}));  // 3 chips: 2 x 2, not 3 x 1
  EXPECT_EQ(*GrowMesh(chip, 9, 3), (MeshShape{2, 2, 3, 1}));   // but 3 x 1 if 4 are too many
  EXPECT_EQ(*GrowMesh(chip, 64, 16), (MeshShape{2, 2, 4, 4}));
}

TEST(GrowMeshTest, MoreCoresThanAllChipsIsResourceExhausted) {
  const absl::Status status = GrowMesh({.mesh = {2, 2, 1, 1}}, 65, 16).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status), HasSubstr("needs 65 cores, 16 chips of 2 x 2 have 64: 1 too few"));
}

}  // namespace
}  // namespace spikemesh
