// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/input_moments.h"

#include <algorithm>

#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// The inputs of one neuron, read from one image.
class InputReader {
 public:
  InputReader(const Stage& stage, const StageInput& input, const SampledRates& rates,
              std::int64_t first_channel)
      : stage_(stage), input_(input), rates_(rates), first_channel_(first_channel) {}

  std::size_t size() const {
    const WindowGeometry& window = input_.branch->convolution.window;
    return static_cast<std::size_t>(input_.group_channels() * window.kernel_y * window.kernel_x);
  }

  // row: [size()], all 0.
  void Read(std::size_t image, std::int64_t position, float* row) const {
    const FeatureShape& shape = input_.branch->input;
    const WindowGeometry& window = input_.branch->convolution.window;
    const std::int64_t y = position / stage_.shape.width;
    const std::int64_t x = position % stage_.shape.width;
    const TapRange rows = TapsInside(AxisY(window), y, shape.height);
    const TapRange columns = TapsInside(AxisX(window), x, shape.width);
    const std::vector<float>& values = (*rates_.values)[image];
    for (std::int64_t c = 0; c < input_.group_channels(); ++c) {
      for (std::int64_t ky = rows.begin; ky < rows.end; ++ky) {
        const std::int64_t from_y = y * window.stride_y - window.pad_top + ky * window.dilation_y;
        for (std::int64_t kx = columns.begin; kx < columns.end; ++kx) {
          const std::int64_t from_x =
              x * window.stride_x - window.pad_left + kx * window.dilation_x;
          const auto flat = static_cast<std::size_t>(
              ((first_channel_ + c) * shape.height + from_y) * shape.width + from_x);
          row[(c * window.kernel_y + ky) * window.kernel_x + kx] =
              std::clamp(values[flat] * rates_.scale[flat], 0.0F, 1.0F);
        }
      }
    }
  }

 private:
  const Stage& stage_;
  const StageInput& input_;
  const SampledRates& rates_;
  std::int64_t first_channel_;
};

// Sums of products become covariances, less of what may be noise.
void Finish(const std::vector<double>& sums, double samples, std::size_t inputs,
            std::vector<float>& products) {
  const double kept = 1.0 - static_cast<double>(inputs) / samples;
  for (std::size_t i = 0; i < inputs; ++i) {
    for (std::size_t j = i; j < inputs; ++j) {
      const double covariance =
          double{products[i * inputs + j]} / samples - sums[i] / samples * (sums[j] / samples);
      const auto value = static_cast<float>(i == j ? covariance : kept * covariance);
      products[i * inputs + j] = value;
      products[j * inputs + i] = value;
    }
  }
}

std::vector<float> Covariance(const std::vector<InputReader>& readers, std::int64_t images,
                              std::int64_t positions, std::size_t inputs) {
  // A prime beyond all that is sampled from visits each neuron once.
  constexpr std::uint64_t kStride = 2'147'483'647;
  const auto all = static_cast<std::uint64_t>(images * positions);
  const std::uint64_t samples = std::min<std::uint64_t>(all, kMomentSamples);
  std::vector<float> products(inputs * inputs, 0.0F);
  std::vector<double> sums(inputs, 0.0);
  std::vector<float> row(inputs);
  for (std::uint64_t s = 0; s < samples; ++s) {
    const std::uint64_t neuron = s * kStride % all;
    std::fill(row.begin(), row.end(), 0.0F);
    std::size_t at = 0;
    for (const InputReader& reader : readers) {
      reader.Read(static_cast<std::size_t>(neuron) / static_cast<std::size_t>(positions),
                  static_cast<std::int64_t>(neuron) % positions, &row[at]);
      at += reader.size();
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      const float rate = row[i];
      if (rate == 0.0F) {
        continue;
      }
      sums[i] += rate;
      float* to = &products[i * inputs];
      for (std::size_t j = i; j < inputs; ++j) {
        to[j] += rate * row[j];
      }
    }
  }
  Finish(sums, static_cast<double>(samples), inputs, products);
  return products;
}

}  // namespace

std::span<const float> InputMoments::CovarianceOf(std::size_t number, const Stage& stage,
                                                  const std::vector<StageInput>& inputs,
                                                  const std::vector<SampledRates>& rates,
                                                  std::int64_t channel) {
  Key key = {number, {}};
  std::vector<InputReader> readers;
  std::size_t size = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::int64_t local = inputs[i].local_channel(channel);
    if (local < 0) {
      continue;
    }
    if (rates[i].values == nullptr || rates[i].values->empty()) {
      return {};
    }
    key.second.emplace_back(i, inputs[i].first_channel(local));
    readers.emplace_back(stage, inputs[i], rates[i], inputs[i].first_channel(local));
    size += readers.back().size();
  }
  if (readers.empty() || size > static_cast<std::size_t>(kMomentInputsMax)) {
    return {};
  }
  const auto images = static_cast<std::int64_t>(rates[key.second.front().first].values->size());
  const std::int64_t positions = std::int64_t{stage.shape.height} * stage.shape.width;
  if (std::min(images * positions, kMomentSamples) <= static_cast<std::int64_t>(size)) {
    return {};
  }
  const auto known = covariances_.find(key);
  if (known != covariances_.end()) {
    return known->second;
  }
  return covariances_.emplace(std::move(key), Covariance(readers, images, positions, size))
      .first->second;
}

}  // namespace spikemesh
