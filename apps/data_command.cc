// SPDX-License-Identifier: Apache-2.0
#include "apps/data_command.h"

#include <array>

#include "apps/terminal.h"
#include "core/base/strings.h"
#include "core/stats/text_table.h"
#include "networks/data/dataset.h"
#include "networks/data/digits.h"
#include "networks/data/idx.h"

namespace spikemesh {
namespace {

constexpr const char* kFooter = R"(Examples:
  spikemesh data list
  spikemesh data make digits --count 1000 --seed 7 -o my-digits
  spikemesh run net.chip --dataset digits:my-digits)";

struct KnownDataset {
  const char* name;
  const char* content;
};
constexpr std::array<KnownDataset, 4> kKnownDatasets = {
    {{"digits", "built in: drawn digits, 28x28 grey, 10 classes"},
     {"mnist", "handwritten digits, 28x28 grey, 10 classes"},
     {"fashion-mnist", "pieces of clothing, 28x28 grey, 10 classes"},
     {"cifar10", "photographs, 32x32 colour, 10 classes"}}};

// Whether the data set can be loaded here: tried with one image.
std::string Availability(const char* name) {
  const absl::StatusOr<Dataset> one =
      LoadDataset({.name = name, .folder = std::nullopt}, DatasetSplit::kTest, 1, 1);
  if (one.ok()) {
    return "available";
  }
  return absl::IsNotFound(one.status()) ? "not here" : "unreadable";
}

absl::Status List() {
  TextTable table{.rows = {{"name", "here", "what"}}, .heading = true};
  for (const KnownDataset& dataset : kKnownDatasets) {
    table.rows.push_back({dataset.name, Availability(dataset.name), dataset.content});
  }
  return PrintResult(FormatTable(table));
}

absl::Status Make(const DataOptions& options) {
  for (const DatasetSplit split : {DatasetSplit::kTrain, DatasetSplit::kTest}) {
    SPIKEMESH_RETURN_IF_ERROR(
        WriteIdxFiles(MakeDigits(options.count, options.seed, split), split, options.output));
  }
  return PrintResult(Concat("wrote ", FormatCount(options.count), " train and ",
                            FormatCount(options.count), " test images of digits, seed ",
                            options.seed, ", to ", options.output, "\n"));
}

}  // namespace

CLI::App* AddDataCommand(CLI::App& app, DataOptions& options) {
  CLI::App* const data = app.add_subcommand("data", "List data sets, or make images");
  data->require_subcommand(1);
  data->footer(kFooter);
  data->add_subcommand("list", "Which data sets there are, and which of them are here")
      ->callback([&options] { options.action = DataOptions::Action::kList; });
  CLI::App* const make =
      data->add_subcommand("make", "Write images of the built-in set as IDX files")
          ->callback([&options] { options.action = DataOptions::Action::kMake; });
  make->add_option("NAME", options.name, "digits")->required()->check(CLI::IsMember({"digits"}));
  make->add_option("--count", options.count, "Images of each split")
      ->check(NumberWithin(1, static_cast<double>(kImagesMax)))
      ->capture_default_str()
      ->type_name("N");
  make->add_option("--seed", options.seed, "Seed of the images")
      ->capture_default_str()
      ->type_name("N");
  make->add_option("-o,--output", options.output, "Folder, created where missing")
      ->required()
      ->type_name("DIR");
  return data;
}

absl::Status DataCommand(const DataOptions& options) {
  switch (options.action) {
    case DataOptions::Action::kList:
      return List();
    case DataOptions::Action::kMake:
      return Make(options);
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
