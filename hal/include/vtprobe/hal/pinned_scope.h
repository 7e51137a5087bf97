// Binds the calling thread to one CPU for as long as the scope lives, and puts
// its previous affinity back afterwards.
//
// Being bound is proved, not assumed: a sandbox may accept the call and ignore
// it, and a CPU that goes offline sheds its threads silently.

#ifndef VTPROBE_HAL_PINNED_SCOPE_H_
#define VTPROBE_HAL_PINNED_SCOPE_H_

#include <memory>

#include "vtprobe/hal/result.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

class AffinityMask;

// Thread-safety: each thread has an affinity of its own. A scope is destroyed
// by the thread that made it.
class [[nodiscard]] PinnedScope {
 public:
  // kNotPinned with the errno of sched_setaffinity(2), such as EINVAL for a CPU
  // that is offline, does not exist or lies outside the cpuset; with errno 0 if
  // the call succeeded and the thread was not on the CPU nevertheless. The
  // affinity is then what it was.
  static Result<PinnedScope> To(LogicalCpu cpu);

  // Whether the calling thread is on that CPU and may go to no other. Costs one
  // system call.
  static bool AlreadyOn(LogicalCpu cpu);

  // The CPU that the thread was bound to last.
  LogicalCpu cpu() const { return cpu_; }

  // Binds the thread to another CPU instead, with the errors of To(). After a
  // refusal the thread stays where it is. The affinity that is put back in the
  // end is that of before To().
  Result<void> MoveTo(LogicalCpu cpu);

  ~PinnedScope();
  // The scope moved from puts nothing back.
  PinnedScope(PinnedScope&& other) noexcept;
  PinnedScope& operator=(PinnedScope&&) = delete;

 private:
  PinnedScope(LogicalCpu cpu, std::unique_ptr<AffinityMask> previous);

  LogicalCpu cpu_;
  std::unique_ptr<AffinityMask> previous_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_PINNED_SCOPE_H_
