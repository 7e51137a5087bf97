// Finds which of many words a line holds, in one pass over its bytes.
//
// A week of a serial console is a hundred megabytes of which a few lines matter.
// Each sighting names a word that its lines hold; this is the automaton of Aho
// and Corasick over those words, so that a line costs the same whatever their
// number. Letters match in upper and lower case.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_TRIGGER_INDEX_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_TRIGGER_INDEX_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vtprobe::import {

class TriggerIndex {
 public:
  static constexpr std::size_t kMostTriggers = 320;
  using Hits = std::bitset<kMostTriggers>;

  // Bit i of the hits stands for triggers[i].
  explicit TriggerIndex(std::span<const std::string_view> triggers);

  Hits Find(std::string_view line) const {
    Hits hits;
    std::uint32_t state = 0;
    for (const char c : line) {
      state = next_[state * kClasses + class_of_[static_cast<unsigned char>(c)]];
      if (is_end_[state] != 0) hits |= ends_[state];
    }
    return hits;
  }

 private:
  static constexpr std::size_t kClasses = 64;

  void AddWord(std::string_view word, std::size_t bit);
  void Complete();

  std::array<std::uint8_t, 256> class_of_{};  // 0: a byte of no trigger
  std::vector<std::uint16_t> next_;
  std::vector<std::uint8_t> is_end_;
  std::vector<Hits> ends_;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_TRIGGER_INDEX_H_
