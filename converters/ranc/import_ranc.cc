// SPDX-License-Identifier: Apache-2.0
#include "converters/ranc/import_ranc.h"
