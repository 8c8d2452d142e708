# SPDX-License-Identifier: Apache-2.0
# Makes a C++ source of a text file: cmake -DTEXT=file -DHEADER=core/x.h -DFUNCTION=Name
# -DSOURCE=out.cc -P embed_text.cmake defines `std::string_view spikemesh::Name()`, declared in
# HEADER, which is the text byte for byte. The text must not hold the literal's end, `)spikemesh"`,
# which the compiler would tell.
file(READ ${TEXT} text)
file(WRITE ${SOURCE} "// Generated from ${TEXT}.
#include \"${HEADER}\"

namespace spikemesh {

std::string_view ${FUNCTION}() {
  static constexpr std::string_view kText = R\"spikemesh(${text})spikemesh\";
  return kText;
}

}  // namespace spikemesh
")
