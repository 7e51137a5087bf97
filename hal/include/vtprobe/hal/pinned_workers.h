// Threads that are bound to CPUs and stay so: they are started once and woken
// for each sweep over the CPUs, and a worker that has one CPU to itself is bound
// to it once and for all. The thread that asks for a sweep works too, on the CPU
// on which it is: it needs not be woken, and with one CPU nothing is started.
//
// Not every CPU gets a worker of its own. Starting a thread costs the one who
// starts it as much as a worker pays to go over to its next CPU and read it, so
// with one worker a CPU the starting would be all that a sweep of a large
// machine does. With T threads for C CPUs it takes about T * start + C / T *
// (move + read), which is least at T = sqrt(C * (move + read) / start). Measured
// on a guest of an EPYC (family 1Ah): to start and join 23 us; to move 11 us; to
// read 60 CPUID leaves and as many MSRs 20 us on bare metal, 150 us where each
// one traps. That is 1.2 to 2.6 times the square root of C, and flat around
// there. Waking a worker that sleeps costs 0.7 to 2 us, so more of them would
// win the sweeps after the first nothing. Hence 2 * sqrt(C): 2 of 2, 23 of 128,
// 64 of 1,024, 128 of 4,096.

#ifndef VTPROBE_HAL_PINNED_WORKERS_H_
#define VTPROBE_HAL_PINNED_WORKERS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "vtprobe/hal/pinned_scope.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: one thread at a time calls Run().
class PinnedWorkers {
 public:
  // What is done on the CPU at that place of the list. `here` binds the calling
  // thread to the CPU; it is null if the thread could not be bound. It throws
  // nothing. Different threads call it at the same time, for different places.
  using Work = std::function<void(std::size_t place, const PinnedScope* here)>;
  // Called by the thread in Run(), every now and then between two of its CPUs
  // and while it waits, with the number of CPUs that are done.
  using Progress = std::function<void(std::size_t done)>;

  // Among how many threads this many CPUs are shared out.
  static std::size_t SharesFor(std::size_t cpus);

  // Starts nothing yet.
  PinnedWorkers();
  // Ends the workers.
  ~PinnedWorkers();
  PinnedWorkers(const PinnedWorkers&) = delete;
  PinnedWorkers& operator=(const PinnedWorkers&) = delete;

  // Does the work once for each CPU, on the calling thread and on workers:
  // together SharesFor() of them or, if that is less, `most_threads`. Starts the
  // workers that are missing; what one that can't be started would have done the
  // calling thread does. That one gets its affinity back in the end.
  void Run(std::span<const LogicalCpu> cpus, std::size_t most_threads, const Work& work,
           const Progress& progress = nullptr);

  // How many workers there are.
  std::size_t count() const;

 private:
  class Worker;
  class Sweep;

  Worker* WorkerOf(std::size_t share);

  std::vector<std::unique_ptr<Worker>> workers_;  // by share; null before it was needed
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_PINNED_WORKERS_H_
