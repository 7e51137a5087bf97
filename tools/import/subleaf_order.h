// Numbers the subleaves of a text that gives a leaf several times and does not
// say with which ECX it was asked.
//
// Programs that print so walk the subleaves upwards, so the second line of such
// a leaf is its second subleaf. A leaf that takes no ECX has the same answer
// each time; its repetition means nothing.

#ifndef VTPROBE_TOOLS_IMPORT_SUBLEAF_ORDER_H_
#define VTPROBE_TOOLS_IMPORT_SUBLEAF_ORDER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "vtprobe/hal/types.h"

namespace vtprobe::import {

class SubleafOrder {
 public:
  static constexpr std::size_t kLeaves = 20;  // so many leaves take ECX

  // The text turns to another CPU.
  void Restart() { next_ = {}; }

  // A leaf that the text numbers; those it does not number go on behind it.
  void Follow(CpuidLeaf leaf);
  CpuidLeaf Number(std::uint32_t leaf);

  // A subleaf other than the first was numbered.
  bool guessed() const { return guessed_; }

 private:
  std::array<std::uint32_t, kLeaves> next_{};
  bool guessed_ = false;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_TOOLS_IMPORT_SUBLEAF_ORDER_H_
