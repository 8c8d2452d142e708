// SPDX-License-Identifier: Apache-2.0
#include "networks/data/dataset.h"
