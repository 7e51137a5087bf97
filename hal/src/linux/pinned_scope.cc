#include "vtprobe/hal/pinned_scope.h"

#include <sched.h>

#include <cerrno>
#include <utility>

#include "linux/affinity_mask.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

PinnedScope::PinnedScope(std::unique_ptr<AffinityMask> previous) : previous_(std::move(previous)) {}

PinnedScope::PinnedScope(PinnedScope&& other) noexcept = default;

PinnedScope::~PinnedScope() {
  // There is nothing to do about a refusal: the CPUs of that mask are gone.
  if (previous_ != nullptr) static_cast<void>(previous_->ApplyToThisThread());
}

Result<PinnedScope> PinnedScope::To(LogicalCpu cpu) {
  // What the kernel says of a CPU that it has no bit for.
  if (Number(cpu) > kMaxCpuNumber) return Fail(AccessCode::kNotPinned, EINVAL);

  auto previous = AffinityMask::OfThisThread();
  if (!previous) return Fail(AccessCode::kNotPinned, previous.error());
  if (const int sys_errno = AffinityMask::Only(cpu).ApplyToThisThread(); sys_errno != 0) {
    return Fail(AccessCode::kNotPinned, sys_errno);
  }
  PinnedScope scope(std::make_unique<AffinityMask>(std::move(*previous)));
  if (!AlreadyOn(cpu)) return Fail(AccessCode::kNotPinned);
  return scope;
}

bool PinnedScope::AlreadyOn(LogicalCpu cpu) {
  if (::sched_getcpu() != static_cast<int>(Number(cpu))) return false;
  const auto affinity = AffinityMask::OfThisThread();
  return affinity && affinity->IsOnly(cpu);
}

}  // namespace vtprobe
