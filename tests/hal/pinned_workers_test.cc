#include "vtprobe/hal/pinned_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <limits>
#include <set>
#include <thread>
#include <vector>

#include "hal/system_call_filter.h"
#include "hal/usable_cpus.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// Numbers that no kernel has a CPU for.
std::vector<LogicalCpu> AbsentCpus(std::uint32_t count) {
  return CpuSet{{kMaxCpuNumber - count + 1, kMaxCpuNumber}}.ToVector();
}

// Which thread worked for each place.
std::vector<std::thread::id> ThreadsOf(PinnedWorkers& workers, std::size_t most_threads,
                                       const std::vector<LogicalCpu>& cpus) {
  std::vector<std::thread::id> threads(cpus.size());
  workers.Run(cpus, most_threads, [&](std::size_t place, const PinnedScope*) {
    threads[place] = std::this_thread::get_id();
  });
  return threads;
}

TEST(PinnedWorkers, ShareOutAmongAsManyAsCpusUpToFourAndThenTwiceTheSquareRoot) {
  for (const std::size_t cpus : {0u, 1u, 2u, 3u, 4u}) {
    EXPECT_EQ(PinnedWorkers::SharesFor(cpus), cpus);
  }
  EXPECT_EQ(PinnedWorkers::SharesFor(16), 8u);
  EXPECT_EQ(PinnedWorkers::SharesFor(128), 23u);
  EXPECT_EQ(PinnedWorkers::SharesFor(1024), 64u);
  EXPECT_EQ(PinnedWorkers::SharesFor(4096), 128u);
}

TEST(PinnedWorkers, WorkOnceForEachCpu) {
  PinnedWorkers workers;
  // Written by one thread each, or a sanitizer finds a race.
  std::vector<int> times(1000, 0);
  workers.Run(AbsentCpus(1000), kNoLimit, [&](std::size_t place, const PinnedScope* here) {
    EXPECT_EQ(here, nullptr);
    ++times[place];
  });
  EXPECT_THAT(times, Each(1));
}

TEST(PinnedWorkers, AreBoundToTheCpuTheyWorkFor) {
  const std::vector<LogicalCpu> cpus = UsableCpus();
  PinnedWorkers workers;
  for (int sweep = 0; sweep < 3; ++sweep) {
    std::atomic<std::size_t> bound = 0;
    workers.Run(cpus, kNoLimit, [&](std::size_t place, const PinnedScope* here) {
      ASSERT_NE(here, nullptr);
      EXPECT_EQ(here->cpu(), cpus[place]);
      EXPECT_THAT(UsableCpus(), ElementsAre(cpus[place]));
      ++bound;
    });
    EXPECT_EQ(bound, cpus.size());
  }
}

TEST(PinnedWorkers, LastFromSweepToSweep) {
  PinnedWorkers workers;
  EXPECT_EQ(workers.count(), 0u);
  const std::vector<LogicalCpu> cpus = AbsentCpus(16);
  const auto first = ThreadsOf(workers, kNoLimit, cpus);
  EXPECT_EQ(std::set(first.begin(), first.end()).size(), 8u);
  EXPECT_EQ(first[0], std::this_thread::get_id()) << "who asks works too";
  EXPECT_EQ(workers.count(), 7u);
  EXPECT_EQ(ThreadsOf(workers, kNoLimit, cpus), first);
  // Fewer CPUs take fewer of them; more get more.
  EXPECT_THAT(ThreadsOf(workers, kNoLimit, AbsentCpus(2)), ElementsAre(first[0], first[1]));
  EXPECT_EQ(workers.count(), 7u);
  EXPECT_EQ(ThreadsOf(workers, kNoLimit, AbsentCpus(64))[1], first[1]);
  EXPECT_EQ(workers.count(), 15u);
}

TEST(PinnedWorkers, OfOneCpuOrOneThreadAreNone) {
  PinnedWorkers workers;
  const auto me = std::this_thread::get_id();
  EXPECT_THAT(ThreadsOf(workers, kNoLimit, AbsentCpus(1)), Each(me));
  EXPECT_THAT(ThreadsOf(workers, 1, AbsentCpus(100)), Each(me));
  EXPECT_THAT(ThreadsOf(workers, kNoLimit, {}), Each(me));
  EXPECT_EQ(workers.count(), 0u);
}

TEST(PinnedWorkers, LeaveTheCallersAffinityAsItWas) {
  const std::vector<LogicalCpu> before = UsableCpus();
  PinnedWorkers workers;
  ThreadsOf(workers, kNoLimit, before);
  EXPECT_EQ(UsableCpus(), before);
}

TEST(PinnedWorkers, OneGoesOnAfterACpuThatItMayNotGoTo) {
  const LogicalCpu cpu = UsableCpus().front();
  const std::vector<LogicalCpu> cpus = {LogicalCpu{kMaxCpuNumber}, cpu, LogicalCpu{kMaxCpuNumber},
                                        UsableCpus().back()};
  std::vector<bool> bound(cpus.size());
  PinnedWorkers workers;
  workers.Run(cpus, 1, [&](std::size_t place, const PinnedScope* here) {
    bound[place] = here != nullptr && here->cpu() == cpus[place];
  });
  EXPECT_THAT(bound, ElementsAre(false, true, false, true));
}

// Long enough for somebody to be told.
void TakeTime() { std::this_thread::sleep_for(std::chrono::milliseconds(120)); }

TEST(PinnedWorkers, TellHowFarTheyAreBetweenCpus) {
  std::vector<std::size_t> progress;
  PinnedWorkers workers;
  workers.Run(
      AbsentCpus(2), 1, [&](std::size_t, const PinnedScope*) { TakeTime(); },
      [&](std::size_t done) { progress.push_back(done); });
  EXPECT_THAT(progress, ElementsAre(1, 2));
}

TEST(PinnedWorkers, TellHowFarTheyAreWhileTheCallerWaits) {
  std::atomic<bool> told = false;
  std::vector<std::size_t> progress;
  PinnedWorkers workers;
  // The caller's CPU is done at once, the other one not before it was told.
  workers.Run(
      AbsentCpus(2), kNoLimit,
      [&](std::size_t place, const PinnedScope*) {
        if (place == 1) told.wait(false);
      },
      [&](std::size_t done) {
        progress.push_back(done);
        told = true;
        told.notify_all();
      });
  ASSERT_THAT(progress, Not(IsEmpty()));
  EXPECT_EQ(progress.front(), 1u);
}

TEST(PinnedWorkers, AreDoneWithoutWhereThereCanBeNone) {
  std::jthread([] {
    const std::vector<LogicalCpu> before = UsableCpus();
    if (!AnswerSystemCallWith(SYS_clone3, EAGAIN) || !AnswerSystemCallWith(SYS_clone, EAGAIN)) {
      GTEST_SKIP() << "this kernel has no seccomp filters";
    }
    PinnedWorkers workers;
    EXPECT_THAT(ThreadsOf(workers, kNoLimit, before), Each(std::this_thread::get_id()));
    EXPECT_EQ(workers.count(), 0u);
    EXPECT_EQ(UsableCpus(), before) << "the caller gets its affinity back";
  });
}

}  // namespace
}  // namespace vtprobe
