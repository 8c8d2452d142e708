# SPDX-License-Identifier: Apache-2.0
# The payload of a .chip file, version 1. These comments are the format's specification.
#
# A file is a 48-byte envelope and the payload:
#   bytes 0..3    magic: 53 4D 43 1A ("SMC", then control-Z)
#   bytes 4..7    format version, unsigned: 1
#   bytes 8..15   payload length in bytes, unsigned
#   bytes 16..47  SHA-256 of bytes 0..15 followed by the payload
#   bytes 48..    payload: one Cap'n Proto message in the stream framing (segment table, segments;
#                 unpacked), root Chip; a multiple of 8 bytes, so that words stay aligned
# The envelope is the same in every version. All integers are little-endian.
#
# Bulk is held as Data: arrays of fixed records without padding, copied in and out whole. A record
# array whose length is not a whole number of records is an error. Every range is that of
# core/chip/validate.h; a reader validates the model after decoding it.
#
# Compatibility: fields may be added (a reader of version 1 then sees their defaults); a change that
# gives an old field another meaning raises the format version.

@0xac54d96fbd79b0ba;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("spikemesh::wire");

struct Chip {
  name @0 :Text;
  seed @1 :UInt64;          # of every random number of the simulation

  spec @2 :Spec;

  neuronKinds @3 :Data;
  # The distinct parameter sets of neurons, records of 28 bytes:
  #    0  4 x int16  weights s of axon types 0..3
  #    8  uint8      stochastic weights b: bit g for axon type g
  #    9  uint8      flags: 1 leak reversal (epsilon), 2 stochastic leak (c), 4 negative saturation
  #                  (kappa); other bits are 0
  #   10  int16      leak lambda
  #   12  int32      threshold alpha
  #   16  int32      negative threshold beta
  #   20  int32      reset potential R
  #   24  uint8      threshold mask bits TM
  #   25  uint8      reset mode gamma
  #   26  uint16     0

  cores @4 :List(Core);     # sorted by y, then x

  inputLineSizes @5 :Data;  # uint32 a line: how many axons it reaches
  inputLineAxons @6 :Data;
  # The axons that the lines reach, line after line, records of 8 bytes: uint32 position of the core
  # in `cores`, uint32 axon.

  pinCount @7 :UInt32;
  pinClasses @8 :List(Int32);  # empty, or the class of each pin, -1 none

  input @9 :Input;
  presentation @10 :Presentation;
  provenance @11 :Provenance;

  spikingNetwork @12 :Data;    # bytes owned by networks/ir, or empty
}

# The hardware: core/chip/chip_spec.h.
struct Spec {
  coresX @0 :Int32;
  coresY @1 :Int32;
  chipsX @2 :Int32;
  chipsY @3 :Int32;
  volts @4 :Float64;
  tickMicroseconds @5 :Float64;
  deadCores @6 :Data;       # int32 x, int32 y each; ascending by y, then x
  deadLinks @7 :Data;
  # Records of 12 bytes: int32 x, int32 y, uint32 side (1 east, 3 south: of the west or north end);
  # ascending by y, x, side.
  router @8 :Router;
}

# What packets pass: router/router_parameters.h. The defaults are those of files without it.
struct Router {
  fifoDepth @0 :Int32 = 8;
  injectCycles @1 :Int32 = 2;
  hopCycles @2 :Int32 = 3;
  ejectCycles @3 :Int32 = 3;
  creditCycles @4 :Int32 = 3;
  edgeCyclesPerPacket @5 :Int32 = 4;
  edgeHopCycles @6 :Int32 = 8;
  cyclesPerTick @7 :Int32 = 100000;
}

# One used core of A axons and N neurons; padding up to 256 x 256 is not stored.
struct Core {
  x @0 :Int32;              # global place in the mesh
  y @1 :Int32;
  rngStream @2 :UInt32;     # names the core's random numbers
  axonTypes @3 :Data;       # A bytes, 0..3

  neurons @4 :Data;
  # N records of 16 bytes:
  #    0  uint32  position in neuronKinds
  #    4  int32   V(0)
  #    8  uint8   target: 0 none, 1 axon, 2 pin
  #    9  uint8   delay in ticks (target axon), else 0
  #   10  uint16  axon (target axon), else 0
  #   12  uint32  position in cores (target axon), pin (target pin), else 0

  crossbar @5 :Data;
  # A rows of 32 bytes: bit j of row i (byte j / 8, bit j mod 8) is the synapse of axon i, neuron j.
}

# How images become active lines: core/chip/presentation.h defines every field.
struct Input {
  encoder @0 :UInt8;        # 0 none, 1 threshold, 2 thermometer, 3 rate, 4 host
  channels @1 :Int32;
  height @2 :Int32;
  width @3 :Int32;
  rangeMax @4 :Float64;
  mean @5 :List(Float64);
  scale @6 :List(Float64);
  levels @7 :List(Float64);
  levelChannels @8 :List(Int32);
  firstLine @9 :UInt32;
  pad @10 :List(Int32);
  # Empty, or rows above, rows below, columns left and columns right of byte 0 that height and width
  # hold and that are put around each image.
  hostLayer @11 :HostLayer; # of encoder 4 only
}

# The first layer where the host computes it: core/chip/host_layer.h defines every field.
struct HostLayer {
  name @0 :Text;
  channels @1 :Int32;
  height @2 :Int32;
  width @3 :Int32;
  levels @4 :Int32;
  groups @5 :Int32;
  window @6 :List(Int32);   # kernel y, x, stride y, x, pad top, left, dilation y, x
  byteValues @7 :List(Float64);
  weights @8 :List(Float64);
  scale @9 :List(Float64);
  bias @10 :List(Float64);
  thresholds @11 :List(Float64);
}

struct Presentation {
  mode @0 :UInt8;           # 0 none, 1 pipelined, 2 rate
  ticksPerImage @1 :Int32;
  latencyTicks @2 :Int32;
}

# Where the contents came from, for reports.
struct Provenance {
  layers @0 :List(Text);       # names
  coreLayers @1 :List(Int32);  # empty, or the position in layers of each core, -1 none
  onnxSha256 @2 :Text;         # 64 lower-case hexadecimal digits, or empty

  neuronSources @3 :Data;
  # Empty, or an int32 for each used neuron, core after core in the order of `cores`: the flat index
  # of the neuron of the core's layer that it is or copies, -1 none.
}
