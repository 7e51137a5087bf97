// What is looked at in a TOML text before toml++ parses it.
//
// toml++ 3.3 follows dots and brackets by recursion without a bound, aborts on
// some texts that are no TOML ("[" and a line end) and has no defined answer to
// others (a bare key that begins with U+0490). A profile or a list of recordings
// may come from anybody, so that a text gets there only if it has none of these.

#ifndef VTPROBE_PROBES_TOML_GUARD_H_
#define VTPROBE_PROBES_TOML_GUARD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vtprobe {

// What a text may have. They stand in probes/profiles/FORMAT.md too.
inline constexpr std::size_t kLargestToml = std::size_t{1} << 20;  // bytes
inline constexpr std::size_t kDeepestToml = 32;        // brackets and braces that are open at once
inline constexpr std::size_t kMostTomlKeyParts = 32;   // a.b.c has three
inline constexpr std::size_t kLongestTomlWord = 1024;  // a bare key or value, in bytes

// A place in a text, both from 1, columns in characters, and what was expected.
struct TomlError {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string message;
};

// The first thing by which the text may not be given to toml++; nothing if it
// may, which does not say that it is TOML. Takes time as the text is long.
std::optional<TomlError> WhyNoSafeToml(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_TOML_GUARD_H_
