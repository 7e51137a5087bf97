// How much one recording, or those of one machine, may hold in memory at a time:
// all of its files, and what they unpack to, together.

#ifndef VTPROBE_IMPORT_ALLOWANCE_H_
#define VTPROBE_IMPORT_ALLOWANCE_H_

#include <cstddef>
#include <functional>
#include <utility>

#include "vtprobe/hal/dump_limits.h"

namespace vtprobe::import {

class Allowance {
 public:
  // What a small recording has at most. A machine's own is a few KiB.
  static constexpr std::size_t kSmall = std::size_t{256} << 10;

  // `when_large` is called once, before more than kSmall is taken: many that
  // are small are read at the same time, and few that are large.
  explicit Allowance(std::function<void()> when_large = {}, std::size_t most = kLargestRecording)
      : when_large_(std::move(when_large)), most_(most) {}

  // False, and nothing taken, if there is no room for so many more bytes.
  [[nodiscard]] bool Take(std::size_t bytes) {
    if (bytes > most_ - taken_) return false;
    taken_ += bytes;
    if (taken_ > kSmall && when_large_) std::exchange(when_large_, {})();
    return true;
  }

  // For what is let go of.
  void Give(std::size_t bytes) { taken_ -= bytes; }

 private:
  std::function<void()> when_large_;
  std::size_t most_;
  std::size_t taken_ = 0;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_ALLOWANCE_H_
