// What kernels, firmware and programs say of virtualization in words.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_WORDS_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_WORDS_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "paste/evidence.h"

namespace vtprobe::import {

struct Words {
  Speaker speaker;
  std::string_view pattern;  // in lower case; "*" stands for anything
  std::string_view where;    // what says it, with the versions that do

  // What stands before the first "*": a line without it is not looked at.
  constexpr std::string_view trigger() const { return pattern.substr(0, pattern.find('*')); }
};

std::span<const Words> AllWords();

// Whether the line, in lower case, holds the parts of the pattern in their order.
constexpr bool Holds(std::string_view line, std::string_view pattern) {
  while (true) {
    const std::size_t star = pattern.find('*');
    const std::string_view part = pattern.substr(0, star);
    const std::size_t at = line.find(part);
    if (at == std::string_view::npos) return false;
    if (star == std::string_view::npos) return true;
    line.remove_prefix(at + part.size());
    pattern.remove_prefix(star + 1);
  }
}

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_WORDS_H_
