// What vtprobe-msr-writer does by its command line, on a machine that it is handed: the
// program hands it this one, a test one in software.

#ifndef VTPROBE_TOOLS_MSR_WRITER_COMMAND_H_
#define VTPROBE_TOOLS_MSR_WRITER_COMMAND_H_

#include <cstdio>
#include <string_view>
#include <vector>

#include "vtprobe/hal/msr_writer.h"
#include "vtprobe/hal/readers.h"

namespace vtprobe::msr_writer {

struct Machine {
  CpuidReader& cpuid;
  MsrReader& reader;
  MsrWriter& writer;
  bool is_root = false;  // whoever runs this
};

// main.cc has the arguments, what is told on `out`, and the exit status. A line is told
// when the step that it is about is done, even if the next one ends the machine.
int RunCommand(std::vector<std::string_view> arguments, const Machine& machine, std::FILE* out,
               std::FILE* err);

}  // namespace vtprobe::msr_writer

#endif  // VTPROBE_TOOLS_MSR_WRITER_COMMAND_H_
