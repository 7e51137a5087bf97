// Runs vtprobe as a process, the way a shell or a script does.

#ifndef VTPROBE_TESTS_CLI_PROCESS_H_
#define VTPROBE_TESTS_CLI_PROCESS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vtprobe {

// How a process ended and what it said.
struct Ended {
  int exit_status = -1;  // -1: a signal ended it, or it did not end in time
  std::string out;
  std::string err;
  std::int64_t peak_kib = 0;  // of resident memory
};

// What is around the process besides its arguments.
struct Surroundings {
  std::string input{};                    // standard input
  std::optional<std::string> out_file{};  // standard output goes to this existing file or device
  bool out_closed = false;                // there is no standard output
  std::optional<int> terminal_columns{};  // standard output is a terminal
  std::optional<std::size_t> largest_file{};         // bytes that a file may have: RLIMIT_FSIZE
  std::map<std::string, std::string> environment{};  // instead of NO_COLOR, TERM and the like
};

// Ends a process that takes longer than a minute.
Ended Vtprobe(const std::vector<std::string>& arguments, const Surroundings& around = {});

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_CLI_PROCESS_H_
