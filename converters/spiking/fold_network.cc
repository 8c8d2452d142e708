// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_network.h"
