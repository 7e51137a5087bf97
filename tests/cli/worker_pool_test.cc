// The threads that share batches: each batch is worked on once, whoever does it.

#include "vtprobe/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <vector>

namespace vtprobe {
namespace {

class WorkerPoolOf : public testing::TestWithParam<std::size_t> {};

TEST_P(WorkerPoolOf, WorksOnEachBatchOnce) {
  constexpr std::size_t kBatches = 5000;
  const std::size_t size = GetParam();
  std::vector<std::size_t> times(kBatches);
  // Not atomic: a number is one thread's at a time.
  std::vector<std::size_t> by_thread(size);
  WorkerPool<std::size_t> pool(size, 100, [&](std::size_t thread, std::size_t batch) {
    ++times[batch];
    ++by_thread.at(thread);
  });
  for (std::size_t i = 0; i < kBatches; ++i) pool.Give(i, i % 7);
  pool.Finish();
  EXPECT_EQ(times, std::vector<std::size_t>(kBatches, 1));
  std::size_t sum = 0;
  for (const std::size_t count : by_thread) sum += count;
  EXPECT_EQ(sum, kBatches);
}

INSTANTIATE_TEST_SUITE_P(Sizes, WorkerPoolOf, testing::Values(1, 2, 3, 16));

// While the others hang on theirs, the giver does what is too much to wait.
TEST(WorkerPool, TheGiverWorksWhereTheOthersAreBehind) {
  std::atomic<bool> may_end = false;
  std::vector<std::size_t> done_by(8);
  WorkerPool<std::size_t> pool(2, 10, [&](std::size_t thread, std::size_t batch) {
    done_by.at(batch) = thread;
    if (thread != 0) may_end.wait(false);
  });
  for (std::size_t batch = 1; batch < done_by.size(); ++batch) pool.Give(batch, 10);
  may_end = true;
  may_end.notify_all();
  pool.Finish();
  std::size_t by_giver = 0;
  for (std::size_t batch = 1; batch < done_by.size(); ++batch) by_giver += done_by[batch] == 0;
  EXPECT_GE(by_giver, done_by.size() - 2);
}

TEST(WorkerPool, OfNothingEnds) {
  WorkerPool<int> pool(4, 1, [](std::size_t, int) { FAIL(); });
  pool.Finish();
}

}  // namespace
}  // namespace vtprobe
