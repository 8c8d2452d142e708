// SPDX-License-Identifier: Apache-2.0
#include "apps/conversion_flags.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kTicksFlagMax = 4096;

}  // namespace

bool ConversionFlags::given() const {
  return mode != ModeRequest::kAuto || weights != WeightsRequest::kAuto || ticks ||
         !calibrate.empty() || pool != PoolRequest::kExact || max_loss || preprocessing.given() ||
         onnx.sign_zero != SignZero::kZero || first_layer != FirstLayer::kCores;
}

CLI::Option* AddSignZeroFlag(CLI::App& app, OnnxOptions& options) {
  return app
      .add_option("--sign-zero", options.sign_zero,
                  "What Sign makes of 0: zero, as ONNX has it, or plus, for networks that were "
                  "trained with a sign of +1 there")
      ->transform(OneOf<SignZero>({{"zero", SignZero::kZero}, {"plus", SignZero::kPlus}}))
      ->default_str("zero")
      ->type_name("VALUE");
}

void AddConversionFlags(CLI::App& app, ConversionFlags& flags) {
  app.add_option(
         "--mode", flags.mode,
         "pipelined: steps, one image a tick; rate: ReLU, --ticks an image; auto: pipelined "
         "if every activation is a step")
      ->transform(OneOf<ModeRequest>({{"auto", ModeRequest::kAuto},
                                      {"pipelined", ModeRequest::kPipelined},
                                      {"rate", ModeRequest::kRate}}))
      ->default_str("auto")
      ->type_name("MODE");
  app.add_option("--weights", flags.weights,
                 "keep: as trained, or refuse; binary, ternary (2 axons an input), int4, codebook "
                 "(up to 4); auto: keep where that is possible, else codebook, and ternary where "
                 "that changes hardly any answer to the calibration images")
      ->transform(OneOf<WeightsRequest>({{"auto", WeightsRequest::kAuto},
                                         {"keep", WeightsRequest::kKeep},
                                         {"binary", WeightsRequest::kBinary},
                                         {"ternary", WeightsRequest::kTernary},
                                         {"int4", WeightsRequest::kInt4},
                                         {"codebook", WeightsRequest::kCodebook}}))
      ->default_str("auto")
      ->type_name("WAY");
  app.add_option(
         "--ticks", flags.ticks,
         "Ticks an image in rate mode (default: 32, or 64 where 32 lose more than a point of "
         "accuracy on calibration images)")
      ->check(NumberWithin(1, kTicksFlagMax))
      ->type_name("T");
  app.add_option("--calibrate", flags.calibrate,
                 "Images to measure activations on: the first 500 of the training split, or of "
                 "npz:FILE, images:DIR, idx:PREFIX, cifar:FILES (see `spikemesh run --help`)")
      ->type_name("DATASET");
  app.add_option("--pool", flags.pool,
                 "Max pools in rate mode: exact; average, which takes fewer cores and tells the "
                 "change in accuracy; or refuse")
      ->transform(OneOf<PoolRequest>({{"exact", PoolRequest::kExact},
                                      {"average", PoolRequest::kAverage},
                                      {"refuse", PoolRequest::kRefuse}}))
      ->default_str("exact")
      ->type_name("WAY");
  app.add_option("--max-loss", flags.max_loss,
                 "Points of accuracy on calibration images that the conversion may lose; more is "
                 "an error (default: 10)")
      ->check(NumberWithin(0, 100))
      ->type_name("POINTS");
  app.add_option("--first-layer", flags.first_layer,
                 "Where a first layer of real numbers is computed in pipelined mode: cores, which "
                 "need a step on the image; or host, in no core's energy, and counted apart")
      ->transform(OneOf<FirstLayer>({{"cores", FirstLayer::kCores}, {"host", FirstLayer::kHost}}))
      ->default_str("cores")
      ->type_name("WHERE");
  AddPreprocessingFlags(app, flags.preprocessing);
  AddSignZeroFlag(app, flags.onnx);
}

absl::StatusOr<SpikingOptions> ToSpikingOptions(const ConversionFlags& flags) {
  SpikingOptions options = {.mode = flags.mode,
                            .weights = flags.weights,
                            .ticks = flags.ticks,
                            .calibrate = std::nullopt,
                            .pool = flags.pool,
                            .preprocessing = {}};
  options.max_loss = flags.max_loss ? *flags.max_loss / 100.0 : options.max_loss;
  SPIKEMESH_ASSIGN_OR_RETURN(options.preprocessing, ToPreprocessing(flags.preprocessing));
  options.preprocessing.host_first_layer = flags.first_layer == FirstLayer::kHost;
  if (!flags.calibrate.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(options.calibrate,
                               Annotate(ParseDatasetSpec(flags.calibrate), "--calibrate"));
  }
  return options;
}

}  // namespace spikemesh
