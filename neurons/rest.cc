// SPDX-License-Identifier: Apache-2.0
#include "neurons/rest.h"
