// The recording format as bytes, for archives: what the text says, laid out as
// a snapshot keeps it, so that reading it is checking and copying. The layout
// stands in recorded-msr-dumps/FORMAT.md.

#ifndef VTPROBE_HAL_BINARY_DUMP_H_
#define VTPROBE_HAL_BINARY_DUMP_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// A place in a binary dump, in bytes from its start, and what is wrong there.
struct BinaryDumpError {
  std::size_t offset = 0;
  std::string message;
};

// Whether this is the beginning of a binary dump, of whatever version.
bool IsBinaryDump(std::string_view beginning);

// Reads a whole dump or nothing. The bytes need no alignment and may be those
// of a mapped file; nothing in them is believed before it is checked. Never
// throws for bad input.
tl::expected<PlatformSnapshot, BinaryDumpError> ParseBinaryDump(std::string_view bytes);

// Writes version 1. ParseBinaryDump(WriteBinaryDump(s)) == s.
std::string WriteBinaryDump(const PlatformSnapshot& snapshot);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_BINARY_DUMP_H_
