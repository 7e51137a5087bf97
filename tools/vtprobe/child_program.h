// Another program, run for what it says.

#ifndef VTPROBE_TOOLS_VTPROBE_CHILD_PROGRAM_H_
#define VTPROBE_TOOLS_VTPROBE_CHILD_PROGRAM_H_

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace vtprobe {

struct EndedProgram {
  int status = 0;  // as waitpid() has it
  std::string out;
  std::string err;
};

// Runs the program of that path, with arguments[0] as its name, and without an
// environment, and takes all that it writes, to whichever of both at whichever time.
// The errno of what kept it from starting.
tl::expected<EndedProgram, int> RunProgram(const std::string& path,
                                           std::vector<std::string> arguments);

// Starts it with this process's environment, standard output and standard error. To be
// waited for (WaitFor(), worker.h). The errno of what kept it from starting.
tl::expected<pid_t, int> StartProgram(const std::string& path, std::vector<std::string> arguments);

// Waits for a child to end: its status, as waitpid() has it.
int StatusOf(pid_t child);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_CHILD_PROGRAM_H_
