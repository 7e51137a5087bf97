// What was decided of some CPUs holds for others that gave the same bits of all that
// was looked at to decide it. Where no two CPUs are alike, most still are in that.

#ifndef VTPROBE_PROBES_RULES_SRC_PRECEDENTS_H_
#define VTPROBE_PROBES_RULES_SRC_PRECEDENTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "vtprobe/hal/register_view.h"

namespace vtprobe::rules {

// Of CPUs of one kind, whose readings stand in the same order and are as many.
template <typename Decision>
class Precedents {
 public:
  // What holds for a CPU that gave these; null if nothing that is kept does.
  const Decision* Find(std::span<const MsrReading> readings) {
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t at = (last_ + i) % count_;
      if (!kept_[at].HoldsFor(readings)) continue;
      last_ = at;
      return &kept_[at].decision;
    }
    return nullptr;
  }

  // Keeps what was decided by these bits of each reading and by which of its bits
  // are known. The oldest makes room.
  void Add(std::span<const MsrReading> readings, std::span<const std::uint64_t> looked_at,
           Decision decision) {
    Precedent& added = kept_[next_];
    added.readings.assign(readings.begin(), readings.end());
    added.looked_at.assign(looked_at.begin(), looked_at.end());
    added.decision = std::move(decision);
    last_ = next_;
    next_ = (next_ + 1) % kMost;
    if (count_ < kMost) ++count_;
  }

 private:
  // A register that tells CPUs apart mostly has two or three values; where it has
  // as many as there are CPUs, each look at another precedent is in vain.
  static constexpr std::size_t kMost = 4;

  struct Precedent {
    std::vector<MsrReading> readings;
    std::vector<std::uint64_t> looked_at;
    Decision decision;

    bool HoldsFor(std::span<const MsrReading> others) const {
      for (std::size_t i = 0; i < readings.size(); ++i) {
        const MsrReading& mine = readings[i];
        const MsrReading& other = others[i];
        if (mine.known() != other.known()) return false;
        if (((mine.known_bits() ^ other.known_bits()) & looked_at[i]) != 0) return false;
        if (mine.known() == 0 && mine.error() != other.error()) return false;
      }
      return true;
    }
  };

  std::array<Precedent, kMost> kept_;
  std::size_t count_ = 0;
  std::size_t next_ = 0;  // where what is added goes
  std::size_t last_ = 0;  // the one that held
};

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_PRECEDENTS_H_
