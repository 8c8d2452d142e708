// SPDX-License-Identifier: Apache-2.0
#include "networks/data/encoder.h"
