#include "vtprobe/hal/pinned_scope.h"

#include <sched.h>

#include <utility>

#include "linux/affinity_mask.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

Result<void> BindThisThread(LogicalCpu cpu) {
  // No kernel has a bit for such a CPU, and the mask has none either.
  if (Number(cpu) > kMaxCpuNumber || !AffinityMask::Only(cpu).ApplyToThisThread()) {
    return Fail(AccessCode::kNotPinned);
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
  if (!previous) return Fail(AccessCode::kNotPinned);
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
