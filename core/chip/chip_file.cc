// SPDX-License-Identifier: Apache-2.0
// The one file that knows Cap'n Proto. Its exceptions end here.
#include "core/chip/chip_file.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <future>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "core/chip/chip.capnp.h"
#include "core/chip/chip_envelope.h"
#include "core/chip/chip_records.h"
#include "core/chip/validate.h"

namespace spikemesh {
namespace {

// A section (Data, List) of Cap'n Proto counts its elements in 29 bits.
constexpr std::size_t kSectionBytesMax = (std::size_t{1} << 29) - 1;
// The smallest encoding of a core: its struct (2 + 3 words) and one neuron.
constexpr std::size_t kCoreBytesMin = 5 * sizeof(capnp::word) + sizeof(NeuronModel);
// Struct, list and text of the deepest path, Chip.provenance.layers[i].
constexpr int kNestingMax = 8;
// Of images.
constexpr unsigned kPadSides = 4;
// Of a host layer's window.
constexpr std::size_t kWindowFields = 8;
// A digest of so many bytes takes longer than starting a thread, some 0.5 ms against 0.05 ms.
constexpr std::size_t kBytesCheckedAside = std::size_t{1} << 20;
// What reading costs beyond one visit of every word: landing pads, repeated getters.
constexpr std::uint64_t kTraversalSlackWords = 1024;

std::string_view ViewOf(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
capnp::Data::Reader DataOf(std::string_view bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
template <typename Record>
capnp::Data::Reader DataOf(const std::vector<Record>& records) {
  return DataOf(RecordBytes(records));
}
std::string StringOf(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
capnp::Text::Reader TextOf(const std::string& text) { return {text.c_str(), text.size()}; }

template <typename Value, typename List>
std::vector<Value> VectorOf(const List& list) {
  std::vector<Value> values;
  values.reserve(list.size());
  for (const Value value : list) {
    values.push_back(value);
  }
  return values;
}
template <typename Value>
kj::ArrayPtr<const Value> ArrayOf(const std::vector<Value>& values) {
  return {values.data(), values.size()};
}

// ---- Writing ----

void BuildSpec(const ChipSpec& spec, wire::Spec::Builder out) {
  out.setCoresX(spec.mesh.cores_x);
  out.setCoresY(spec.mesh.cores_y);
  out.setChipsX(spec.mesh.chips_x);
  out.setChipsY(spec.mesh.chips_y);
  out.setVolts(spec.volts);
  out.setTickMicroseconds(spec.tick_us);
  out.setDeadCores(DataOf(spec.dead_cores));
  out.setDeadLinks(DataOf(PackDeadLinks(spec.dead_links)));
  wire::Router::Builder router = out.initRouter();
  router.setFifoDepth(spec.router.fifo_depth);
  router.setInjectCycles(spec.router.inject_cycles);
  router.setHopCycles(spec.router.hop_cycles);
  router.setEjectCycles(spec.router.eject_cycles);
  router.setCreditCycles(spec.router.credit_cycles);
  router.setEdgeCyclesPerPacket(spec.router.edge_cycles_per_packet);
  router.setEdgeHopCycles(spec.router.edge_hop_cycles);
  router.setCyclesPerTick(spec.router.cycles_per_tick);
}

void BuildCore(const CoreModel& core, wire::Core::Builder out) {
  out.setX(core.at.x);
  out.setY(core.at.y);
  out.setRngStream(core.rng_stream);
  out.setAxonTypes(DataOf(core.axon_types));
  out.setNeurons(DataOf(core.neurons));
  out.setCrossbar(DataOf(core.crossbar));
}

// Calls visit on every field of the window, in file order; Layer may be const.
template <typename Layer, typename Visit>
void VisitWindow(Layer& layer, Visit visit) {
  for (auto* field : {&layer.kernel_y, &layer.kernel_x, &layer.stride_y, &layer.stride_x,
                      &layer.pad_top, &layer.pad_left, &layer.dilation_y, &layer.dilation_x}) {
    visit(*field);
  }
}

void BuildHostLayer(const HostLayer& layer, wire::HostLayer::Builder out) {
  out.setName(TextOf(layer.name));
  out.setChannels(layer.channels);
  out.setHeight(layer.height);
  out.setWidth(layer.width);
  out.setLevels(layer.levels);
  out.setGroups(layer.groups);
  std::vector<std::int32_t> window;
  VisitWindow(layer, [&window](std::int32_t field) { window.push_back(field); });
  out.setWindow(ArrayOf(window));
  out.setByteValues(ArrayOf(layer.byte_values));
  out.setWeights(ArrayOf(layer.weights));
  out.setScale(ArrayOf(layer.scale));
  out.setBias(ArrayOf(layer.bias));
  out.setThresholds(ArrayOf(layer.thresholds));
}

void BuildInput(const InputModel& input, wire::Input::Builder out) {
  out.setEncoder(static_cast<std::uint8_t>(input.encoder));
  out.setChannels(input.shape[0]);
  out.setHeight(input.shape[1]);
  out.setWidth(input.shape[2]);
  out.setRangeMax(input.range_max);
  out.setMean(ArrayOf(input.mean));
  out.setScale(ArrayOf(input.scale));
  out.setLevels(ArrayOf(input.levels));
  out.setLevelChannels(ArrayOf(input.level_channels));
  out.setFirstLine(input.first_line);
  if (input.pad.any()) {
    out.setPad({input.pad.top, input.pad.bottom, input.pad.left, input.pad.right});
  }
  if (input.host_layer) {
    BuildHostLayer(*input.host_layer, out.initHostLayer());
  }
}

// ValidateChip has checked that they are none, or one a used neuron.
std::size_t NeuronSourceBytes(const ChipModel& chip) {
  std::size_t neurons = 0;
  for (const std::vector<std::int32_t>& of_core : chip.provenance.neuron_sources) {
    neurons += of_core.size();
  }
  return neurons * sizeof(std::int32_t);
}

void BuildProvenance(const ChipModel& chip, wire::Provenance::Builder out) {
  const std::vector<std::string>& names = chip.provenance.layers;
  auto layers = out.initLayers(static_cast<unsigned>(names.size()));
  for (unsigned i = 0; i < names.size(); ++i) {
    layers.set(i, TextOf(names[i]));
  }
  out.setCoreLayers(ArrayOf(chip.provenance.core_layer));
  out.setOnnxSha256(TextOf(chip.onnx_sha256));
  auto sources = out.initNeuronSources(static_cast<unsigned>(NeuronSourceBytes(chip)));
  kj::byte* to = sources.begin();
  for (const std::vector<std::int32_t>& of_core : chip.provenance.neuron_sources) {
    to = std::ranges::copy(RecordBytes(of_core), to).out;
  }
}

void BuildChip(const ChipModel& chip, wire::Chip::Builder out) {
  out.setName(TextOf(chip.name));
  out.setSeed(chip.seed);
  BuildSpec(chip.spec, out.initSpec());
  auto kinds =
      out.initNeuronKinds(static_cast<unsigned>(chip.neuron_kinds.size() * kNeuronKindBytes));
  PackNeuronKinds(chip.neuron_kinds, std::as_writable_bytes(std::span(kinds.begin(), kinds.end())));
  auto cores = out.initCores(static_cast<unsigned>(chip.cores.size()));
  for (unsigned id = 0; id < chip.cores.size(); ++id) {
    BuildCore(chip.cores[id], cores[id]);
  }
  const PackedLines lines = PackInputLines(chip.input_lines);
  out.setInputLineSizes(DataOf(lines.sizes));
  out.setInputLineAxons(DataOf(lines.axons));
  out.setPinCount(chip.pin_count);
  out.setPinClasses(ArrayOf(chip.pin_classes));
  BuildInput(chip.input, out.initInput());
  auto presentation = out.initPresentation();
  presentation.setMode(static_cast<std::uint8_t>(chip.presentation.mode));
  presentation.setTicksPerImage(chip.presentation.ticks_per_image);
  presentation.setLatencyTicks(chip.presentation.latency_ticks);
  BuildProvenance(chip, out.initProvenance());
  out.setSpikingNetwork(DataOf(chip.spiking_network));
}

// An upper bound of the message, so that one segment holds it and nothing is allocated twice.
std::size_t MessageBytesMax(const ChipModel& chip) {
  std::size_t bytes =
      4096 + chip.name.size() + chip.spiking_network.size() +
      chip.neuron_kinds.size() * kNeuronKindBytes + chip.pin_classes.size() * sizeof(std::int32_t) +
      chip.provenance.core_layer.size() * sizeof(std::int32_t) + NeuronSourceBytes(chip);
  for (const CoreModel& core : chip.cores) {
    bytes += kCoreBytesMin + 3 * sizeof(capnp::word) + core.axon_types.size() +
             core.neurons.size() * sizeof(NeuronModel) + core.crossbar.size() * sizeof(Bits256);
  }
  for (const std::vector<AxonAddress>& line : chip.input_lines) {
    bytes += sizeof(std::uint32_t) + line.size() * 2 * sizeof(std::uint32_t);
  }
  for (const std::string& layer : chip.provenance.layers) {
    bytes += 3 * sizeof(capnp::word) + layer.size();
  }
  for (const auto* numbers : {&chip.input.mean, &chip.input.scale, &chip.input.levels}) {
    bytes += (numbers->size() + 1) * sizeof(double);
  }
  return bytes + chip.input.level_channels.size() * sizeof(std::int32_t);
}

// A whole file in pieces that lie where they were made: nothing is copied before it is written.
class EncodedChip {
 public:
  // Errors: ValidateChip's, ResourceExhausted.
  static absl::StatusOr<EncodedChip> Create(const ChipModel& chip) {
    SPIKEMESH_RETURN_IF_ERROR(ValidateChip(chip));
    const std::size_t bytes_max = MessageBytesMax(chip);
    const std::size_t kind_bytes = chip.neuron_kinds.size() * kNeuronKindBytes;
    if (bytes_max > kChipFileBytesMax || kind_bytes > kSectionBytesMax ||
        chip.spiking_network.size() > kSectionBytesMax ||
        NeuronSourceBytes(chip) > kSectionBytesMax) {
      return absl::ResourceExhaustedError(
          Concat("a .chip file of up to ", bytes_max, " bytes, allowed ", kChipFileBytesMax,
                 ", and ", kSectionBytesMax,
                 " for its spiking network, its neuron kinds and the sources of its neurons"));
    }
    EncodedChip encoded;
    const auto words = static_cast<unsigned>(bytes_max / sizeof(capnp::word) + 1);
    encoded.message_ = std::make_unique<capnp::MallocMessageBuilder>(words);
    BuildChip(chip, encoded.message_->initRoot<wire::Chip>());
    encoded.FrameMessage();
    return encoded;
  }

  std::vector<std::string_view> Pieces() const {
    std::vector<std::string_view> pieces = {envelope_};
    pieces.insert(pieces.end(), payload_.begin(), payload_.end());
    return pieces;
  }

 private:
  // The stream framing: segment count - 1, the size of each in words, padding to a whole word.
  // Source: capnproto.org/encoding.html, "Serialization Over a Stream".
  void FrameMessage() {
    const auto segments = message_->getSegmentsForOutput();
    segment_table_.push_back(static_cast<std::uint32_t>(segments.size() - 1));
    for (const auto& segment : segments) {
      segment_table_.push_back(static_cast<std::uint32_t>(segment.size()));
    }
    segment_table_.resize((segment_table_.size() + 1) / 2 * 2);
    payload_ = {RecordBytes(segment_table_)};
    for (const auto& segment : segments) {
      const auto bytes = segment.asBytes();
      payload_.emplace_back(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    }
    envelope_ = MakeChipEnvelope(payload_);
  }

  std::unique_ptr<capnp::MallocMessageBuilder> message_;
  std::vector<std::uint32_t> segment_table_;
  std::vector<std::string_view> payload_;  // into the two above
  std::string envelope_;
};

// ---- Reading ----

absl::StatusOr<ChipSpec> ReadSpec(wire::Spec::Reader in) {
  ChipSpec spec;
  spec.mesh = {in.getCoresX(), in.getCoresY(), in.getChipsX(), in.getChipsY()};
  spec.volts = in.getVolts();
  spec.tick_us = in.getTickMicroseconds();
  SPIKEMESH_ASSIGN_OR_RETURN(
      spec.dead_cores, ParseRecords<CoreCoordinates>(ViewOf(in.getDeadCores()), "dead cores"));
  SPIKEMESH_ASSIGN_OR_RETURN(spec.dead_links, ParseDeadLinks(ViewOf(in.getDeadLinks())));
  const wire::Router::Reader router = in.getRouter();
  spec.router = {.fifo_depth = router.getFifoDepth(),
                 .inject_cycles = router.getInjectCycles(),
                 .hop_cycles = router.getHopCycles(),
                 .eject_cycles = router.getEjectCycles(),
                 .credit_cycles = router.getCreditCycles(),
                 .edge_cycles_per_packet = router.getEdgeCyclesPerPacket(),
                 .edge_hop_cycles = router.getEdgeHopCycles(),
                 .cycles_per_tick = router.getCyclesPerTick()};
  return spec;
}

absl::StatusOr<CoreModel> ReadCore(wire::Core::Reader in) {
  CoreModel core;
  core.at = {in.getX(), in.getY()};
  core.rng_stream = in.getRngStream();
  const std::string where = Concat("core ", core.at);
  SPIKEMESH_ASSIGN_OR_RETURN(core.axon_types,
                             ParseRecords<std::uint8_t>(ViewOf(in.getAxonTypes()), where));
  SPIKEMESH_ASSIGN_OR_RETURN(core.neurons,
                             ParseRecords<NeuronModel>(ViewOf(in.getNeurons()), where));
  SPIKEMESH_ASSIGN_OR_RETURN(core.crossbar, ParseRecords<Bits256>(ViewOf(in.getCrossbar()), where));
  return core;
}

absl::StatusOr<ImagePad> ReadPad(wire::Input::Reader in) {
  const auto pad = in.getPad();
  if (pad.size() != 0 && pad.size() != kPadSides) {
    return absl::InvalidArgumentError(
        Concat("input: ", pad.size(), " sides of padding, allowed 0 or ", kPadSides));
  }
  return pad.size() == 0 ? ImagePad() : ImagePad{pad[0], pad[1], pad[2], pad[3]};
}

absl::StatusOr<HostLayer> ReadHostLayer(wire::HostLayer::Reader in) {
  HostLayer layer;
  const std::vector<std::int32_t> window = VectorOf<std::int32_t>(in.getWindow());
  if (window.size() != kWindowFields) {
    return absl::InvalidArgumentError(Concat("input: a host layer's window of ", window.size(),
                                             " numbers, allowed ", kWindowFields));
  }
  auto next = window.begin();
  VisitWindow(layer, [&next](std::int32_t& field) { field = *next++; });
  layer.name = StringOf(in.getName());
  layer.channels = in.getChannels();
  layer.height = in.getHeight();
  layer.width = in.getWidth();
  layer.levels = in.getLevels();
  layer.groups = in.getGroups();
  layer.byte_values = VectorOf<double>(in.getByteValues());
  layer.weights = VectorOf<double>(in.getWeights());
  layer.scale = VectorOf<double>(in.getScale());
  layer.bias = VectorOf<double>(in.getBias());
  layer.thresholds = VectorOf<double>(in.getThresholds());
  return layer;
}

absl::StatusOr<InputModel> ReadInput(wire::Input::Reader in) {
  InputModel input;
  input.encoder = static_cast<EncoderKind>(in.getEncoder());
  input.shape = {in.getChannels(), in.getHeight(), in.getWidth()};
  input.range_max = in.getRangeMax();
  input.mean = VectorOf<double>(in.getMean());
  input.scale = VectorOf<double>(in.getScale());
  input.levels = VectorOf<double>(in.getLevels());
  input.level_channels = VectorOf<std::int32_t>(in.getLevelChannels());
  input.first_line = in.getFirstLine();
  SPIKEMESH_ASSIGN_OR_RETURN(input.pad, ReadPad(in));
  if (in.hasHostLayer()) {
    SPIKEMESH_ASSIGN_OR_RETURN(input.host_layer, ReadHostLayer(in.getHostLayer()));
  }
  return input;
}

absl::Status ReadCores(wire::Chip::Reader in, std::size_t payload_bytes, ChipModel& chip) {
  const auto cores = in.getCores();
  if (cores.size() > payload_bytes / kCoreBytesMin) {
    return absl::DataLossError(
        Concat(cores.size(), " cores do not fit into ", payload_bytes, " bytes"));
  }
  chip.cores.reserve(cores.size());
  for (const wire::Core::Reader core : cores) {
    SPIKEMESH_ASSIGN_OR_RETURN(chip.cores.emplace_back(), ReadCore(core));
  }
  return absl::OkStatus();
}

absl::Status ReadProvenance(wire::Provenance::Reader in, ChipModel& chip) {
  for (const capnp::Text::Reader layer : in.getLayers()) {
    chip.provenance.layers.push_back(StringOf(layer));
  }
  chip.provenance.core_layer = VectorOf<std::int32_t>(in.getCoreLayers());
  chip.onnx_sha256 = StringOf(in.getOnnxSha256());
  SPIKEMESH_ASSIGN_OR_RETURN(chip.provenance.neuron_sources,
                             UnpackNeuronSources(ViewOf(in.getNeuronSources()), chip.cores));
  return absl::OkStatus();
}

absl::StatusOr<ChipModel> ReadChip(wire::Chip::Reader in, std::size_t payload_bytes) {
  ChipModel chip;
  chip.name = StringOf(in.getName());
  chip.seed = in.getSeed();
  SPIKEMESH_ASSIGN_OR_RETURN(chip.spec, ReadSpec(in.getSpec()));
  SPIKEMESH_ASSIGN_OR_RETURN(chip.neuron_kinds, ParseNeuronKinds(ViewOf(in.getNeuronKinds())));
  SPIKEMESH_RETURN_IF_ERROR(ReadCores(in, payload_bytes, chip));
  PackedLines lines;
  SPIKEMESH_ASSIGN_OR_RETURN(
      lines.sizes, ParseRecords<std::uint32_t>(ViewOf(in.getInputLineSizes()), "input lines"));
  using Pair = std::array<std::uint32_t, 2>;
  SPIKEMESH_ASSIGN_OR_RETURN(lines.axons,
                             ParseRecords<Pair>(ViewOf(in.getInputLineAxons()), "input lines"));
  SPIKEMESH_ASSIGN_OR_RETURN(chip.input_lines, UnpackInputLines(lines));
  chip.pin_count = in.getPinCount();
  chip.pin_classes = VectorOf<std::int32_t>(in.getPinClasses());
  SPIKEMESH_ASSIGN_OR_RETURN(chip.input, ReadInput(in.getInput()));
  const auto presentation = in.getPresentation();
  chip.presentation = {static_cast<PresentationMode>(presentation.getMode()),
                       presentation.getTicksPerImage(), presentation.getLatencyTicks()};
  SPIKEMESH_RETURN_IF_ERROR(ReadProvenance(in.getProvenance(), chip));
  chip.spiking_network = std::string(ViewOf(in.getSpikingNetwork()));
  return chip;
}

// `payload` as words; copied into `storage` only where it is not aligned.
kj::ArrayPtr<const capnp::word> WordsOf(std::string_view payload,
                                        std::vector<std::uint64_t>& storage) {
  const std::size_t count = payload.size() / sizeof(capnp::word);
  if (reinterpret_cast<std::uintptr_t>(payload.data()) % alignof(capnp::word) == 0) {
    return {reinterpret_cast<const capnp::word*>(payload.data()), count};
  }
  storage.resize(count);
  std::memcpy(storage.data(), payload.data(), count * sizeof(capnp::word));
  return {reinterpret_cast<const capnp::word*>(storage.data()), count};
}

absl::StatusOr<ChipModel> DecodePayload(std::string_view payload) {
  if (payload.size() % sizeof(capnp::word) != 0) {
    return absl::DataLossError(Concat("damaged .chip file: a payload of ", payload.size(),
                                      " bytes is no whole number of 8"));
  }
  std::vector<std::uint64_t> storage;
  const auto words = WordsOf(payload, storage);
  capnp::ReaderOptions options;
  options.traversalLimitInWords = words.size() + kTraversalSlackWords;
  options.nestingLimit = kNestingMax;
  capnp::FlatArrayMessageReader reader(words, options);
  return ReadChip(reader.getRoot<wire::Chip>(), payload.size());
}

// Runs `body`, turning what Cap'n Proto throws into a Status of code `code`.
template <typename Body>
auto WithoutExceptions(absl::StatusCode code, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const kj::Exception&) {
    return absl::Status(code, "damaged .chip file: its message cannot be decoded or encoded");
  } catch (const std::exception&) {
    return absl::Status(code, "damaged .chip file: its message cannot be decoded or encoded");
  }
}

absl::StatusOr<ChipModel> DecodeValidChip(std::string_view payload) {
  SPIKEMESH_ASSIGN_OR_RETURN(ChipModel chip, WithoutExceptions(absl::StatusCode::kDataLoss, [&] {
                               return DecodePayload(payload);
                             }));
  SPIKEMESH_RETURN_IF_ERROR(ValidateChip(chip));
  return chip;
}

// CheckChipEnvelope on a thread of its own, where `bytes` are many and a thread is to be had; else
// by the caller, when it asks for the result.
std::future<absl::Status> CheckAside(std::string_view bytes) {
  const std::launch policy = bytes.size() >= kBytesCheckedAside
                                 ? std::launch::async | std::launch::deferred
                                 : std::launch::deferred;
  return std::async(policy, [bytes] { return CheckChipEnvelope(bytes); });
}

absl::StatusOr<EncodedChip> Encode(const ChipModel& chip) {
  return WithoutExceptions(absl::StatusCode::kResourceExhausted,
                           [&] { return EncodedChip::Create(chip); });
}

}  // namespace

absl::StatusOr<ChipModel> ParseChip(std::string_view bytes) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string_view payload, OpenChipEnvelope(bytes));
  // Decoding takes any bytes, so it need not wait for the digest; but of a damaged file only the
  // damage is told.
  std::future<absl::Status> intact = CheckAside(bytes);
  absl::StatusOr<ChipModel> chip = DecodeValidChip(payload);
  SPIKEMESH_RETURN_IF_ERROR(intact.get());
  return chip;
}

absl::StatusOr<std::string> SerializeChip(const ChipModel& chip) {
  SPIKEMESH_ASSIGN_OR_RETURN(const EncodedChip encoded, Encode(chip));
  std::string bytes;
  for (const std::string_view piece : encoded.Pieces()) {
    bytes += piece;
  }
  return bytes;
}

absl::StatusOr<ChipModel> ReadChipFile(const std::string& path) {
  SPIKEMESH_ASSIGN_OR_RETURN(const LargeBytes bytes, ReadLargeFile(path, kChipFileBytesMax));
  return Annotate(ParseChip(bytes.view()), path);
}

absl::Status WriteChipFile(const ChipModel& chip, const std::string& path) {
  SPIKEMESH_ASSIGN_OR_RETURN(const EncodedChip encoded, Annotate(Encode(chip), path));
  return WriteFileAtomically(path, encoded.Pieces());
}

}  // namespace spikemesh
