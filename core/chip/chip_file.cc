// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_file.h"
