#include "vtprobe/hal/pinned_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>

#include <cerrno>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "hal/system_call_filter.h"
#include "hal/usable_cpus.h"
#include "vtprobe/fixtures/result_matchers.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using testing::ElementsAre;

// Each test has a thread of its own, whose affinity nothing has touched.
template <typename Body>
void OnItsOwnThread(Body body) {
  std::jthread thread([&] {
    AllowEveryCpu();
    body();
  });
}

TEST(PinnedScope, BindsToThatCpuAndToNoOther) {
  OnItsOwnThread([] {
    for (const LogicalCpu cpu : UsableCpus()) {
      const auto scope = PinnedScope::To(cpu);
      ASSERT_TRUE(scope.has_value());
      EXPECT_THAT(UsableCpus(), ElementsAre(cpu));
      EXPECT_EQ(::sched_getcpu(), static_cast<int>(Number(cpu)));
    }
  });
}

TEST(PinnedScope, PutsThePreviousAffinityBack) {
  OnItsOwnThread([] {
    const std::vector<LogicalCpu> before = UsableCpus();
    for (const LogicalCpu cpu : before) {
      { const auto scope = PinnedScope::To(cpu); }
      EXPECT_EQ(UsableCpus(), before);
    }
  });
}

TEST(PinnedScope, AnInnerScopePutsTheOuterOneBack) {
  OnItsOwnThread([] {
    const std::vector<LogicalCpu> cpus = UsableCpus();
    const auto outer = PinnedScope::To(cpus.front());
    ASSERT_TRUE(outer.has_value());
    {
      const auto inner = PinnedScope::To(cpus.back());
      ASSERT_TRUE(inner.has_value());
      EXPECT_THAT(UsableCpus(), ElementsAre(cpus.back()));
    }
    EXPECT_THAT(UsableCpus(), ElementsAre(cpus.front()));
  });
}

TEST(PinnedScope, AMovedScopePutsBackOnce) {
  OnItsOwnThread([] {
    const std::vector<LogicalCpu> before = UsableCpus();
    const LogicalCpu cpu = before.front();
    std::optional<PinnedScope> kept;
    {
      auto scope = PinnedScope::To(cpu);
      ASSERT_TRUE(scope.has_value());
      kept.emplace(*std::move(scope));
    }
    EXPECT_THAT(UsableCpus(), ElementsAre(cpu));
    kept.reset();
    EXPECT_EQ(UsableCpus(), before);
  });
}

TEST(PinnedScope, ACpuThatDoesNotExistIsRefusedByTheKernel) {
  OnItsOwnThread([] {
    const std::vector<LogicalCpu> before = UsableCpus();
    for (const std::uint32_t absent : {kMaxCpuNumber, kMaxCpuNumber + 1, 0xffff'ffffu}) {
      EXPECT_THAT(PinnedScope::To(LogicalCpu{absent}), FailsWith(AccessCode::kNotPinned));
      EXPECT_EQ(UsableCpus(), before);
    }
  });
}

TEST(PinnedScope, KeepsTheErrnoOfARefusal) {
  OnItsOwnThread([] {
    if (!AnswerSystemCallWith(SYS_sched_setaffinity, EPERM))
      GTEST_SKIP() << "this kernel has no seccomp filters";
    EXPECT_THAT(PinnedScope::To(UsableCpus().front()), FailsWith(AccessCode::kNotPinned));
  });
}

TEST(PinnedScope, DoesNotBelieveACallThatSucceedsWithoutEffect) {
  OnItsOwnThread([] {
    const LogicalCpu elsewhere{Number(UsableCpus().back()) + 1};
    if (!AnswerSystemCallWith(SYS_sched_setaffinity, 0))
      GTEST_SKIP() << "this kernel has no seccomp filters";
    EXPECT_THAT(PinnedScope::To(elsewhere), FailsWith(AccessCode::kNotPinned));
  });
}

TEST(PinnedScope, MovesToAnotherCpuAndPutsTheFirstAffinityBack) {
  OnItsOwnThread([] {
    const std::vector<LogicalCpu> before = UsableCpus();
    {
      auto scope = PinnedScope::To(before.front());
      ASSERT_TRUE(scope.has_value());
      for (const LogicalCpu cpu : before) {
        ASSERT_TRUE(scope->MoveTo(cpu).has_value());
        EXPECT_EQ(scope->cpu(), cpu);
        EXPECT_THAT(UsableCpus(), ElementsAre(cpu));
      }
    }
    EXPECT_EQ(UsableCpus(), before);
  });
}

TEST(PinnedScope, StaysWhereItIsIfItMayNotMove) {
  OnItsOwnThread([] {
    const LogicalCpu cpu = UsableCpus().front();
    auto scope = PinnedScope::To(cpu);
    ASSERT_TRUE(scope.has_value());
    for (const std::uint32_t absent : {kMaxCpuNumber, kMaxCpuNumber + 1}) {
      EXPECT_THAT(scope->MoveTo(LogicalCpu{absent}), FailsWith(AccessCode::kNotPinned));
      EXPECT_EQ(scope->cpu(), cpu);
      EXPECT_THAT(UsableCpus(), ElementsAre(cpu));
    }
    if (!AnswerSystemCallWith(SYS_sched_setaffinity, 0)) {
      GTEST_SKIP() << "this kernel has no seccomp filters";
    }
    EXPECT_THAT(scope->MoveTo(LogicalCpu{Number(cpu) + 1}), FailsWith(AccessCode::kNotPinned));
    EXPECT_EQ(scope->cpu(), cpu);
  });
}

TEST(PinnedScope, KnowsWhetherTheThreadIsBoundAlready) {
  OnItsOwnThread([] {
    const std::vector<LogicalCpu> cpus = UsableCpus();
    for (const LogicalCpu cpu : cpus) {
      EXPECT_EQ(PinnedScope::AlreadyOn(cpu), cpus.size() == 1);
      const auto scope = PinnedScope::To(cpu);
      ASSERT_TRUE(scope.has_value());
      for (const LogicalCpu other : cpus) EXPECT_EQ(PinnedScope::AlreadyOn(other), other == cpu);
      EXPECT_FALSE(PinnedScope::AlreadyOn(LogicalCpu{0xffff'ffff}));
    }
  });
}

}  // namespace
}  // namespace vtprobe
