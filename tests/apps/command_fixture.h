// SPDX-License-Identifier: Apache-2.0
// Runs the built command in a folder of its own, on two small chips:
//   pacemaker.chip  core (0,0): one neuron fires every 10th tick; its spikes reach core (1,0) one
//                   tick later, where one neuron repeats them to pin 0. Axon 1 of core (1,0) is
//                   free for input.
//   digits.chip     a convolution and a dense layer of random ternary weights on 28x28 images,
//                   mapped; ten classes; carries its spiking network.
#ifndef SPIKEMESH_TESTS_APPS_COMMAND_FIXTURE_H_
#define SPIKEMESH_TESTS_APPS_COMMAND_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/chip/chip_model.h"
#include "networks/ir/spiking_network.h"
#include "tests/testing/address_sanitizer.h"

namespace spikemesh {

struct CommandResult {
  int status = -1;  // exit status
  std::string out;
  std::string err;
};

ChipModel PacemakerChip();
SpikingNetwork DigitsNetwork();
// The same layers, integrating, 12 ticks an image.
SpikingNetwork RateDigitsNetwork();

class CommandTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs `spikemesh ARGUMENTS` through the shell, in the folder of the test.
  CommandResult Run(const std::string& arguments) const;
  // The same after the shell's `before`, e.g. "ulimit -v 100000".
  CommandResult RunAfter(const std::string& before, const std::string& arguments) const;

  // The exit status of `spikemesh ARGUMENTS` after a Ctrl-C that comes `wait` after its start; -1
  // where it has none, or the signal found nobody.
  static int StatusAfterInterrupt(const std::vector<std::string>& arguments,
                                  std::chrono::milliseconds wait = std::chrono::milliseconds(300));

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::string Read(const std::string& name) const;
  void Write(const std::string& name, const std::string& text) const;
  Json ReadJson(const std::string& name) const;
  // A network of RANC, one core of one neuron: in.json with its c.json.
  void WriteRancNetwork() const;
  bool Exists(const std::string& name) const;

 private:
  std::string folder_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_APPS_COMMAND_FIXTURE_H_
