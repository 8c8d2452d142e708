// SPDX-License-Identifier: Apache-2.0
#include "apps/data_command.h"

#include <optional>

#include "apps/terminal.h"
#include "core/base/strings.h"
#include "core/report/text_table.h"
#include "networks/data/catalogue.h"
#include "networks/data/dataset.h"
#include "networks/data/digits.h"
#include "networks/data/fetch.h"
#include "networks/data/idx.h"

namespace spikemesh {
namespace {

constexpr const char* kFooter = R"(Examples:
  spikemesh data list
  spikemesh data fetch mnist
  spikemesh data make digits --count 1000 --seed 7 -o my-digits
  spikemesh run net.chip --dataset digits:my-digits)";

// Whether the data set can be loaded here: tried with one image.
std::string Availability(const std::string& name) {
  const absl::StatusOr<Dataset> one =
      LoadDataset({.name = name, .path = std::nullopt}, DatasetSplit::kTest, 1, 1);
  if (one.ok()) {
    return "available";
  }
  return absl::IsNotFound(one.status()) ? "not here" : "unreadable";
}

absl::Status List() {
  TextTable table{.rows = {{"name", "here", "what"}}, .heading = true, .left_columns = 3};
  table.rows.push_back({"digits", "available", "drawn digits, built in: 28x28, grey"});
  for (const DatasetSource& source : DatasetCatalogue()) {
    table.rows.push_back({source.name, Availability(source.name), source.title});
  }
  return PrintResult(FormatTable(table));
}

// Draws one progress line for each file that is downloaded.
class DownloadProgress {
 public:
  void Update(std::string_view url, std::uint64_t bytes, std::uint64_t bytes_total) {
    if (url != url_) {
      url_ = url;
      line_.emplace("bytes", static_cast<std::int64_t>(bytes_total));
    }
    line_->Update(static_cast<std::int64_t>(bytes));
  }

 private:
  std::string url_;
  std::optional<ProgressLine> line_;
};

absl::Status Fetch(const DataOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const DatasetSource source, FindDatasetSource(options.name));
  std::string folder = options.output;
  if (folder.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(folder, DatasetCacheFolder(options.name));
  }
  DownloadProgress progress;
  HttpGetOptions http;
  http.progress = [&progress](std::string_view url, std::uint64_t bytes,
                              std::optional<std::uint64_t> bytes_total) {
    progress.Update(url, bytes, bytes_total.value_or(0));
  };
  SPIKEMESH_ASSIGN_OR_RETURN(const FetchResult result, FetchDataset(source, folder, http));
  return PrintResult(Concat(source.title, "\nlicence: ", source.licence, "\n", result.files_fetched,
                            " files fetched, ", result.files_kept, " were there already, in ",
                            folder, "\n"));
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
  CLI::App* const data = app.add_subcommand("data", "List data sets, download one, or make images");
  data->require_subcommand(1);
  data->footer(kFooter);
  data->add_subcommand("list", "Which data sets there are, and which of them are here")
      ->callback([&options] { options.action = DataOptions::Action::kList; });
  CLI::App* const fetch = data->add_subcommand("fetch", "Download a data set and check it");
  fetch->callback([&options] { options.action = DataOptions::Action::kFetch; });
  fetch->add_option("NAME", options.name, "mnist, fashion-mnist or cifar10")->required();
  fetch
      ->add_option("-o,--output", options.output,
                   "Folder, created where missing (default: the cache, where `run` looks)")
      ->type_name("DIR");
  CLI::App* const make =
      data->add_subcommand("make", "Write images of the built-in set as IDX files")
          ->callback([&options] { options.action = DataOptions::Action::kMake; });
  make->add_option("NAME", options.name, "digits")
      ->required()
      ->check(CLI::IsMember({"digits"}).description(""));
  make->add_option("--count", options.count, "Images of each split")
      ->check(NumberWithin(1, static_cast<double>(kDigitsImagesMax)))
      ->capture_default_str()
      ->type_name("N");
  make->add_option("--seed", options.seed, "Seed of the images")
      ->check(Seed())
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
    case DataOptions::Action::kFetch:
      return Fetch(options);
    case DataOptions::Action::kMake:
      return Make(options);
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
