// The project's own recording format, as text. The grammar stands in
// recorded-msr-dumps/FORMAT.md.

#ifndef VTPROBE_HAL_DUMP_H_
#define VTPROBE_HAL_DUMP_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// A place in a text, 1-based (columns in bytes), and what was expected there.
struct DumpError {
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
};

// Parses a whole dump or nothing. Memory: a small multiple of the text. Never
// throws for bad input.
tl::expected<PlatformSnapshot, DumpError> ParseDump(std::string_view text);

// A text that holds only what differs from another machine, its base, and begins
// with "vtprobe-difference" ("A machine with a base" in FORMAT.md).
bool IsDumpDifference(std::string_view text);

// The machine that such a text and its base make together, or nothing: a line that
// repeats the base or takes away what it does not have is an error as any other.
tl::expected<PlatformSnapshot, DumpError> ParseDumpDifference(std::string_view text,
                                                              const PlatformSnapshot& base);

// Writes format 1. ParseDump(WriteDump(s)) == s. Readings shared by the same
// CPUs stand together in one block, those of most CPUs first.
std::string WriteDump(const PlatformSnapshot& snapshot);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_DUMP_H_
