// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/map_network.h"
