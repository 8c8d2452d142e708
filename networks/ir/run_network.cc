// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/run_network.h"
