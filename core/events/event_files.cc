// SPDX-License-Identifier: Apache-2.0
#include "core/events/event_files.h"
