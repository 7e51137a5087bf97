#include "vtprobe/hal/pinned_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
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

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// Numbers that no kernel has a CPU for.
std::vector<LogicalCpu> AbsentCpus(std::uint32_t count) {
  return CpuSet{{kMaxCpuNumber - count + 1, kMaxCpuNumber}}.ToVector();
}

// Which thread worked for each place.
std::vector<std::thread::id> ThreadsOf(PinnedWorkers& workers, std::size_t most_workers,
                                       const std::vector<LogicalCpu>& cpus) {
  std::vector<std::thread::id> threads(cpus.size());
  workers.Run(cpus, most_workers, [&](std::size_t place, const PinnedScope*) {
    threads[place] = std::this_thread::get_id();
  });
  return threads;
}

TEST(PinnedWorkers, AreAsManyAsCpusUpToFourAndThenTwiceTheSquareRoot) {
  for (const std::size_t cpus : {0u, 1u, 2u, 3u, 4u}) {
    EXPECT_EQ(PinnedWorkers::CountFor(cpus), cpus);
  }
  EXPECT_EQ(PinnedWorkers::CountFor(16), 8u);
  EXPECT_EQ(PinnedWorkers::CountFor(128), 23u);
  EXPECT_EQ(PinnedWorkers::CountFor(1024), 64u);
  EXPECT_EQ(PinnedWorkers::CountFor(4096), 128u);
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
  EXPECT_EQ(workers.count(), 8u);
  EXPECT_EQ(ThreadsOf(workers, kNoLimit, cpus), first);
  // Fewer CPUs take fewer of them; more get more.
  EXPECT_THAT(ThreadsOf(workers, kNoLimit, AbsentCpus(1)), ElementsAre(first[0]));
  EXPECT_EQ(workers.count(), 8u);
  EXPECT_EQ(ThreadsOf(workers, kNoLimit, AbsentCpus(64))[0], first[0]);
  EXPECT_EQ(workers.count(), 16u);
}

TEST(PinnedWorkers, AreNoMoreThanAskedFor) {
  PinnedWorkers workers;
  const auto threads = ThreadsOf(workers, 1, AbsentCpus(100));
  EXPECT_THAT(threads, Each(threads[0]));
  EXPECT_EQ(workers.count(), 1u);
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

TEST(PinnedWorkers, TellHowFarTheyAre) {
  std::atomic<bool> told = false;
  std::vector<std::size_t> progress;
  PinnedWorkers workers;
  // The second CPU is not done before somebody was told of the first.
  workers.Run(
      AbsentCpus(2), 1,
      [&](std::size_t place, const PinnedScope*) {
        if (place == 1) told.wait(false);
      },
      [&](std::size_t done) {
        progress.push_back(done);
        told = true;
        told.notify_all();
      });
  EXPECT_THAT(progress, ElementsAre(1));
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
