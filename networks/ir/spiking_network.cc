// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/spiking_network.h"
