// Numbers the subleaves of a text that gives a leaf several times and does not
// say with which ECX it was asked.
//
// Programs that print so walk the subleaves upwards, so the second line of such
// a leaf is its second subleaf. A leaf that takes no ECX has the same answer
// each time; its repetition means nothing.
//
// Leaf 0xd is walked by the state components that the CPU has, and some programs
// pass over subleaf 1, which is about none. The AVX state tells where they are:
// it is component 2, of the same size and at the same offset on every CPU.

#ifndef VTPROBE_PROBES_IMPORT_SRC_SUBLEAF_ORDER_H_
#define VTPROBE_PROBES_IMPORT_SRC_SUBLEAF_ORDER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "vtprobe/hal/types.h"

namespace vtprobe::import {

class SubleafOrder {
 public:
  static constexpr std::size_t kLeaves = 20;  // so many leaves take ECX

  // The text turns to another CPU.
  void Restart() {
    next_ = {};
    state_components_ = 0;
    has_avx_state_ = false;
  }

  // A leaf that the text numbers; those it does not number go on behind it.
  void Follow(CpuidLeaf leaf);
  CpuidLeaf Number(std::uint32_t leaf, const CpuidRegisters& answer);

  // A subleaf other than the first was numbered.
  bool guessed() const { return guessed_; }

 private:
  // The subleaf of leaf 0xd that this is the answer of, if `subleaf` is next.
  std::uint32_t StateSubleaf(std::uint32_t subleaf, const CpuidRegisters& answer);

  std::array<std::uint32_t, kLeaves> next_{};
  std::uint64_t state_components_ = 0;  // a bit each, as subleaves 0 and 1 give them
  bool has_avx_state_ = false;          // it has been seen, so the numbers are sure
  bool guessed_ = false;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_SUBLEAF_ORDER_H_
