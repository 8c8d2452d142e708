// SPDX-License-Identifier: Apache-2.0
#include "core/stats/energy_constants.h"

namespace spikemesh {

EnergyConstants::EnergyConstants()
    : reference_voltage{"reference_voltage", 0.75, "V", ConstantClass::kPublished,
                        "Akopyan 2015, section VII: 65 mW and 46 GSOPS/W are stated at 0.75 V"},
      chip_cores{"chip_cores", 4096.0, "cores", ConstantClass::kPublished,
                 "Merolla 2014: 64 x 64 cores a chip"},
      static_power{"static_power", 26.3, "mW per chip", ConstantClass::kDerived,
                   "part of the 0.80 V line of Akopyan 2015 Fig. 17 (64.4 mW at 0 Hz) that the "
                   "70 GSOPS/W at five times real time leave to leakage"},
      static_exponent{"static_exponent", 3.8, "1", ConstantClass::kDerived,
                      "fitted to 323 mW at 1.05 V, 200 Hz, 256 synapses (Akopyan 2015)"},
      tick_energy{"tick_energy", 27.7, "uJ per chip and tick", ConstantClass::kDerived,
                  "70 GSOPS/W at five times real time (Merolla 2014) against 46 at real time; "
                  "6.76 nJ a core, of which the published SRAM sweep is 18 pJ a neuron"},
      synaptic_energy{"synaptic_energy", 1.30, "pJ per synaptic operation", ConstantClass::kDerived,
                      "slope of Akopyan 2015 Fig. 17 at 0.80 V: 294 pJ a spike, less 42.6 hops, "
                      "over 128 synapses, scaled to 0.75 V"},
      hop_energy{"hop_energy", 2.154, "pJ per packet and hop", ConstantClass::kDerived,
                 "2.3 pJ at 0.775 V (32 bit x 72 fJ, Merolla 2014 supplement), scaled to 0.75 V; "
                 "host and pin packets carry none"},
      dynamic_exponent{"dynamic_exponent", 2.0, "1", ConstantClass::kAssumed,
                       "energy of switched capacitance goes with V squared"},
      crossing_energy{"crossing_energy", 0.83, "nJ per packet and chip edge",
                      ConstantClass::kDerived,
                      "26 pJ a bit at the 1.8 V pads (Merolla 2014 supplement) x 32 bit"} {}

std::string_view ConstantClassName(ConstantClass constant_class) {
  switch (constant_class) {
    case ConstantClass::kPublished:
      return "published";
    case ConstantClass::kDerived:
      return "derived";
    case ConstantClass::kAssumed:
      return "assumed";
  }
  return "assumed";
}

}  // namespace spikemesh
