// SPDX-License-Identifier: Apache-2.0
#include "networks/data/catalogue.h"

#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

RemoteFile PlainFile(std::string name, std::uint64_t bytes, std::string sha256) {
  return {std::move(name), {DigestKind::kSha256, std::move(sha256)}, bytes, {}};
}

// Sizes and sums: of the files whose MD5 sums are the published ones.
DatasetSource Mnist() {
  return {
      .name = "mnist",
      .title = "MNIST handwritten digits (LeCun, Cortes, Burges): 60,000 + 10,000 of 28x28, grey",
      .licence = "none published by its makers; redistributors state CC BY-SA 3.0",
      .mirrors = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                  "https://storage.googleapis.com/cvdf-datasets/mnist/"},
      .files = {PlainFile("train-images-idx3-ubyte.gz", 9'912'422,
                          "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                PlainFile("train-labels-idx1-ubyte.gz", 28'881,
                          "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                PlainFile("t10k-images-idx3-ubyte.gz", 1'648'877,
                          "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                PlainFile("t10k-labels-idx1-ubyte.gz", 4'542,
                          "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")}};
}

DatasetSource FashionMnist() {
  return {
      .name = "fashion-mnist",
      .title = "Fashion-MNIST (Xiao, Rasul, Vollgraf; Zalando): 60,000 + 10,000 of 28x28, grey",
      .licence = "MIT, Copyright (c) 2017 Zalando SE",
      .mirrors =
          {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
           "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"},
      .files = {PlainFile("train-images-idx3-ubyte.gz", 26'421'880,
                          "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                PlainFile("train-labels-idx1-ubyte.gz", 29'515,
                          "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                PlainFile("t10k-images-idx3-ubyte.gz", 4'422'102,
                          "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                PlainFile("t10k-labels-idx1-ubyte.gz", 5'148,
                          "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")}};
}

DatasetSource Cifar10() {
  const auto member = [](std::string name, std::string git_blob) {
    return StoredFile{std::move(name), {DigestKind::kGitBlob, std::move(git_blob)}};
  };
  return {.name = "cifar10",
          .title = "CIFAR-10 (Krizhevsky, Nair, Hinton): 50,000 + 10,000 of 32x32, colour",
          .licence = "none published; its page asks users to cite Krizhevsky's 2009 report",
          .mirrors = {"https://www.cs.toronto.edu/~kriz/"},
          // The archive's MD5 sum is the published one; the members' ids only say that a file of an
          // earlier download may stay.
          .files = {{"cifar-10-binary.tar.gz",
                     {DigestKind::kMd5, "c32a1d4ab5d03f1284b67883e8d87530"},
                     200'000'000,
                     {member("data_batch_1.bin", "da09f891072747be90e69e4f00ba7cba870dc87e"),
                      member("data_batch_2.bin", "7e958840b7a55df3353574298ebc9ca0e4bba48e"),
                      member("data_batch_3.bin", "5259a3e9674ffdf2d5c33a1067f7192ff06c9e2f"),
                      member("data_batch_4.bin", "301e7d16d78428f13262e87a5bc78ed45b8224aa"),
                      member("data_batch_5.bin", "51fe428dfbdd065852912743ae8b7b63bb1e9d8d"),
                      member("test_batch.bin", "e3f3b4653f18f27ada1558cabc3352a3ed1b25cc"),
                      member("batches.meta.txt", "cc82768074b9031bc26f480af98f94d9e9411bce")}}}};
}

}  // namespace

std::vector<DatasetSource> DatasetCatalogue() { return {Mnist(), FashionMnist(), Cifar10()}; }

absl::StatusOr<DatasetSource> FindDatasetSource(std::string_view name) {
  std::string known;
  for (DatasetSource& source : DatasetCatalogue()) {
    if (source.name == name) {
      return std::move(source);
    }
    known += Concat(known.empty() ? "" : ", ", source.name);
  }
  return absl::InvalidArgumentError(
      Concat("dataset \"", name, "\" ",
             name == "digits" ? "is built in and needs no download" : "is unknown",
             "; can be downloaded: ", known));
}

}  // namespace spikemesh
