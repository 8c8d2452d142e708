// SPDX-License-Identifier: Apache-2.0
// Initializers: each element type and place of storage, external files, and the limits on the wire.
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "converters/onnx/onnx_constant.h"
#include "converters/onnx/wire_limits.h"
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

template <typename T>
std::string RawBytes(const std::vector<T>& values) {
  std::string raw(values.size() * sizeof(T), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  return raw;
}

// The elements of a raw tensor [n].
std::vector<double> DecodeRaw(OnnxElementType type, const std::string& raw, std::int64_t count) {
  MemoryBudget budget(0);
  OnnxTensor tensor;
  tensor.dims = {count};
  tensor.type = type;
  tensor.raw = raw;
  const auto constant = DecodeTensor(tensor, "", budget);
  EXPECT_TRUE(constant.ok()) << constant.status().message();
  std::vector<double> elements;
  for (std::int64_t i = 0; constant.ok() && i < constant->count(); ++i) {
    elements.push_back(constant->at(i));
  }
  return elements;
}

TEST(OnnxTensorTest, RawDataOfEveryType) {
  EXPECT_THAT(DecodeRaw(OnnxElementType::kFloat, RawBytes<float>({0.5F, -2}), 2),
              ElementsAre(0.5, -2));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kDouble, RawBytes<double>({0.1}), 1), ElementsAre(0.1));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kInt8, RawBytes<std::int8_t>({-128, 127}), 2),
              ElementsAre(-128, 127));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kUint8, RawBytes<std::uint8_t>({255}), 1),
              ElementsAre(255));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kInt16, RawBytes<std::int16_t>({-32768}), 1),
              ElementsAre(-32768));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kUint16, RawBytes<std::uint16_t>({65535}), 1),
              ElementsAre(65535));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kInt32, RawBytes<std::int32_t>({INT32_MIN}), 1),
              ElementsAre(double{INT32_MIN}));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kInt64, RawBytes<std::int64_t>({-7}), 1), ElementsAre(-7));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kBool, RawBytes<std::uint8_t>({0, 1}), 2),
              ElementsAre(0, 1));
}

// Two elements a byte, the first in its low half; the last byte may hold one.
TEST(OnnxTensorTest, FourBits) {
  const std::string raw = RawBytes<std::uint8_t>({0x8F, 0x07});
  EXPECT_THAT(DecodeRaw(OnnxElementType::kUint4, raw, 3), ElementsAre(15, 8, 7));
  EXPECT_THAT(DecodeRaw(OnnxElementType::kInt4, raw, 4), ElementsAre(-1, -8, 7, 0));
  ModelBuilder model({3});
  model.Opset(21).Floats("s", {}, {0.5F}).Integers("c", 22, {3, 1}, {0x21, 0x0E});
  model.Node("DequantizeLinear", {"c", "s"}, "w").Node("MatMul", {"x", "w"}, "y");
  EXPECT_THAT(RunModel(model, {1, 10, 100}), ElementsAre(0.5 + 10 - 100));
  model.graph().mutable_initializer(1)->add_int32_data(0);  // four elements too many
  ExpectRefused(model, kInvalid, {"tensor \"c\"", "holds 6 elements"});
}

// One, the largest, the smallest normal, the smallest subnormal, minus two, one third.
TEST(OnnxTensorTest, Float16) {
  const std::vector<std::uint16_t> bits = {0x3C00, 0x7BFF, 0x0400, 0x0001, 0xC000, 0x3555};
  EXPECT_THAT(DecodeRaw(OnnxElementType::kFloat16, RawBytes(bits), 6),
              ElementsAre(1, 65504, 0x1p-14, 0x1p-24, -2, 0x555p-12));
}

TEST(OnnxTensorTest, Float16InfinityIsNoWeight) {
  ModelBuilder model({1});
  auto* tensor = model.graph().add_initializer();
  tensor->set_name("c");
  tensor->set_data_type(onnx::TensorProto::FLOAT16);
  tensor->add_int32_data(0x7C00);
  model.Node("Mul", {"x", "c"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "inf"});
}

TEST(OnnxTensorTest, DoubleAndInt32DataFields) {
  ModelBuilder model({1});
  auto* a = model.graph().add_initializer();
  a->set_name("a");
  a->set_data_type(onnx::TensorProto::DOUBLE);
  a->add_double_data(0.1);
  model.Node("Add", {"x", "a"}, "y");
  EXPECT_THAT(RunModel(model, {0}), ElementsAre(0.1));
  auto* s = model.graph().add_initializer();
  s->set_name("s");
  s->set_data_type(onnx::TensorProto::INT32);
  s->add_int32_data(0);
  s->add_int32_data(-1);
  s->add_dims(2);
  model.graph().mutable_node(0)->set_output(0, "h");
  model.Node("Reshape", {"h", "s"}, "y");
  EXPECT_THAT(RunModel(model, {0}), ElementsAre(0.1));
}

TEST(OnnxTensorTest, RawDataOfAnotherSizeIsRefused) {
  ModelBuilder model({1});
  model.Floats("c", {3}, {});
  model.graph().mutable_initializer(0)->set_raw_data("12345678");
  model.Node("Mul", {"x", "c"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "tensor \"c\" has 8 bytes", "asks for 12"});
}

TEST(OnnxTensorTest, HugeNegativeAndZeroExtentsAreRefused) {
  const std::int64_t big = std::int64_t{1} << 32;
  for (const std::vector<std::int64_t>& dims :
       {std::vector<std::int64_t>{big, big, big}, std::vector<std::int64_t>{INT64_MAX, 2},
        std::vector<std::int64_t>{-1}, std::vector<std::int64_t>{0, 3}}) {
    ModelBuilder model({1});
    model.Floats("c", dims, {1}).Node("Mul", {"x", "c"}, "y");
    ExpectRefused(model, kInvalid, {"node \"n0\"", "tensor \"c\"", "positive extents"});
  }
}

TEST(OnnxTensorTest, ManyExtentsAreRefused) {
  ModelBuilder model({1});
  model.Floats("c", std::vector<std::int64_t>(17, 1), {1}).Node("Mul", {"x", "c"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "17 extents", "up to 16"});
}

TEST(OnnxTensorTest, OtherElementTypesAreNotSupported) {
  for (const int type : {0, 8, 14, 16, 99}) {
    ModelBuilder model({1});
    model.Floats("c", {}, {1}).Node("Mul", {"x", "c"}, "y");
    model.graph().mutable_initializer(0)->set_data_type(type);
    ExpectRefused(model, absl::StatusCode::kUnimplemented,
                  {"node \"n0\"", "element type " + std::to_string(type)});
  }
}

TEST(OnnxTensorTest, DoubleWeightsThatNoFloatEqualsAreNotSupported) {
  ModelBuilder model({1});
  auto* weights = model.graph().add_initializer();
  weights->set_name("w");
  weights->set_data_type(onnx::TensorProto::DOUBLE);
  weights->add_dims(1);
  weights->add_dims(1);
  weights->add_double_data(0.1);
  model.Node("MatMul", {"x", "w"}, "y");
  ExpectRefused(model, absl::StatusCode::kUnimplemented, {"weights[0]", "no float"});
  weights->set_double_data(0, 0.5);
  EXPECT_THAT(RunModel(model, {4}), ElementsAre(2));
}

// A folder with a model's external file of the floats 1..4, and one file outside it.
class ExternalDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ("onnx_external_" + std::to_string(::getpid()));
    fs::create_directories(root_ / "model" / "sub");
    Write(root_ / "model" / "weights.bin");
    Write(root_ / "model" / "sub" / "weights.bin");
    Write(root_ / "outside.bin");
  }
  void TearDown() override { fs::remove_all(root_); }

  static void Write(const fs::path& path) {
    std::ofstream(path, std::ios::binary) << RawBytes<float>({1, 2, 3, 4});
  }

  // Two outputs from one feature; the weights are at `entries`.
  static ModelBuilder External(const std::vector<std::pair<std::string, std::string>>& entries) {
    ModelBuilder model({1});
    auto* tensor = model.graph().add_initializer();
    tensor->set_name("w");
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    tensor->add_dims(1);
    tensor->add_dims(2);
    tensor->set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto* entry = tensor->add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    }
    model.Node("MatMul", {"x", "w"}, "y");
    return model;
  }

  std::string folder() const { return (root_ / "model").string(); }

  void ExpectWeights(const ModelBuilder& model, float first, float second) const {
    const auto imported = ImportOnnx(model.Bytes(), folder());
    ASSERT_TRUE(imported.ok()) << imported.status().message();
    EXPECT_THAT(std::get<ConvolutionNode>(imported->network.nodes[0].operation).weights,
                ElementsAre(first, second));
  }

  fs::path root_;
};

TEST_F(ExternalDataTest, IsReadAtItsOffset) {
  ExpectWeights(External({{"location", "weights.bin"}, {"offset", "4"}, {"length", "8"}}), 2, 3);
}

TEST_F(ExternalDataTest, OffsetAndLengthMayBeLeftOut) {
  ExpectWeights(External({{"location", "weights.bin"}}), 1, 2);
}

TEST_F(ExternalDataTest, LastBytesOfTheFileAreReadAndOneBeyondRefused) {
  ExpectWeights(External({{"location", "weights.bin"}, {"offset", "8"}}), 3, 4);
  ExpectRefused(External({{"location", "weights.bin"}, {"offset", "9"}}).Bytes(), kInvalid,
                {"offset 9 and 8 bytes", "16 bytes"}, folder());
}

TEST_F(ExternalDataTest, SubfoldersAndLinksInsideTheFolderAreFine) {
  ExpectWeights(External({{"location", "sub/weights.bin"}}), 1, 2);
  fs::create_symlink("sub/weights.bin", root_ / "model" / "link.bin");
  ExpectWeights(External({{"location", "link.bin"}}), 1, 2);
}

TEST_F(ExternalDataTest, ImportOnnxFileReadsBesideTheModel) {
  const std::string path = folder() + "/m.onnx";
  std::ofstream(path, std::ios::binary) << External({{"location", "weights.bin"}}).Bytes();
  const auto imported = ImportOnnxFile(path);
  EXPECT_TRUE(imported.ok()) << imported.status().message();
}

TEST_F(ExternalDataTest, LinkThatLeavesTheFolderIsRefused) {
  fs::create_symlink(root_ / "outside.bin", root_ / "model" / "link.bin");
  ExpectRefused(External({{"location", "link.bin"}}).Bytes(), kInvalid,
                {"link.bin", "outside the model's folder"}, folder());
}

TEST_F(ExternalDataTest, LinkedFolderThatLeavesTheFolderIsRefused) {
  fs::create_directory_symlink(root_, root_ / "model" / "up");
  ExpectRefused(External({{"location", "up/outside.bin"}}).Bytes(), kInvalid,
                {"outside the model's folder"}, folder());
}

TEST_F(ExternalDataTest, FolderWithTheSameBeginningIsOutside) {
  fs::create_directories(root_ / "model2");
  Write(root_ / "model2" / "weights.bin");
  fs::create_symlink(root_ / "model2" / "weights.bin", root_ / "model" / "link.bin");
  ExpectRefused(External({{"location", "link.bin"}}).Bytes(), kInvalid,
                {"outside the model's folder"}, folder());
}

TEST_F(ExternalDataTest, AbsoluteAndClimbingPathsAreRefused) {
  for (const std::string& location :
       {(root_ / "model" / "weights.bin").string(), std::string("../outside.bin"),
        std::string("sub/../weights.bin"), std::string("..")}) {
    ExpectRefused(External({{"location", location}}).Bytes(), kInvalid,
                  {"relative to the model's folder"}, folder());
  }
  ExpectRefused(External({}).Bytes(), kInvalid, {"relative to the model's folder"}, folder());
}

TEST_F(ExternalDataTest, FoldersAndPipesAreRefused) {
  ExpectRefused(External({{"location", "sub"}}).Bytes(), kInvalid, {"not a regular file"},
                folder());
  const std::string pipe = folder() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ExpectRefused(External({{"location", "pipe"}}).Bytes(), kInvalid, {"not a regular file"},
                folder());
}

TEST_F(ExternalDataTest, MissingFileIsNotFound) {
  ExpectRefused(External({{"location", "none.bin"}}).Bytes(), absl::StatusCode::kNotFound,
                {"node \"n0\"", "none.bin"}, folder());
}

TEST_F(ExternalDataTest, WithoutAFolderItIsRefused) {
  ExpectRefused(External({{"location", "weights.bin"}}).Bytes(),
                absl::StatusCode::kFailedPrecondition, {"weights.bin"}, "");
}

TEST_F(ExternalDataTest, NumbersThatAreNoneAndOtherLengthsAreRefused) {
  for (const char* offset : {"-1", "x", "", "99999999999999999999", "4 "}) {
    ExpectRefused(External({{"location", "weights.bin"}, {"offset", offset}}).Bytes(), kInvalid,
                  {"initializer \"w\"", "offset"}, folder());
  }
  ExpectRefused(External({{"location", "weights.bin"}, {"length", "4"}}).Bytes(), kInvalid,
                {"length is 4", "8"}, folder());
}

TEST_F(ExternalDataTest, FilesBeyondTheLimitAreRefused) {
  const fs::path large = root_ / "model" / "large.bin";
  std::ofstream(large).flush();
  fs::resize_file(large, kOnnxFileBytesMax + 64);
  ModelBuilder model = External({{"location", "large.bin"}});
  model.graph().mutable_initializer(0)->set_dims(1, kOnnxFileBytesMax / 4 + 1);
  ExpectRefused(model.Bytes(), absl::StatusCode::kResourceExhausted, {"node \"n0\"", "209715200"},
                folder());
}

// Wire format by hand: a tag is field << 3 | type; type 2 is a length and so many bytes.
std::string Message(int field, const std::string& content) {
  std::string bytes(1, static_cast<char>((field << 3) | 2));
  std::size_t size = content.size();
  for (; size >= 0x80; size >>= 7) {
    bytes += static_cast<char>((size & 0x7F) | 0x80);
  }
  return bytes + static_cast<char>(size) + content;
}

TEST(OnnxWireLimitsTest, EmptyNodesByTheMillionAreRefused) {
  std::string nodes;
  for (std::int64_t i = 0; i < kOnnxFieldsMax; ++i) {
    nodes += Message(1, "");
  }
  EXPECT_EQ(CheckWireLimits(Message(7, nodes)).code(), absl::StatusCode::kResourceExhausted);
  nodes.resize(nodes.size() - 2);  // with the graph's own: as many fields as allowed
  EXPECT_TRUE(CheckWireLimits(Message(7, nodes)).ok());
}

TEST(OnnxWireLimitsTest, PackedIntegersAreCounted) {
  const std::string tensor = Message(7, std::string(kOnnxPackedBytesMax, '\1'));
  EXPECT_TRUE(CheckWireLimits(Message(7, Message(5, tensor))).ok());
  const std::string more = Message(7, std::string(kOnnxPackedBytesMax + 1, '\1'));
  EXPECT_EQ(CheckWireLimits(Message(7, Message(5, more))).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(OnnxWireLimitsTest, GraphsInsideGraphsEndAtTheNestingLimit) {
  std::string graph;
  for (int i = 0; i < 100; ++i) {
    graph = Message(1, Message(5, Message(6, graph)));  // node, attribute, graph
  }
  EXPECT_EQ(CheckWireLimits(Message(7, graph)).code(), absl::StatusCode::kResourceExhausted);
}

TEST(OnnxWireLimitsTest, LengthsBeyondTheEndAndGroupsAreDataLoss) {
  EXPECT_EQ(CheckWireLimits(std::string("\x3A\x05x", 3)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CheckWireLimits(std::string("\x3B", 1)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CheckWireLimits(std::string("\x3A", 1)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CheckWireLimits(std::string(11, '\xFF')).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace spikemesh
