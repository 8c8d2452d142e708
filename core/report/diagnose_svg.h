// SPDX-License-Identifier: Apache-2.0
// The picture of a diagnosis (SVG): a panel a layer with its agreement as bars, a histogram of the
// firing rates of its neurons, and the accuracy of the float network that goes on from it.
#ifndef SPIKEMESH_CORE_REPORT_DIAGNOSE_SVG_H_
#define SPIKEMESH_CORE_REPORT_DIAGNOSE_SVG_H_

#include <string>

#include "core/report/diagnose_report.h"

namespace spikemesh {

// `title` may be any text. Linear in the layers.
std::string FormatDiagnosisSvg(const DiagnoseReport& report, const std::string& title);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_DIAGNOSE_SVG_H_
