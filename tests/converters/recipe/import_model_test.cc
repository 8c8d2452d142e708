// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/import_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <string>

#include "core/base/atomic_file.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Status StatusOf(const std::string& bytes) {
  const std::string path = Concat(::testing::TempDir(), "import_model_test_", ::getpid());
  SPIKEMESH_CHECK(WriteFileAtomically(path, bytes).ok());
  absl::Status status = ImportModel(path, {}).status();
  ::unlink(path.c_str());
  return status;
}

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(ImportModelTest, TheTableHasARowAKind) {
  std::set<FileKind> kinds;
  for (const Importer& importer : Importers()) {
    EXPECT_TRUE(kinds.insert(importer.kind).second);
    EXPECT_FALSE(importer.reads.empty());
  }
  EXPECT_TRUE(Importers()[0].accepts(std::string("\x08\x08:\0", 4)));
  EXPECT_FALSE(Importers()[0].accepts("{}"));
}

TEST(ImportModelTest, WhatIsNotReadIsAnsweredWithWhatItIsAndWhatIsRead) {
  const absl::Status hdf5 = StatusOf(std::string("\x89HDF\r\n\x1A\n", 8));
  EXPECT_EQ(hdf5.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(MessageOf(hdf5),
              AllOf(HasSubstr("is an HDF5 file (NIR and Keras models are such)"),
                    HasSubstr("read are ONNX models, spiking networks (.snn), networks of the RANC "
                              "simulator")));
  EXPECT_THAT(MessageOf(StatusOf("a: 1\n")), HasSubstr("is a YAML file"));
  EXPECT_THAT(MessageOf(StatusOf("{\"a\": 1}")), HasSubstr("is a JSON file"));
  EXPECT_THAT(MessageOf(StatusOf("")), HasSubstr("is an empty file"));
}

TEST(ImportModelTest, RancNetworkWithoutItsConfigNamesTheRemedy) {
  const absl::Status status = StatusOf("{\"packets\": [], \"cores\": []}");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(RemediesOf(status), ElementsAre(Remedy{RemedyKind::kRancConfig}));
}

TEST(ImportModelTest, MissingFileIsNotFound) {
  EXPECT_EQ(ImportModel("/nowhere/at/all.onnx", {}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace spikemesh
