// Work that comes in batches, on as many threads as this process has CPUs.
//
// Whoever gives the batches is one of the threads: it works on one itself while
// more are waiting than the others will come to soon, and waits where there is
// nothing left to do but what the others have in hand. So memory is bounded, and
// with one CPU, or where no thread can be had, all is done just the same.

#ifndef VTPROBE_TOOLS_VTPROBE_WORKER_POOL_H_
#define VTPROBE_TOOLS_VTPROBE_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace vtprobe {

template <typename Batch>
class WorkerPool {
 public:
  // `work` is called with the number of the thread, from 0 to size() - 1, and
  // for one number by one thread at a time. `most` is the size, in any unit, of
  // what waits from which on the giver works itself, and of what waits or is
  // worked on up to which Give() returns. Requires size > 0.
  WorkerPool(std::size_t size, std::size_t most, std::function<void(std::size_t, Batch)> work)
      : size_(size), most_(most), work_(std::move(work)) {
    for (std::size_t i = 1; i < size_; ++i) {
      try {
        threads_.emplace_back([this, i] { Work(i); });
      } catch (const std::system_error&) {
        break;  // those there are do it
      }
    }
  }
  ~WorkerPool() { Finish(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  std::size_t size() const { return size_; }

  // Returns when the batch is waiting or done, and there is room for the next.
  void Give(Batch batch, std::size_t batch_size) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.emplace_back(std::move(batch), batch_size);
      waiting_size_ += batch_size;
      held_size_ += batch_size;
    }
    changed_.notify_all();
    while (auto mine = TakeIfMany()) Do(0, *std::move(mine));
  }

  // Returns when all that was given is done; no more may be given.
  void Finish() {
    {
      const std::lock_guard lock(mutex_);
      is_finishing_ = true;
    }
    changed_.notify_all();
    while (auto mine = Take()) Do(0, *std::move(mine));
    threads_.clear();  // joins
  }

 private:
  using Sized = std::pair<Batch, std::size_t>;

  void Work(std::size_t number) {
    while (auto batch = Take()) Do(number, *std::move(batch));
  }

  void Do(std::size_t number, Sized batch) {
    work_(number, std::move(batch.first));
    {
      const std::lock_guard lock(mutex_);
      held_size_ -= batch.second;
    }
    changed_.notify_all();
  }

  // Waits for a batch; nothing if there will be none.
  std::optional<Sized> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_finishing_ || !waiting_.empty(); });
    return waiting_.empty() ? std::nullopt : TakeFirst();
  }

  // A batch if many are waiting or there is no room; nothing once there is.
  std::optional<Sized> TakeIfMany() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_.empty() || held_size_ <= most_; });
    const bool is_few =
        waiting_size_ < most_ && held_size_ <= most_ && waiting_.size() <= 2 * threads_.size();
    return is_few || waiting_.empty() ? std::nullopt : TakeFirst();
  }

  std::optional<Sized> TakeFirst() {
    Sized first = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_size_ -= first.second;
    return first;
  }

  std::size_t size_;
  std::size_t most_;
  std::function<void(std::size_t, Batch)> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Sized> waiting_;
  std::size_t waiting_size_ = 0;
  std::size_t held_size_ = 0;  // with what is worked on
  bool is_finishing_ = false;
  std::vector<std::jthread> threads_;  // ends before what it uses
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_WORKER_POOL_H_
