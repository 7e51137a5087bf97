// Workers share a sweep that they only read, and the number of those that are
// still at it. Each sleeps by itself, so that waking one disturbs none of the
// others.

#include "vtprobe/hal/pinned_workers.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace vtprobe {
namespace {

constexpr std::chrono::milliseconds kProgressInterval{50};

// The place of a thread that goes from CPU to CPU.
class Berth {
 public:
  // Null if the thread can't be bound to that CPU.
  const PinnedScope* At(LogicalCpu cpu) {
    if (!scope_) {
      Result<PinnedScope> bound = PinnedScope::To(cpu);
      if (!bound) return nullptr;
      scope_.emplace(*std::move(bound));
      return &*scope_;
    }
    // A CPU that went offline meanwhile has shed its threads.
    if (scope_->cpu() == cpu && PinnedScope::AlreadyOn(cpu)) return &*scope_;
    return scope_->MoveTo(cpu) ? &*scope_ : nullptr;
  }

 private:
  std::optional<PinnedScope> scope_;
};

}  // namespace

// The CPUs are dealt out like cards: share i of n has the places i, i + n,
// i + 2 * n and so on.
class PinnedWorkers::Sweep {
 public:
  Sweep(std::span<const LogicalCpu> cpus, std::size_t shares, const Work& work)
      : cpus_(cpus), shares_(shares), work_(work) {}

  // Calls `after_each` after each CPU.
  template <typename AfterEach>
  void Serve(std::size_t share, Berth* berth, const AfterEach& after_each) {
    for (std::size_t place = share; place < cpus_.size(); place += shares_) {
      work_(place, berth->At(cpus_[place]));
      done_.fetch_add(1, std::memory_order_relaxed);
      after_each();
    }
  }

  std::size_t done() const { return done_.load(std::memory_order_relaxed); }

  // Each worker that is given the sweep is announced before, and leaves.
  void Announce() {
    const std::lock_guard lock(mutex_);
    ++at_work_;
  }

  void Leave() {
    const std::lock_guard lock(mutex_);
    if (--at_work_ == 0) all_left_.notify_one();
  }

  // Whether all workers have left before that much time is over.
  bool WaitFor(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return all_left_.wait_for(lock, time, [this] { return at_work_ == 0; });
  }

  void Wait() {
    std::unique_lock lock(mutex_);
    all_left_.wait(lock, [this] { return at_work_ == 0; });
  }

 private:
  const std::span<const LogicalCpu> cpus_;
  const std::size_t shares_;
  const Work& work_;
  std::atomic<std::size_t> done_ = 0;
  std::mutex mutex_;
  std::condition_variable all_left_;
  std::size_t at_work_ = 0;
};

class PinnedWorkers::Worker {
 public:
  // Throws std::system_error if there can be no more threads.
  Worker() : thread_([this] { Loop(); }) {}
  ~Worker() { thread_.join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Without a sweep, it ends. Must have been told so before it is destroyed.
  void Give(Sweep* sweep, std::size_t share) {
    {
      const std::lock_guard lock(mutex_);
      order_ = {sweep, share};
    }
    given_.notify_one();
  }

 private:
  struct Order {
    Sweep* sweep;
    std::size_t share;
  };

  Order Take() {
    std::unique_lock lock(mutex_);
    given_.wait(lock, [this] { return order_.has_value(); });
    return *std::exchange(order_, std::nullopt);
  }

  void Loop() {
    Berth berth;
    for (Order order = Take(); order.sweep != nullptr; order = Take()) {
      order.sweep->Serve(order.share, &berth, [] {});
      order.sweep->Leave();
    }
  }

  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<Order> order_;
  // No std::jthread: what it needs to be stopped refers to syscall(2), and this
  // library shows that it can't write by what it refers to.
  std::thread thread_;
};

namespace {

// The share that holds the CPU on which the calling thread is: it is there
// without being moved.
std::size_t ShareOfThisThread(std::span<const LogicalCpu> cpus, std::size_t shares) {
  const auto cpu = static_cast<std::uint32_t>(::sched_getcpu());
  const auto found = std::find(cpus.begin(), cpus.end(), LogicalCpu{cpu});
  return found == cpus.end() ? 0 : static_cast<std::size_t>(found - cpus.begin()) % shares;
}

}  // namespace

PinnedWorkers::PinnedWorkers() = default;

PinnedWorkers::~PinnedWorkers() {
  for (const auto& worker : workers_) {
    if (worker != nullptr) worker->Give(nullptr, 0);
  }
}

std::size_t PinnedWorkers::SharesFor(std::size_t cpus) {
  return std::min(cpus,
                  static_cast<std::size_t>(std::ceil(2 * std::sqrt(static_cast<double>(cpus)))));
}

std::size_t PinnedWorkers::count() const {
  return workers_.size() -
         static_cast<std::size_t>(std::count(workers_.begin(), workers_.end(), nullptr));
}

// The worker of that share, started if there was none; null if it can't be.
PinnedWorkers::Worker* PinnedWorkers::WorkerOf(std::size_t share) {
  if (workers_.size() <= share) workers_.resize(share + 1);
  if (workers_[share] == nullptr) {
    try {
      workers_[share] = std::make_unique<Worker>();
    } catch (const std::system_error&) {
      return nullptr;
    }
  }
  return workers_[share].get();
}

void PinnedWorkers::Run(std::span<const LogicalCpu> cpus, std::size_t most_threads,
                        const Work& work, const Progress& progress) {
  if (cpus.empty()) return;
  const std::size_t shares =
      std::min(SharesFor(cpus.size()), std::max<std::size_t>(most_threads, 1));
  Sweep sweep(cpus, shares, work);
  std::vector<std::size_t> mine = {ShareOfThisThread(cpus, shares)};
  for (std::size_t share = 0; share < shares; ++share) {
    if (share == mine.front()) continue;
    if (Worker* const worker = WorkerOf(share)) {
      sweep.Announce();
      worker->Give(&sweep, share);
    } else {
      mine.push_back(share);
    }
  }

  auto told = std::chrono::steady_clock::now();
  const auto tell_now_and_then = [&] {
    if (!progress || std::chrono::steady_clock::now() - told < kProgressInterval) return;
    progress(sweep.done());
    told = std::chrono::steady_clock::now();
  };
  {
    Berth berth;
    for (const std::size_t share : mine) sweep.Serve(share, &berth, tell_now_and_then);
  }
  while (progress && !sweep.WaitFor(kProgressInterval)) progress(sweep.done());
  sweep.Wait();
}

}  // namespace vtprobe
