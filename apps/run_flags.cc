// SPDX-License-Identifier: Apache-2.0
// The flags of `spikemesh run`.
#include "apps/conversion_flags.h"
#include "apps/flags.h"
#include "apps/run_command.h"
#include "core/chip/chip_spec.h"
#include "networks/inference/check_images.h"

namespace spikemesh {
namespace {

constexpr const char* kFooter = R"(Examples:
  spikemesh run net.chip --dataset digits --images 1000 --verify --model net.onnx
  spikemesh run net.chip --dataset mnist:DIR --json report.json --predictions answers.csv
  spikemesh run net.chip --input spikes.csv --ticks 100 --spikes out.csv --raster out.svg
  spikemesh run net.chip --dataset digits --diagnose 100 --model net.onnx --picture layers.svg
  spikemesh run net.onnx --dataset digits          the float network, for comparison

Data sets: digits (built in), mnist, fashion-mnist, cifar10; `NAME:DIR` reads the files of a folder,
else $SPIKEMESH_DATA/NAME, else the cache that `spikemesh data fetch NAME` fills. Your own images:
  npz:FILE     numpy.savez(FILE, x=..., y=...): x uint8 or float32 (byte / 255), [N,H,W] or
               [N,C,H,W]; y whole numbers 0..255, or none (the report then has no accuracy)
  images:DIR   DIR/CLASS/PICTURE, PNG and JPEG, grey or RGB, all of one size; classes by name;
               DIR/train and DIR/test, where both are there, are the splits
  idx:PREFIX   PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte, or .gz; or a folder of MNIST's
  cifar:FILES  binary batches of CIFAR-10, separated by commas
Files: --input is CSV `tick,core_x,core_y,axon`; --spikes writes `tick,core_x,core_y,neuron`,
--outputs `tick,pin`, --potentials `tick,core_x,core_y,neuron,potential`, --predictions
`image,label,predicted`. The first tick is 1.
--router cycle carries every packet through cycle-accurate routers and tells which would be late.
--verify compares every output spike with the spiking network's, and with --model every answer with
the float network's: how many differ is told.
--diagnose tells for every layer how its spikes agree with the float network's values and with the
chip's, which neurons never or always fire, and the first layer that loses accuracy.
Images go through a pipelined chip one a tick; on one in rate mode each is alone for its ticks, and
--threads runs several side by side. Nothing in the results depends on the threads.
Ctrl-C ends a run over images with the image it is at, and reports and predicts those that are done;
spikes and other records of ticks are then not written.
Exit status: 0 done, 1 failed, 2 flags that do not parse, 130 interrupted.)";

void AddInputFlags(CLI::App& app, RunOptions& options) {
  CLI::Option* const dataset = AddImageFlags(app, options);
  app.add_flag("--verify", options.verify,
               "Compare every output spike with the spiking network the chip was made from")
      ->needs(dataset);
  app.add_option("--predictions", options.predictions, "Write the answer for every image (CSV)")
      ->type_name("FILE")
      ->needs(dataset);
  CLI::Option* const ticks =
      app.add_option("--ticks", options.ticks, "Run this many ticks, without images")
          ->check(NumberWithin(1, static_cast<double>(kTicksMax)))
          ->type_name("N")
          ->excludes(dataset);
  app.add_option("--input", options.input, "Spikes to send in (CSV), instead of images")
      ->type_name("FILE")
      ->excludes(dataset)
      ->needs(ticks);
}

void AddDiagnoseFlags(CLI::App& app, RunOptions& options) {
  CLI::Option* const diagnose =
      app.add_option(
             "--diagnose", options.diagnose,
             "Compare float network, spiking network and chip layer by layer on the first N "
             "images (all that run, where --images is not given)")
          ->check(NumberWithin(1, static_cast<double>(kImagesMax)))
          ->type_name("N");
  CLI::Option* const model = app.add_option("--model", options.float_model,
                                            "The .onnx file that the chip was made from, to "
                                            "verify or diagnose the whole way from there")
                                 ->type_name("FILE")
                                 ->needs(app.get_option("--dataset"));
  diagnose->needs(model)->needs(app.get_option("--dataset"));
  app.add_option("--picture", options.picture, "Draw the diagnosis as a picture (SVG)")
      ->type_name("FILE")
      ->needs(diagnose);
}

void AddOutputFlags(CLI::App& app, RunOptions& options) {
  app.add_option("--json", options.json,
                 "Write the report as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  app.add_option("--spikes", options.spikes, "Write every spike (CSV)")->type_name("FILE");
  app.add_option("--outputs", options.outputs, "Write every spike to an output pin (CSV)")
      ->type_name("FILE");
  app.add_option("--potentials", options.potentials,
                 "Write the potential of every neuron after every tick (CSV; large)")
      ->type_name("FILE");
  app.add_option("--raster", options.raster, "Draw the spikes as a picture (SVG)")
      ->type_name("FILE");
}

void AddEnergyFlags(CLI::App& app, RunOptions& options) {
  app.add_option("--volts", options.volts, "Core voltage, 0.5..1.5 V (default: the chip's, 0.75)")
      ->check(NumberWithin(kVoltsMin, kVoltsMax))
      ->type_name("V");
  app.add_option("--tick-us", options.tick_us,
                 "Length of a tick in microseconds (default: the chip's, 1000)")
      ->check(NumberWithin(kTickMicrosecondsMin, kTickMicrosecondsMax))
      ->type_name("US");
  app.add_option("--energy-constants", options.energy_constants,
                 "Replace constants of the energy model (JSON, spikemesh.energy/1)")
      ->type_name("FILE");
  app.add_flag("--constants", options.show_constants,
               "Print the constants of the energy model with their sources");
}

}  // namespace

CLI::Option* AddImageFlags(CLI::App& app, RunOptions& options) {
  CLI::Option* const dataset =
      app.add_option(
             "--dataset", options.dataset,
             "Images to classify: NAME, NAME:DIR, npz:FILE, images:DIR, idx:PREFIX or cifar:FILES")
          ->type_name("SPEC");
  app.add_option("--split", options.split, "Part of the data set: train or test")
      ->transform(
          OneOf<DatasetSplit>({{"train", DatasetSplit::kTrain}, {"test", DatasetSplit::kTest}}))
      ->default_str("test")
      ->type_name("SPLIT")
      ->needs(dataset);
  app.add_option("--images", options.images, "Use only the first N images (default: all)")
      ->check(NumberWithin(1, static_cast<double>(kImagesMax)))
      ->type_name("N")
      ->needs(dataset);
  return dataset;
}

CLI::App* AddRunCommand(CLI::App& app, RunOptions& options) {
  CLI::App* const run = app.add_subcommand("run", "Run images or spikes through a model");
  run->add_option("MODEL", options.model, "Model: .chip, .snn or .onnx")->required();
  AddInputFlags(*run, options);
  AddDiagnoseFlags(*run, options);
  AddOutputFlags(*run, options);
  AddEnergyFlags(*run, options);
  AddRouterFlags(*run, "ideal", true, options.router);
  AddMachineFlags(*run, options.machine);
  AddPreprocessingFlags(*run, options.preprocessing);
  AddSignZeroFlag(*run, options.onnx);
  run->footer(kFooter);
  return run;
}

}  // namespace spikemesh
