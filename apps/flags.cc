// SPDX-License-Identifier: Apache-2.0
#include "apps/flags.h"

#include "core/base/strings.h"

namespace spikemesh {

void AddMachineFlags(CLI::App& app, MachineFlags& flags) {
  constexpr int kThreadsMax = 64;
  app.add_option("--threads", flags.threads,
                 "Threads of the simulator, 1..64 (results are the same)")
      ->check(NumberWithin(1, kThreadsMax))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--simd", flags.simd,
                 "Vector instructions: auto, avx3, avx2, sse4, scalar (results are the same)")
      ->transform(OneOf<SimdTarget>({{"auto", SimdTarget::kAuto},
                                     {"avx3", SimdTarget::kAvx3},
                                     {"avx2", SimdTarget::kAvx2},
                                     {"sse4", SimdTarget::kSse4},
                                     {"scalar", SimdTarget::kScalar}}))
      ->default_str("auto")
      ->type_name("NAME");
  app.add_option("--seed", flags.seed, "Seed of all random numbers (default: the model's)")
      ->check(Seed())
      ->type_name("N");
}

void AddRouterFlags(CLI::App& app, const char* usual, bool ideal, RouterFlags& flags) {
  using Name = NamedValue<RouterName>;
  const Name cycle = {"cycle", RouterName::kCycle};
  const Name booksim_c = {"booksim-c", RouterName::kBooksimC};
  app.add_option(
         "--router", flags.name,
         std::string("What carries packets: ") + (ideal ? "ideal, " : "") + "cycle, booksim-c")
      ->transform(ideal ? OneOf<RouterName>({{"ideal", RouterName::kIdeal}, cycle, booksim_c})
                        : OneOf<RouterName>({cycle, booksim_c}))
      ->default_str(usual)
      ->type_name("NAME");
  app.add_option("--router-config", flags.config,
                 "Changes to that router's parameters (JSON): fifo_depth, hop_cycles, "
                 "cycles_per_tick, ...")
      ->type_name("FILE");
  app.add_option(
         "--late", flags.late,
         "What becomes of a spike that comes after its tick: deliver (in the next tick) or fail")
      ->transform(
          OneOf<LateSpikes>({{"deliver", LateSpikes::kDeliver}, {"fail", LateSpikes::kFail}}))
      ->default_str("deliver")
      ->type_name("WHAT");
}

void AddPreprocessingFlags(CLI::App& app, PreprocessingFlags& flags) {
  app.add_option("--input-range", flags.input_range,
                 "What pixel bytes 0..255 became in training: 0..1 or 0..255")
      ->check(CLI::IsMember({std::string(kUnitRange), std::string(kByteRange)}).description(""))
      ->capture_default_str()
      ->type_name("RANGE");
  app.add_option("--mean", flags.mean, "Mean subtracted in training, one or one a channel (A,B,C)")
      ->check(Parses(ParseNumbers))
      ->type_name("LIST");
  app.add_option("--std", flags.scale,
                 "Standard deviation divided by in training, one or one a channel (A,B,C)")
      ->check(Parses(ParseNumbers))
      ->type_name("LIST");
  app.add_option("--pad", flags.pad,
                 "Rows above and below and columns left and right of black (byte 0) put around "
                 "images smaller than the model's input, as T,B,L,R")
      ->check(Parses(ParsePad))
      ->type_name("T,B,L,R");
}

CLI::Validator Seed() {
  return CLI::Validator(
      [](const std::string& text) {
        return ParseNumber<std::uint64_t>(text)
                   ? std::string()
                   : Concat("found ", PrintableName(text), ", allowed: 0..2^64-1");
      },
      "");
}

CLI::Validator NumberWithin(double min, double max) {
  return CLI::Validator(
      [min, max](const std::string& text) {
        const std::optional<double> value = ParseNumber<double>(text);
        // Written so that nan, which compares false with everything, is refused.
        const bool within = value && *value >= min && *value <= max;
        return within ? std::string()
                      : Concat("found ", PrintableName(text), ", allowed: ", FormatNumber(min),
                               "..", FormatNumber(max));
      },
      "");
}

}  // namespace spikemesh
