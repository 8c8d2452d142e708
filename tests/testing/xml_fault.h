// SPDX-License-Identifier: Apache-2.0
// A check that a picture is well-formed XML, as far as our pictures use it: elements with quoted
// attributes, self-closing elements and character data; no comments, declarations or CDATA.
#ifndef SPIKEMESH_TESTS_TESTING_XML_FAULT_H_
#define SPIKEMESH_TESTS_TESTING_XML_FAULT_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace spikemesh {

// Whether every '&' begins one of the entities that XML knows without a declaration.
inline bool EntitiesAreKnown(std::string_view text) {
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with("&amp;") && !rest.starts_with("&lt;") && !rest.starts_with("&gt;") &&
        !rest.starts_with("&quot;")) {
      return false;
    }
  }
  return true;
}

// What is wrong, or nothing: tags that do not nest, text outside the root, an odd quote in a tag,
// an unknown entity.
inline std::string XmlFault(std::string_view xml) {
  std::vector<std::string> open;
  std::size_t roots = 0;
  for (std::size_t at = 0; at < xml.size();) {
    const std::size_t tag = std::min(xml.find('<', at), xml.size());
    const std::string_view text = xml.substr(at, tag - at);
    const bool blank = text.find_first_not_of(" \n") == std::string_view::npos;
    if ((open.empty() && !blank) || text.find('>') != std::string_view::npos) {
      return "text: " + std::string(text);
    }
    const std::size_t end = std::min(xml.find('>', tag), xml.size());
    if (tag == xml.size()) {
      break;
    }
    const std::string_view inside = xml.substr(tag + 1, end - tag - 1);
    if (end == xml.size() || inside.empty() || std::ranges::count(inside, '"') % 2 != 0 ||
        inside.find('<') != std::string_view::npos) {
      return "tag: " + std::string(inside);
    }
    if (inside.front() == '/') {
      if (open.empty() || open.back() != inside.substr(1)) {
        return "closes what is not open: " + std::string(inside);
      }
      open.pop_back();
    } else {
      roots += open.empty() ? 1 : 0;
      if (inside.back() != '/') {
        open.emplace_back(inside.substr(0, inside.find(' ')));
      }
    }
    at = end + 1;
  }
  if (!open.empty()) {
    return "never closed: " + open.back();
  }
  return roots != 1 ? "not one root" : EntitiesAreKnown(xml) ? "" : "unknown entity";
}

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_XML_FAULT_H_
