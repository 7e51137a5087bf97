// A pause that Ctrl-C ends early, so that what was seen until then is told. After it
// Ctrl-C ends the command as before.

#ifndef VTPROBE_TOOLS_VTPROBE_INTERRUPTIBLE_PAUSE_H_
#define VTPROBE_TOOLS_VTPROBE_INTERRUPTIBLE_PAUSE_H_

#include <cstddef>
#include <functional>
#include <utility>

#include "vtprobe/machine/smi_watch.h"

namespace vtprobe {

class InterruptiblePause final : public Pause {
 public:
  // `progress` is told of each second that passed; may be empty.
  explicit InterruptiblePause(std::function<void(std::size_t)> progress)
      : progress_(std::move(progress)) {}

  // For the one thread that may wait so at a time: a signal is the process's.
  std::chrono::milliseconds Wait(std::chrono::seconds time) override;

 private:
  std::function<void(std::size_t)> progress_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_INTERRUPTIBLE_PAUSE_H_
