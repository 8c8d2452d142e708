// SPDX-License-Identifier: Apache-2.0
// Checks of the files named on the command line, made before hours of work rather than after.
#ifndef SPIKEMESH_APPS_FILE_ARGUMENTS_H_
#define SPIKEMESH_APPS_FILE_ARGUMENTS_H_

#include <span>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

// A file and the flag that named it ("--spikes", or "MODEL" for the positional one). An empty path
// stands for a flag that was not given.
struct FileArgument {
  std::string_view flag;
  std::string path;
};

// What stands for standard output, and the one flag that takes it.
inline constexpr std::string_view kStandardOutput = "-";
inline constexpr std::string_view kStandardOutputFlag = "--json";

// Checks that each output can be created and that none is an input or another output (devices such
// as /dev/null may be named twice). Errors, each with flag and path: InvalidArgument (a directory;
// the same file twice; `-` other than for --json), NotFound (no such folder), PermissionDenied.
absl::Status CheckOutputFiles(std::span<const FileArgument> inputs,
                              std::span<const FileArgument> outputs);

// The file's name without folders and its last ending: "a/net.v2.onnx" as "net.v2".
std::string FileStem(const std::string& path);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_FILE_ARGUMENTS_H_
