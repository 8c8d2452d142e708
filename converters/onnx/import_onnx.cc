// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/import_onnx.h"
