#include "paste/words.h"

#include <array>

namespace vtprobe::import {
namespace {

constexpr std::array kWords = {
#define VTPROBE_WORDS(speaker, pattern, where) Words{Speaker::speaker, pattern, where},
#include "paste/words.def"
#undef VTPROBE_WORDS
};

}  // namespace

std::span<const Words> AllWords() { return kWords; }

bool Holds(std::string_view line, std::string_view pattern) {
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
