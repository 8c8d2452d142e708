// SPDX-License-Identifier: Apache-2.0
// The network that linear layers are composed into: sums of linear maps as nodes, a convolution a
// map, the means ahead of them, an addition and an offset.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_COMPOSED_NETWORK_H_
#define SPIKEMESH_CONVERTERS_SPIKING_COMPOSED_NETWORK_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "converters/spiking/linear_map.h"
#include "networks/ir/network.h"

namespace spikemesh {

// What a sum takes of a value: map(value), or map(mean of windows of it).
struct ComposedForm {
  LinearMap map;
  const NetworkNode* pool = nullptr;
  std::string name;  // of the convolution that is next to the sum
};

// A form of a node of the network that is made.
struct ComposedTerm {
  ComposedForm form;
  std::int32_t source = kNetworkInput;
};

// map(...) + ... + offset.
struct ComposedSum {
  std::string name;
  FeatureShape shape;
  std::vector<ComposedTerm> terms;  // one or more
  std::vector<double> offset;       // [size]
};

class ComposedNetwork {
 public:
  // Empty, with the name, the input and the warnings of `network`.
  explicit ComposedNetwork(const Network& network);

  // Appends a node whose sources are nodes of this network; its position.
  std::int32_t Append(NetworkNode node);

  // Appends the nodes of `sum`; the position of the last, which has its values.
  std::int32_t AppendSum(ComposedSum sum);

  // The nodes that node `output` needs; it is the last.
  Network Finish(std::int32_t output) &&;

 private:
  std::int32_t AppendPool(const ComposedTerm& term);
  std::int32_t AppendTerm(const ComposedTerm& term, const ComposedSum& sum);
  std::int32_t AppendOffset(std::int32_t source, const ComposedSum& sum);

  Network made_;
  // By what is pooled and by the pool whose window it is.
  std::map<std::pair<std::int32_t, const NetworkNode*>, std::int32_t> pools_;
  std::map<const NetworkNode*, int> pool_copies_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_COMPOSED_NETWORK_H_
