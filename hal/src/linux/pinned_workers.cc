// Workers share a sweep that they only read, and the number of those that are
// still at it. Each sleeps by itself, so that waking one disturbs none of the
// others.

#include "vtprobe/hal/pinned_workers.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
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

class PinnedWorkers::Sweep {
 public:
  Sweep(std::span<const LogicalCpu> cpus, std::size_t workers, const Work& work)
      : cpus_(cpus), stride_(std::max<std::size_t>(workers, 1)), work_(work), at_work_(workers) {}

  // The places first, first + stride, first + 2 * stride and so on.
  void Serve(std::size_t first, Berth* berth) {
    for (std::size_t place = first; place < cpus_.size(); place += stride_) {
      work_(place, berth->At(cpus_[place]));
      done_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  void Leave() {
    const std::lock_guard lock(mutex_);
    if (--at_work_ == 0) all_left_.notify_one();
  }

  void WaitForAll(const Progress& progress) {
    std::unique_lock lock(mutex_);
    const auto is_over = [&] { return at_work_ == 0; };
    while (progress && !all_left_.wait_for(lock, kProgressInterval, is_over)) {
      lock.unlock();
      progress(done_.load(std::memory_order_relaxed));
      lock.lock();
    }
    all_left_.wait(lock, is_over);
  }

 private:
  const std::span<const LogicalCpu> cpus_;
  const std::size_t stride_;
  const Work& work_;
  std::atomic<std::size_t> done_ = 0;
  std::mutex mutex_;
  std::condition_variable all_left_;
  std::size_t at_work_;
};

class PinnedWorkers::Worker {
 public:
  // Throws std::system_error if there can be no more threads.
  Worker() : thread_([this] { Loop(); }) {}

  // Without a sweep, it ends. Must have been told so before it is destroyed.
  void Give(Sweep* sweep, std::size_t first) {
    {
      const std::lock_guard lock(mutex_);
      order_ = {sweep, first};
    }
    given_.notify_one();
  }

 private:
  struct Order {
    Sweep* sweep;
    std::size_t first;
  };

  Order Take() {
    std::unique_lock lock(mutex_);
    given_.wait(lock, [this] { return order_.has_value(); });
    return *std::exchange(order_, std::nullopt);
  }

  void Loop() {
    Berth berth;
    for (Order order = Take(); order.sweep != nullptr; order = Take()) {
      order.sweep->Serve(order.first, &berth);
      order.sweep->Leave();
    }
  }

  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<Order> order_;
  std::jthread thread_;
};

PinnedWorkers::PinnedWorkers() = default;

PinnedWorkers::~PinnedWorkers() {
  for (const auto& worker : workers_) worker->Give(nullptr, 0);
}

std::size_t PinnedWorkers::CountFor(std::size_t cpus) {
  return std::min(cpus, static_cast<std::size_t>(2 * std::sqrt(static_cast<double>(cpus)) + 0.5));
}

std::size_t PinnedWorkers::count() const { return workers_.size(); }

void PinnedWorkers::StartUpTo(std::size_t count) {
  while (workers_.size() < count) {
    try {
      workers_.push_back(std::make_unique<Worker>());
    } catch (const std::system_error&) {
      return;
    }
  }
}

void PinnedWorkers::Run(std::span<const LogicalCpu> cpus, std::size_t most_workers,
                        const Work& work, const Progress& progress) {
  const std::size_t wanted = std::min(CountFor(cpus.size()), most_workers);
  StartUpTo(wanted);
  const std::size_t count = std::min(wanted, workers_.size());
  Sweep sweep(cpus, count, work);
  if (count == 0) {
    Berth berth;
    sweep.Serve(0, &berth);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) workers_[i]->Give(&sweep, i);
  sweep.WaitForAll(progress);
}

}  // namespace vtprobe
