// SPDX-License-Identifier: Apache-2.0
// Batch norm and step in training, forward and backward, on bfloat16 rows [rows, channels].
//
// PyTorch's own operators walk such a tensor a dozen times, and most of a training step goes there;
// these walk it four times. norm_step.py compiles this file, calls it through ctypes, and holds the
// reference that it must agree with (`python3 norm_step.py` compares the two).

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

float Widen(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

// Round to nearest, ties to even; no NaN comes in.
std::uint16_t Narrow(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

constexpr std::uint16_t kOne = 0x3f80;  // 1.0
constexpr int kRowsPerBlock = 64;       // float sums of so many rows are added up in double

// Adds block(begin, end, first, second) over all rows to two double sums a channel.
template <typename Block>
void SumRows(std::int64_t rows, std::int64_t channels, double* first, double* second, Block block) {
  std::vector<float> a(channels), b(channels);
  for (std::int64_t begin = 0; begin < rows; begin += kRowsPerBlock) {
    const std::int64_t end = begin + kRowsPerBlock < rows ? begin + kRowsPerBlock : rows;
    std::memset(a.data(), 0, channels * sizeof(float));
    std::memset(b.data(), 0, channels * sizeof(float));
    for (std::int64_t row = begin; row < end; ++row) block(row, a.data(), b.data());
    for (std::int64_t c = 0; c < channels; ++c) {
      first[c] += a[c];
      second[c] += b[c];
    }
  }
}

}  // namespace

extern "C" {

// y = 1 where gamma * (x - mean) * inverse + beta >= 0, else 0; writes the batch's mean, its biased
// variance and inverse = 1 / sqrt(variance + epsilon).
void NormStepForward(const std::uint16_t* x, std::int64_t rows, std::int64_t channels,
                     const float* gamma, const float* beta, float epsilon, float* mean,
                     float* variance, float* inverse, std::uint16_t* y) {
  std::vector<double> sum(channels), squares(channels);
  SumRows(rows, channels, sum.data(), squares.data(), [&](std::int64_t row, float* a, float* b) {
    const std::uint16_t* in = x + row * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      const float value = Widen(in[c]);
      a[c] += value;
      b[c] += value * value;
    }
  });
  for (std::int64_t c = 0; c < channels; ++c) {
    const double average = sum[c] / rows;
    const double spread = squares[c] / rows - average * average;
    mean[c] = static_cast<float>(average);
    variance[c] = static_cast<float>(spread > 0.0 ? spread : 0.0);
    inverse[c] = 1.0f / std::sqrt(variance[c] + epsilon);
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::uint16_t* in = x + row * channels;
    std::uint16_t* out = y + row * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      out[c] = gamma[c] * ((Widen(in[c]) - mean[c]) * inverse[c]) + beta[c] >= 0.0f ? kOne : 0;
    }
  }
}

// From dy, the gradient of y, with max(0, 1 - |z|) as the step's slope at its input z.
void NormStepBackward(const std::uint16_t* x, const std::uint16_t* dy, std::int64_t rows,
                      std::int64_t channels, const float* gamma, const float* beta,
                      const float* mean, const float* inverse, float* dgamma, float* dbeta,
                      std::uint16_t* dx) {
  const auto slope = [](float z) {
    const float height = 1.0f - std::fabs(z);
    return height > 0.0f ? height : 0.0f;
  };
  std::vector<double> sum(channels), products(channels);
  SumRows(rows, channels, sum.data(), products.data(), [&](std::int64_t row, float* a, float* b) {
    const std::uint16_t* in = x + row * channels;
    const std::uint16_t* gradient = dy + row * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      const float normal = (Widen(in[c]) - mean[c]) * inverse[c];
      const float dz = Widen(gradient[c]) * slope(gamma[c] * normal + beta[c]);
      a[c] += dz;
      b[c] += dz * normal;
    }
  });
  for (std::int64_t c = 0; c < channels; ++c) {
    dbeta[c] = static_cast<float>(sum[c]);
    dgamma[c] = static_cast<float>(products[c]);
  }
  const float share = 1.0f / static_cast<float>(rows);
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::uint16_t* in = x + row * channels;
    const std::uint16_t* gradient = dy + row * channels;
    std::uint16_t* out = dx + row * channels;
    for (std::int64_t c = 0; c < channels; ++c) {
      const float normal = (Widen(in[c]) - mean[c]) * inverse[c];
      const float dz = Widen(gradient[c]) * slope(gamma[c] * normal + beta[c]);
      out[c] = Narrow(gamma[c] * inverse[c] * (dz - (dbeta[c] + normal * dgamma[c]) * share));
    }
  }
}

}  // extern "C"
