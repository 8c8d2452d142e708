// SPDX-License-Identifier: Apache-2.0
#include "core/report/svg_text.h"

#include "core/base/strings.h"

namespace spikemesh {

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += (c >= ' ' && c <= '~') ? c : '?';
    }
  }
  return escaped;
}

std::string SvgText(SvgPoint at, const char* anchor, std::string_view text,
                    std::string_view attributes) {
  return Concat("<text x=\"", at.x, "\" y=\"", at.y, "\" text-anchor=\"", anchor, "\"",
                attributes.empty() ? "" : " ", attributes, ">", EscapeXml(text), "</text>\n");
}

}  // namespace spikemesh
