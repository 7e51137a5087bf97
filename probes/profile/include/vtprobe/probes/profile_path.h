// Which names of profiles are those of files.

#ifndef VTPROBE_PROBES_PROFILE_PATH_H_
#define VTPROBE_PROBES_PROFILE_PATH_H_

#include <string_view>

namespace vtprobe {

// By a '/' or ".toml". Whatever else is a shipped profile's name, or a file's that
// is there.
constexpr bool LooksLikePath(std::string_view name) {
  return name.find('/') != std::string_view::npos || name.ends_with(".toml");
}

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_PROFILE_PATH_H_
