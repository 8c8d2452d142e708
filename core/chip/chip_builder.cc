// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_builder.h"
