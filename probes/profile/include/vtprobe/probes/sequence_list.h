// The text of a sequence.toml:
//
//   recordings = ["pre-os.dump", "cold-boot.dump", "after-s3.dump"]

#ifndef VTPROBE_PROBES_SEQUENCE_LIST_H_
#define VTPROBE_PROBES_SEQUENCE_LIST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "vtprobe/probes/toml_guard.h"

namespace vtprobe {

// They are read, and held, beside each other.
inline constexpr std::size_t kMostRecordings = 64;

// The names that it lists, at least one, or what is wrong with it and where.
tl::expected<std::vector<std::string>, TomlError> ParseSequenceList(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SEQUENCE_LIST_H_
