// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "networks/ir/little_endian.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {
namespace {

constexpr std::string_view kMagic = "SPKSNN2\n";
constexpr std::uint32_t kVersion = 2;
// With the pads of images behind the input; written only where there are some.
constexpr std::string_view kPaddedMagic = "SPKSNN3\n";
constexpr std::uint32_t kPaddedVersion = 3;
// With the host's layer behind the pads; written only where there is one.
constexpr std::string_view kHostMagic = "SPKSNN4\n";
constexpr std::uint32_t kHostVersion = 4;
constexpr std::size_t kDigestBytes = std::tuple_size_v<Sha256Digest>;
// All versions begin so.
constexpr std::string_view kMagicOfAnyVersion = "SPKSNN";
// The fixed fields of a layer and of an input: what an entry in their counts must at least be paid
// with. Six counts and a shape; a count, a shape, a window and three numbers.
constexpr std::size_t kLayerBytesMin = 6 * sizeof(std::uint64_t) + 3 * sizeof(std::int32_t);
constexpr std::size_t kInputBytesMin = sizeof(std::uint64_t) + 16 * sizeof(std::int32_t);

std::string_view DigestBytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void PutShape(const FeatureShape& shape, LittleEndianWriter& out) {
  out.Put(shape.channels);
  out.Put(shape.height);
  out.Put(shape.width);
}

FeatureShape GetShape(LittleEndianReader& in) {
  FeatureShape shape;
  shape.channels = in.Get<std::int32_t>();
  shape.height = in.Get<std::int32_t>();
  shape.width = in.Get<std::int32_t>();
  return shape;
}

void PutInput(const InputModel& input, LittleEndianWriter& out) {
  out.Put(static_cast<std::uint8_t>(input.encoder));
  for (const std::int32_t extent : input.shape) {
    out.Put(extent);
  }
  out.Put(input.range_max);
  out.PutAll(input.mean);
  out.PutAll(input.scale);
  out.PutAll(input.levels);
  out.PutAll(input.level_channels);
  out.Put(input.first_line);
}

InputModel GetInput(LittleEndianReader& in) {
  InputModel input;
  input.encoder = static_cast<EncoderKind>(in.Get<std::uint8_t>());
  for (std::int32_t& extent : input.shape) {
    extent = in.Get<std::int32_t>();
  }
  input.range_max = in.Get<double>();
  input.mean = in.GetAll<double>();
  input.scale = in.GetAll<double>();
  input.levels = in.GetAll<double>();
  input.level_channels = in.GetAll<std::int32_t>();
  input.first_line = in.Get<std::uint32_t>();
  return input;
}

// Calls visit on every side, in file order; Pad may be const.
template <typename Pad, typename Visit>
void VisitPad(Pad& pad, Visit visit) {
  for (auto* side : {&pad.top, &pad.bottom, &pad.left, &pad.right}) {
    visit(*side);
  }
}

// Calls visit on every field of a window, in file order; Window may be const.
template <typename Window, typename Visit>
void VisitWindow(Window& window, Visit visit) {
  for (auto* field : {&window.kernel_y, &window.kernel_x, &window.stride_y, &window.stride_x,
                      &window.pad_top, &window.pad_left, &window.pad_bottom, &window.pad_right,
                      &window.dilation_y, &window.dilation_x}) {
    visit(*field);
  }
}

// The same of the window of a layer of the host, and its other extents.
template <typename Layer, typename Visit>
void VisitHostExtents(Layer& layer, Visit visit) {
  for (auto* field : {&layer.channels, &layer.height, &layer.width, &layer.levels, &layer.groups,
                      &layer.kernel_y, &layer.kernel_x, &layer.stride_y, &layer.stride_x,
                      &layer.pad_top, &layer.pad_left, &layer.dilation_y, &layer.dilation_x}) {
    visit(*field);
  }
}

void PutHostLayer(const HostLayer& layer, LittleEndianWriter& out) {
  out.PutText(layer.name);
  VisitHostExtents(layer, [&out](std::int32_t field) { out.Put(field); });
  out.PutAll(layer.byte_values);
  out.PutAll(layer.weights);
  out.PutAll(layer.scale);
  out.PutAll(layer.bias);
  out.PutAll(layer.thresholds);
}

HostLayer GetHostLayer(LittleEndianReader& in) {
  HostLayer layer;
  layer.name = in.GetText();
  VisitHostExtents(layer, [&in](std::int32_t& field) { field = in.Get<std::int32_t>(); });
  layer.byte_values = in.GetAll<double>();
  layer.weights = in.GetAll<double>();
  layer.scale = in.GetAll<double>();
  layer.bias = in.GetAll<double>();
  layer.thresholds = in.GetAll<double>();
  return layer;
}

// What a file begins with.
struct FormatVersion {
  std::string_view magic;
  std::uint32_t number = 0;
};
constexpr FormatVersion kFormatVersions[] = {
    {kMagic, kVersion}, {kPaddedMagic, kPaddedVersion}, {kHostMagic, kHostVersion}};

// The least that holds the network's input.
const FormatVersion& VersionFor(const InputModel& input) {
  return kFormatVersions[input.host_layer ? 2 : input.pad.any() ? 1 : 0];
}

void PutLayerInput(const LayerInput& input, LittleEndianWriter& out) {
  out.Put(input.source);
  out.Put(input.delay_ticks);
  PutShape(input.shape, out);
  VisitWindow(input.window, [&out](std::int32_t field) { out.Put(field); });
  out.Put(input.groups);
  out.PutAll(input.weights);
}

LayerInput GetLayerInput(LittleEndianReader& in) {
  LayerInput input;
  input.source = in.Get<std::int32_t>();
  input.delay_ticks = in.Get<std::int32_t>();
  input.shape = GetShape(in);
  VisitWindow(input.window, [&in](std::int32_t& field) { field = in.Get<std::int32_t>(); });
  input.groups = in.Get<std::int32_t>();
  input.weights = in.GetAll<std::int16_t>();
  return input;
}

void PutAxonWeights(const std::vector<AxonWeights>& channels, LittleEndianWriter& out) {
  out.Put(static_cast<std::uint64_t>(channels.size()));
  for (const AxonWeights& weights : channels) {
    for (const std::int16_t weight : weights) {
      out.Put(weight);
    }
  }
}

std::vector<AxonWeights> GetAxonWeights(LittleEndianReader& in) {
  std::vector<AxonWeights> channels(in.GetCount(sizeof(AxonWeights)));
  for (AxonWeights& weights : channels) {
    for (std::int16_t& weight : weights) {
      weight = in.Get<std::int16_t>();
    }
  }
  return channels;
}

void PutLayer(const SpikingLayer& layer, LittleEndianWriter& out) {
  out.PutText(layer.name);
  out.Put(static_cast<std::uint64_t>(layer.inputs.size()));
  for (const LayerInput& input : layer.inputs) {
    PutLayerInput(input, out);
  }
  PutShape(layer.output_shape, out);
  PutAxonWeights(layer.axon_weights, out);
  out.PutAll(layer.thresholds);
  out.PutAll(layer.leaks);
  out.PutAll(layer.initial_potentials);
}

SpikingLayer GetLayer(LittleEndianReader& in) {
  SpikingLayer layer;
  layer.name = in.GetText();
  const std::uint64_t input_count = in.GetCount(kInputBytesMin);
  for (std::uint64_t i = 0; i < input_count && in.ok(); ++i) {
    layer.inputs.push_back(GetLayerInput(in));
  }
  layer.output_shape = GetShape(in);
  layer.axon_weights = GetAxonWeights(in);
  layer.thresholds = in.GetAll<std::int32_t>();
  layer.leaks = in.GetAll<std::int32_t>();
  layer.initial_potentials = in.GetAll<std::int32_t>();
  return layer;
}

SpikingNetwork GetNetwork(std::uint32_t version, LittleEndianReader& in) {
  SpikingNetwork network;
  network.name = in.GetText();
  network.input = GetInput(in);
  if (version >= kPaddedVersion) {
    VisitPad(network.input.pad, [&in](std::int32_t& side) { side = in.Get<std::int32_t>(); });
  }
  if (version == kHostVersion) {
    network.input.host_layer = GetHostLayer(in);
  }
  network.encoded_shape = GetShape(in);
  const std::uint64_t layer_count = in.GetCount(kLayerBytesMin);
  for (std::uint64_t i = 0; i < layer_count && in.ok(); ++i) {
    network.layers.push_back(GetLayer(in));
  }
  network.output_classes = in.GetAll<std::int32_t>();
  network.class_count = in.Get<std::int32_t>();
  network.presentation.mode = static_cast<PresentationMode>(in.Get<std::uint8_t>());
  network.presentation.ticks_per_image = in.Get<std::int32_t>();
  network.presentation.latency_ticks = in.Get<std::int32_t>();
  network.onnx_sha256 = in.GetText();
  return network;
}

}  // namespace

std::string SerializeSpiking(const SpikingNetwork& network) {
  LittleEndianWriter out;
  const FormatVersion& version = VersionFor(network.input);
  out.Append(version.magic);
  out.Put(version.number);
  out.PutText(network.name);
  PutInput(network.input, out);
  if (version.number >= kPaddedVersion) {
    VisitPad(network.input.pad, [&out](std::int32_t side) { out.Put(side); });
  }
  if (network.input.host_layer) {
    PutHostLayer(*network.input.host_layer, out);
  }
  PutShape(network.encoded_shape, out);
  out.Put(static_cast<std::uint64_t>(network.layers.size()));
  for (const SpikingLayer& layer : network.layers) {
    PutLayer(layer, out);
  }
  out.PutAll(network.output_classes);
  out.Put(network.class_count);
  out.Put(static_cast<std::uint8_t>(network.presentation.mode));
  out.Put(network.presentation.ticks_per_image);
  out.Put(network.presentation.latency_ticks);
  out.PutText(network.onnx_sha256);
  out.Append(DigestBytes(Sha256(out.bytes())));
  return out.Take();
}

absl::StatusOr<SpikingNetwork> ParseSpiking(std::string_view bytes) {
  const auto* const format = std::ranges::find_if(
      kFormatVersions, [&](const FormatVersion& one) { return bytes.starts_with(one.magic); });
  const bool other_magic = format == std::end(kFormatVersions);
  if (other_magic && !bytes.starts_with(kMagicOfAnyVersion)) {
    return absl::DataLossError("no spiking network: the bytes do not begin with \"SPKSNN2\"");
  }
  const std::size_t head_bytes = kMagic.size() + sizeof(kVersion);
  if (bytes.size() < head_bytes + kDigestBytes) {
    return absl::DataLossError(Concat("spiking network: ", bytes.size(), " bytes, at least ",
                                      head_bytes + kDigestBytes, " expected: truncated"));
  }
  const std::string_view content = bytes.substr(0, bytes.size() - kDigestBytes);
  if (DigestBytes(Sha256(content)) != bytes.substr(content.size())) {
    return absl::DataLossError(
        "spiking network: the checksum at the end does not match: truncated or damaged");
  }
  LittleEndianReader in(content.substr(kMagic.size()));
  const auto version = in.Get<std::uint32_t>();
  if (other_magic || version != format->number) {
    return absl::UnimplementedError(Concat("spiking network: format version ", version,
                                           ", this program reads versions ", kVersion, " to ",
                                           kHostVersion, "; convert the network again"));
  }
  SpikingNetwork network = GetNetwork(version, in);
  if (in.ok() && VersionFor(network.input).number != version) {
    return absl::InvalidArgumentError(
        Concat("spiking network: format version ", version,
               " without pads of images, or a layer of the host, which it is for"));
  }
  if (!in.ok() || in.left() != 0) {
    return absl::InvalidArgumentError(
        in.ok() ? Concat("spiking network: ", in.left(), " bytes too many before the checksum")
                : "spiking network: a count is larger than the bytes that follow it");
  }
  SPIKEMESH_RETURN_IF_ERROR(Annotate(ValidateSpiking(network), "spiking network"));
  return network;
}

absl::StatusOr<SpikingNetwork> ReadSpikingFile(const std::string& path) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kSpikingFileBytesMax));
  return Annotate(ParseSpiking(bytes), path);
}

absl::Status WriteSpikingFile(const SpikingNetwork& network, const std::string& path) {
  return WriteFileAtomically(path, SerializeSpiking(network));
}

}  // namespace spikemesh
