#include "paste/words.h"

#include <array>
#include <cstddef>

#include "characters.h"

namespace vtprobe::import {
namespace {

constexpr std::array kWords = {
#define VTPROBE_WORDS(speaker, pattern, where) Words{Speaker::speaker, pattern, where},
#include "paste/words.def"
#undef VTPROBE_WORDS
};

// Whether another row has the same words, or a row above takes every line that holds them.
constexpr bool IsNeverMet(std::string_view pattern) {
  std::size_t same = 0;
  for (const Words& row : kWords) {
    if (row.pattern == pattern) ++same;
  }
  if (same > 1) return true;
  for (const Words& row : kWords) {
    if (row.pattern == pattern) break;
    if (Holds(pattern, row.pattern)) return true;
  }
  return false;
}

// A slip in a row is named by its words. Lines are compared in lower case, so that a
// pattern with another letter would never be met.
#define VTPROBE_WORDS(speaker, pattern, where)                                              \
  static_assert(!Words{Speaker::speaker, pattern, where}.trigger().empty(),                 \
                "words.def, " #pattern ": does not begin with words");                      \
  static_assert(!HasUpperCase(pattern),                                                     \
                "words.def, " #pattern ": an upper-case letter is never met");              \
  static_assert(!std::string_view(where).empty(), "words.def, " #pattern ": who says it?"); \
  static_assert(!IsNeverMet(pattern),                                                       \
                "words.def, " #pattern ": is there twice, or a row above takes its lines");
#include "paste/words.def"
#undef VTPROBE_WORDS

}  // namespace

std::span<const Words> AllWords() { return kWords; }

}  // namespace vtprobe::import
