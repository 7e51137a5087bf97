// Runs programs and says what they used of a CPU, which a busy machine does not
// stretch as much as the time on the wall.

#ifndef VTPROBE_BENCH_CHILD_PROCESS_H_
#define VTPROBE_BENCH_CHILD_PROCESS_H_

#include <sys/resource.h>

#include <string>
#include <vector>

namespace vtprobe::bench {

// What was used, in user mode and in the kernel.
double CpuSeconds(const rusage& usage);

struct Ended {
  int exit_status = -1;    // -1: it did not run, or a signal ended it
  double cpu_seconds = 0;  // of all its threads, in the kernel too
};

// Runs the program to its end, with its output in that file.
Ended RunProgram(std::vector<std::string> words, const std::string& output = "/dev/null");

}  // namespace vtprobe::bench

#endif  // VTPROBE_BENCH_CHILD_PROCESS_H_
