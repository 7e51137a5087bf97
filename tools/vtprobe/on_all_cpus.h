// Work on each of a few things, shared among the CPUs of this process, and done when the
// call returns. worker_pool.h is for work of which nobody waits for the parts.

#ifndef VTPROBE_TOOLS_VTPROBE_ON_ALL_CPUS_H_
#define VTPROBE_TOOLS_VTPROBE_ON_ALL_CPUS_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

#include "vtprobe/machine/cpus_of_this_process.h"

namespace vtprobe {

// Calls `work` with each number below `count`, once, on several threads at a time: in no
// order. Where no thread can be had this one does it all.
template <typename Work>
void ForEachOnAllCpus(std::size_t count, const Work& work) {
  // What takes less than to start a thread.
  constexpr std::size_t kFewest = 4;
  std::atomic<std::size_t> next = 0;
  const auto take_some = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> threads;  // end before what they use
  const std::size_t cpus = std::max<std::size_t>(CpusOfThisProcess().Count(), 1);
  const std::size_t others = std::min(cpus - 1, count / kFewest);
  try {
    for (std::size_t i = 0; i < others; ++i) threads.emplace_back(take_some);
  } catch (const std::system_error&) {
    // Those there are do it.
  }
  take_some();
}

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_ON_ALL_CPUS_H_
