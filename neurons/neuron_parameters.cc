// SPDX-License-Identifier: Apache-2.0
#include "neurons/neuron_parameters.h"
