// SPDX-License-Identifier: Apache-2.0
// Text in SVG pictures. Pure; linear in the text.
#ifndef SPIKEMESH_CORE_REPORT_SVG_TEXT_H_
#define SPIKEMESH_CORE_REPORT_SVG_TEXT_H_

#include <string>
#include <string_view>

namespace spikemesh {

// `text` as character data or as a quoted attribute; bytes that are not printable ASCII become '?',
// so that no name out of a file can break the picture.
std::string EscapeXml(std::string_view text);

// A point of the picture in pixels, y downwards.
struct SvgPoint {
  double x = 0.0;
  double y = 0.0;
};

// One line of text with its baseline at `at`. `anchor`: "start", "middle" or "end". `attributes`:
// more of them, as XML ("font-weight=\"bold\"").
std::string SvgText(SvgPoint at, const char* anchor, std::string_view text,
                    std::string_view attributes = "");

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_SVG_TEXT_H_
