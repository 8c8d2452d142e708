// SPDX-License-Identifier: Apache-2.0
// Whole files: versions, inputs and outputs, order, unsupported nodes, damaged bytes.
#include "converters/onnx/import_onnx.h"

#include <filesystem>
#include <fstream>
#include <limits>

#include "core/base/random.h"
#include "core/base/remedy.h"
#include "core/base/sha256.h"
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

ModelBuilder OneSign() {
  ModelBuilder model({2});
  model.Node("Sign", {"x"}, "y");
  return model;
}

onnx::TensorShapeProto& InputShape(ModelBuilder& model) {
  return *model.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
}

TEST(ImportOnnxTest, NameAndHashAreTheFiles) {
  const std::string bytes = OneSign().Bytes();
  const auto imported = ImportOnnx(bytes, "");
  ASSERT_TRUE(imported.ok()) << imported.status().message();
  EXPECT_EQ(imported->network.name, "graph");
  EXPECT_EQ(imported->sha256, Sha256Hex(bytes));
}

TEST(ImportOnnxTest, EachAcceptedVersionAndNoOther) {
  for (std::int64_t opset = 9; opset <= 21; ++opset) {
    EXPECT_TRUE(ImportOnnx(OneSign().Opset(opset).Bytes(), "").ok()) << opset;
  }
  // Each names the way out, opset 17, which is among those above.
  const std::string remedy = "torch.onnx.export(..., dynamo=False, opset_version=17)";
  ExpectRefused(OneSign().Opset(8), kUnimplemented, {"opset 8", "9..21", remedy});
  ExpectRefused(OneSign().Opset(22), kUnimplemented, {"opset 22", "9..21", remedy});
  for (std::int64_t ir = 2; ir <= 11; ++ir) {
    ModelBuilder model = OneSign();
    model.model().set_ir_version(ir);
    const auto imported = ImportOnnx(model.Bytes(), "");
    EXPECT_EQ(imported.ok(), ir >= 3 && ir <= 10) << ir;
    EXPECT_TRUE(imported.ok() || imported.status().message().find(remedy) != std::string::npos);
  }
}

// IR 10: pairs of strings on nodes, which no older schema knows.
TEST(ImportOnnxTest, FieldsOfNewerSchemasAreSkipped) {
  ModelBuilder model = OneSign();
  model.model().set_ir_version(10);
  model.graph().mutable_node(0)->mutable_unknown_fields()->append("\x4A\x06\x0A\x01k\x12\x01v");
  EXPECT_THAT(RunModel(model, {-3, 2}), ElementsAre(-1, 1));
}

TEST(ImportOnnxTest, BothNamesOfTheStandardOperatorsMayBeImportedInOneVersion) {
  ModelBuilder model = OneSign();
  auto* second = model.model().add_opset_import();
  second->set_domain("ai.onnx");
  second->set_version(17);
  EXPECT_TRUE(ImportOnnx(model.Bytes(), "").ok());
  second->set_version(18);
  ExpectRefused(model, kInvalid, {"2 versions of the standard operators"});
}

TEST(ImportOnnxTest, FunctionsAreRefusedWithTheExporterThatWritesNone) {
  ModelBuilder model({2});
  model.Node("aten_relu", {"x"}, "y").Domain("pkg.onnxscript.torch_lib");
  model.model().add_opset_import()->set_domain("pkg.onnxscript.torch_lib");
  ExpectRefused(model, kUnimplemented,
                {"(op pkg.onnxscript.torch_lib.aten_relu)", "a function of the file",
                 "torch.onnx.export(..., dynamo=False, opset_version=17)"});
  // That exporter writes the operator itself.
  ModelBuilder plain({2});
  plain.Node("Relu", {"x"}, "y");
  EXPECT_THAT(RunModel(plain, {-1, 2}), ElementsAre(0, 2));
}

TEST(ImportOnnxTest, MissingOpsetIsRefused) {
  ModelBuilder model = OneSign();
  model.model().clear_opset_import();
  ExpectRefused(model, kInvalid, {"0 versions of the standard operators"});
}

TEST(ImportOnnxTest, BatchMayBeSymbolicFixedOrNotSaid) {
  ModelBuilder fixed = OneSign();
  InputShape(fixed).mutable_dim(0)->set_dim_value(32);
  EXPECT_EQ(ImportOrFail(fixed).input_shape, FeatureShape{2});
  ModelBuilder open = OneSign();
  InputShape(open).mutable_dim(0)->Clear();
  EXPECT_EQ(ImportOrFail(open).input_shape, FeatureShape{2});
}

TEST(ImportOnnxTest, OtherOpenExtentsAreRefusedWithTheRemedy) {
  ModelBuilder model = OneSign();
  InputShape(model).mutable_dim(1)->set_dim_param("width");
  ExpectRefused(model, kInvalid, {"input \"x\"", "extent 1 is open", "fixed image size"});
}

TEST(ImportOnnxTest, BadInputShapesAreRefused) {
  ModelBuilder none = OneSign();
  none.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  ExpectRefused(none, kInvalid, {"input \"x\" has no shape"});
  ModelBuilder vector = OneSign();
  InputShape(vector).mutable_dim()->RemoveLast();
  ExpectRefused(vector, kInvalid, {"input \"x\" has 1 extents"});
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    ModelBuilder model({bad, 2, 2});
    model.Node("Sign", {"x"}, "y");
    ExpectRefused(model, kInvalid, {"input", "positive extents"});
  }
}

void SetInputType(ModelBuilder& model, int type) {
  model.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
}

TEST(ImportOnnxTest, InputOfOtherNumbersIsNotSupported) {
  for (const int type : {onnx::TensorProto::INT8, onnx::TensorProto::DOUBLE}) {
    ModelBuilder model = OneSign();
    SetInputType(model, type);
    ExpectRefused(model, kUnimplemented, {"input \"x\"", "model.float()"});
    SetInputType(model, onnx::TensorProto::FLOAT);  // what model.float() exports
    EXPECT_TRUE(ImportOnnx(model.Bytes(), "").ok());
  }
}

// What x.float() / 255 of bytes becomes.
ModelBuilder ByteModel(const char* first) {
  ModelBuilder model({2});
  SetInputType(model, onnx::TensorProto::UINT8);
  model.Node("Identity", {"x"}, "same").Node(first, {"same"}, "a");
  if (first == std::string("Cast")) {
    auto* to = model.graph().mutable_node(1)->add_attribute();
    to->set_name("to");
    to->set_type(onnx::AttributeProto::INT);
    to->set_i(onnx::TensorProto::FLOAT);
  }
  return model.Floats("c", {}, {255}).Node("Div", {"a", "c"}, "y");
}

TEST(ImportOnnxTest, BytesAreTakenWhereImagesAreBytes) {
  const std::string bytes = ByteModel("Cast").Bytes();
  const auto refused = ImportOnnx(bytes, "");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("input \"x\""));
  EXPECT_THAT(RemediesOf(refused.status()), ElementsAre(Remedy{RemedyKind::kByteImages}));
  const auto taken = ImportOnnx(bytes, "", {.image_values = ImageValues::kBytes});
  ASSERT_TRUE(taken.ok()) << taken.status();
  NetworkRunner runner(taken->network);
  EXPECT_THAT(runner.Run(std::vector<double>{51, 255}).back(), ElementsAre(0.2, 1));
}

TEST(ImportOnnxTest, ArithmeticOfBytesIsNotSupported) {
  const auto imported =
      ImportOnnx(ByteModel("Relu").Bytes(), "", {.image_values = ImageValues::kBytes});
  EXPECT_EQ(imported.status().code(), kUnimplemented);
  EXPECT_THAT(std::string(imported.status().message()),
              ::testing::AllOf(::testing::HasSubstr("node \"n1\" (op Relu)"),
                               ::testing::HasSubstr("x.float()")));
}

TEST(ImportOnnxTest, InitializersListedAsInputsAreNoInputs) {
  ModelBuilder model({1});
  model.Floats("c", {}, {3}).Node("Mul", {"x", "c"}, "y");
  model.graph().add_input()->set_name("c");
  EXPECT_THAT(RunModel(model, {2}), ElementsAre(6));
}

TEST(ImportOnnxTest, TwoInputsAreNotSupportedAndNoneIsRefused) {
  ModelBuilder two = OneSign();
  two.graph().add_input()->set_name("other");
  ExpectRefused(two, kUnimplemented,
                {"2 inputs, \"x\" and \"other\"", "one input is taken", "register_buffer"});
  ModelBuilder constant = OneSign();  // a buffer becomes an initializer
  constant.graph().add_input()->set_name("other");
  constant.Floats("other", {}, {3});
  EXPECT_TRUE(ImportOnnx(constant.Bytes(), "").ok());
  ModelBuilder none = OneSign();
  none.graph().clear_input();
  ExpectRefused(none, kInvalid, {"no input"});
}

TEST(ImportOnnxTest, TwoOutputsAreNotSupportedAndNoneIsRefused) {
  ModelBuilder two = OneSign();
  two.graph().add_output()->set_name("x");
  ExpectRefused(two, kUnimplemented, {"outputs \"y\" and \"x\"", "allowed: one"});
  ModelBuilder none = OneSign();
  none.graph().clear_output();
  ExpectRefused(none, kInvalid, {"no output"});
}

TEST(ImportOnnxTest, OutputThatNoNodeMakesIsRefused) {
  for (const char* name : {"x", "nowhere"}) {
    ModelBuilder model = OneSign();
    model.graph().mutable_output(0)->set_name(name);
    ExpectRefused(model, kInvalid, {std::string("output \"") + name + "\""});
  }
}

TEST(ImportOnnxTest, OutputThatIsTheInputPassedOnIsRefused) {
  ModelBuilder model({2});
  model.Node("Identity", {"x"}, "y");
  ExpectRefused(model, kInvalid, {"output \"y\""});
}

TEST(ImportOnnxTest, SecondOutputOfANodeIsNoNetworkOutput) {
  ModelBuilder model({2});
  model.Node("Dropout", {"x"}, "a");
  model.graph().mutable_node(0)->add_output("y");
  ExpectRefused(model, kInvalid, {"output \"y\"", "first output"});
}

TEST(ImportOnnxTest, ModelWithoutGraphIsRefused) {
  ModelBuilder model = OneSign();
  model.model().clear_graph();
  ExpectRefused(model, kInvalid, {"no graph"});
}

TEST(ImportOnnxTest, EveryUnsupportedNodeIsNamedInOneMessage) {
  ModelBuilder model({1, 4, 4});
  model.Node("Det", {"x"}, "a").Node("Sign", {"a"}, "b").Node("LeakyRelu", {"b"}, "c");
  model.Node("Add", {"c", "x"}, "d").Node("Flatten", {"d"}, "e").Node("Elu", {"e"}, "y");
  ExpectRefused(model, kUnimplemented,
                {"node \"n0\" (op Det): not supported; allowed: Conv", "node \"n2\" (op LeakyRelu)",
                 "node \"n5\" (op Elu)"});
}

TEST(ImportOnnxTest, FormsThatAreNotSupportedAreCollectedToo) {
  ModelBuilder model({1, 4, 4});
  model.Node("Flatten", {"x"}, "a", {{"axis", std::int64_t{2}}});
  model.Node("Elu", {"a"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Flatten)", "node \"n1\" (op Elu)"});
}

TEST(ImportOnnxTest, AttributeGivenTwiceIsRefused) {
  ModelBuilder model({2, 1, 2});
  model.Node("Flatten", {"x"}, "y", {{"axis", std::int64_t{1}}, {"axis", std::int64_t{0}}});
  ExpectRefused(model, kInvalid, {"node \"n0\" (op Flatten)", "\"axis\" is given twice"});
}

TEST(ImportOnnxTest, OperatorOfAnotherDomainIsNotSupported) {
  ModelBuilder model = OneSign();
  model.graph().mutable_node(0)->set_domain("com.example");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op com.example.Sign)"});
}

TEST(ImportOnnxTest, UnusedNodesAreLeftOutWithAWarning) {
  ModelBuilder model = OneSign();
  model.Node("MaxPool", {"x"}, "unused");
  const Network network = ImportOrFail(model);
  EXPECT_EQ(network.nodes.size(), 1u);
  EXPECT_THAT(network.warnings, ::testing::Contains(HasSubstr("\"n1\" (op MaxPool)")));
}

TEST(ImportOnnxTest, FileNeedNotBeSortedAndOutputIsLast) {
  ModelBuilder model({1});
  model.Floats("c", {}, {3});
  model.Node("Mul", {"b", "c"}, "y").Node("Add", {"a", "c"}, "b").Node("Sub", {"x", "c"}, "a");
  const Network network = ImportOrFail(model);
  ASSERT_EQ(network.nodes.size(), 3u);
  EXPECT_EQ(network.nodes[0].name, "n2");
  EXPECT_EQ(network.nodes[network.output()].name, "n0");
  EXPECT_THAT(RunModel(model, {5}), ElementsAre(15));
}

TEST(ImportOnnxTest, NodesThatOnlyShapesDependOnAreNotInTheNetwork) {
  ModelBuilder model({1, 2, 2});
  model.Node("Sign", {"x"}, "s").Node("Shape", {"s"}, "shape");
  model.Ints("first", {1}, {0}).Ints("rest", {1}, {-1}).Node("Gather", {"shape", "first"}, "n");
  model.Node("Concat", {"n", "rest"}, "t", {{"axis", std::int64_t{0}}});
  model.Node("Reshape", {"x", "t"}, "y");
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 1u);
}

TEST(ImportOnnxTest, CycleIsRefused) {
  ModelBuilder model({1});
  model.Floats("c", {}, {3}).Node("Add", {"b", "c"}, "a").Node("Add", {"a", "c"}, "b");
  model.Node("Add", {"b", "c"}, "y");
  ExpectRefused(model, kInvalid, {"cycle", "op Add"});
}

TEST(ImportOnnxTest, NodeThatReadsItselfIsACycle) {
  ModelBuilder model({1});
  model.Node("Sign", {"y"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "cycle"});
}

TEST(ImportOnnxTest, ValueMadeTwiceIsRefused) {
  ModelBuilder model = OneSign();
  model.Node("Sign", {"x"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n1\" makes \"y\"", "already"});
  ModelBuilder shadow = OneSign();
  shadow.Node("Sign", {"y"}, "x");
  ExpectRefused(shadow, kInvalid, {"node \"n1\" makes \"x\""});
  ModelBuilder initializers = OneSign();
  initializers.Floats("c", {}, {1}).Floats("c", {}, {2});
  ExpectRefused(initializers, kInvalid, {"initializer \"c\" is defined twice"});
}

TEST(ImportOnnxTest, UndefinedValueIsRefused) {
  ModelBuilder model({1});
  model.Node("Sign", {"nowhere"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\" (op Sign)", "\"nowhere\" is defined nowhere"});
}

TEST(ImportOnnxTest, NodeWithoutOutputIsRefused) {
  ModelBuilder model = OneSign();
  model.graph().add_node()->set_op_type("Sign");
  ExpectRefused(model, kInvalid, {"Sign#1", "no output"});
}

TEST(ImportOnnxTest, LongChainNeedsNoDeepStack) {
  ModelBuilder model({1});
  model.Floats("c", {}, {1});
  std::string from = "x";
  for (int i = 0; i < 20000; ++i) {
    const std::string to = i == 19999 ? "y" : "v" + std::to_string(i);
    model.Node("Add", {from, "c"}, to);
    from = to;
  }
  EXPECT_THAT(RunModel(model, {0}), ElementsAre(20000));
}

// One scalar against four million channels, thirty times: 64 MB each.
TEST(ImportOnnxTest, SpreadingAScalarManyTimesEndsAtTheBudget) {
  ModelBuilder model({1 << 22});
  model.Floats("c", {}, {1});
  std::string from = "x";
  for (int i = 0; i < 30; ++i) {
    const std::string to = i == 29 ? "y" : "v" + std::to_string(i);
    model.Node("Mul", {from, "c"}, to);
    from = to;
  }
  ExpectRefused(model, absl::StatusCode::kResourceExhausted, {"(op Mul)", "more bytes"});
}

TEST(ImportOnnxTest, ManyLargeActivationsEndAtTheirBound) {
  ModelBuilder model({1, 4096, 4096});
  std::string from = "x";
  for (int i = 0; i < 6; ++i) {
    const std::string to = i == 5 ? "y" : "v" + std::to_string(i);
    model.Node("Sign", {from}, to);
    from = to;
  }
  ExpectRefused(model, absl::StatusCode::kResourceExhausted, {"node \"n4\" (op Sign)", "67108864"});
}

TEST(ImportOnnxTest, WeightsUsedManyTimesEndAtTheBudget) {
  ModelBuilder model({512});
  model.Floats("w", {512, 512}, std::vector<float>(512 * 512, 1));
  std::string from = "x";
  for (int i = 0; i < 100; ++i) {
    const std::string to = i == 99 ? "y" : "v" + std::to_string(i);
    model.Node("MatMul", {from, "w"}, to);
    from = to;
  }
  ExpectRefused(model, absl::StatusCode::kResourceExhausted, {"(op MatMul)"});
}

// Each Where looks through a million equal numbers, and is refused for the last one.
TEST(ImportOnnxTest, RefusedNodesThatReadMuchEndAtTheirBound) {
  ModelBuilder model({1 << 20});
  std::vector<float> ones(1 << 20, 1.0F);
  ones.back() = 2.0F;
  model.Floats("ones", {1 << 20}, ones).Floats("zero", {}, {0});
  model.Node("Less", {"x", "zero"}, "b");
  std::string sum = "zero";
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    model.Node("Where", {"b", "ones", "zero"}, "v" + n);
    model.Node("Add", {sum, "v" + n}, i == 299 ? "y" : "s" + n);
    sum = "s" + n;
  }
  ExpectRefused(model, absl::StatusCode::kResourceExhausted, {"(op Where)", "268435456"});
}

std::string SmallGoodModel() {
  ModelBuilder model({1, 3, 3});
  model.Floats("w", {2, 1, 2, 2}, {1, -1, 1, -1, 1, 1, -1, -1}).Floats("b", {2}, {0.5, -0.5});
  model.Floats("m", {8, 2}, std::vector<float>(16, 1.0F)).Ints("s", {2}, {0, -1});
  model.Node("Conv", {"x", "w", "b"}, "c", {{"pads", std::vector<std::int64_t>{0, 0, 0, 0}}});
  model.Node("Sign", {"c"}, "a").Node("Reshape", {"a", "s"}, "f").Node("MatMul", {"f", "m"}, "y");
  return model.Bytes();
}

TEST(ImportOnnxHostileTest, EveryPrefixOfAModelGivesAStatus) {
  const std::string bytes = SmallGoodModel();
  ASSERT_TRUE(ImportOnnx(bytes, "").ok());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto imported = ImportOnnx(std::string_view(bytes).substr(0, size), "");
    // The graph comes before the opset, so no proper prefix is a whole model.
    EXPECT_FALSE(imported.ok()) << "prefix of " << size << " bytes";
  }
}

TEST(ImportOnnxHostileTest, EveryFlippedByteGivesAStatusOrARunnableNetwork) {
  const std::string bytes = SmallGoodModel();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      const auto imported = ImportOnnx(damaged, "");
      if (imported.ok()) {
        NetworkRunner runner(imported->network);
        runner.Run(std::vector<double>(imported->network.input_shape.size(), 1.0));
      } else {
        EXPECT_FALSE(imported.status().message().empty());
      }
    }
  }
}

TEST(ImportOnnxHostileTest, RandomBytesGiveAStatus) {
  RandomSequence random(3, 0);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random.NextBelow(200), '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random.NextBelow(256));
    }
    EXPECT_FALSE(ImportOnnx(bytes, "").ok());
  }
}

TEST(ImportOnnxFileTest, MissingFileIsNotFound) {
  EXPECT_EQ(ImportOnnxFile("/nonexistent/model.onnx").status().code(), absl::StatusCode::kNotFound);
}

TEST(ImportOnnxFileTest, ErrorsNameTheFile) {
  const std::string path = ::testing::TempDir() + "/not_a_model.onnx";
  std::ofstream(path) << "plain text";
  const auto imported = ImportOnnxFile(path);
  EXPECT_THAT(std::string(imported.status().message()), HasSubstr(path));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace spikemesh
