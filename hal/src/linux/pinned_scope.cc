#include "vtprobe/hal/pinned_scope.h"

#include <sched.h>

#include <cerrno>
#include <utility>

#include "linux/affinity_mask.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

Result<void> BindThisThread(LogicalCpu cpu) {
  // What the kernel says of a CPU that it has no bit for.
  if (Number(cpu) > kMaxCpuNumber) return Fail(AccessCode::kNotPinned, EINVAL);
  if (const int sys_errno = AffinityMask::Only(cpu).ApplyToThisThread(); sys_errno != 0) {
    return Fail(AccessCode::kNotPinned, sys_errno);
  }
  return {};
}

}  // namespace

PinnedScope::PinnedScope(LogicalCpu cpu, std::unique_ptr<AffinityMask> previous)
    : cpu_(cpu), previous_(std::move(previous)) {}

PinnedScope::PinnedScope(PinnedScope&& other) noexcept = default;

PinnedScope::~PinnedScope() {
  // There is nothing to do about a refusal: the CPUs of that mask are gone.
  if (previous_ != nullptr) static_cast<void>(previous_->ApplyToThisThread());
}

Result<PinnedScope> PinnedScope::To(LogicalCpu cpu) {
  auto previous = AffinityMask::OfThisThread();
  if (!previous) return Fail(AccessCode::kNotPinned, previous.error());
  if (const auto bound = BindThisThread(cpu); !bound) {
    return tl::unexpected<AccessError>(bound.error());
  }
  PinnedScope scope(cpu, std::make_unique<AffinityMask>(std::move(*previous)));
  if (!AlreadyOn(cpu)) return Fail(AccessCode::kNotPinned);
  return scope;
}

Result<void> PinnedScope::MoveTo(LogicalCpu cpu) {
  if (const auto bound = BindThisThread(cpu); !bound) return bound;
  if (!AlreadyOn(cpu)) return Fail(AccessCode::kNotPinned);
  cpu_ = cpu;
  return {};
}

bool PinnedScope::AlreadyOn(LogicalCpu cpu) {
  if (::sched_getcpu() != static_cast<int>(Number(cpu))) return false;
  const auto affinity = AffinityMask::OfThisThread();
  return affinity && affinity->IsOnly(cpu);
}

}  // namespace vtprobe
