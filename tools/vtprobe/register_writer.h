// The program that writes registers, started for a command that is there to do so. This
// one writes none: what it links can't.

#ifndef VTPROBE_TOOLS_VTPROBE_REGISTER_WRITER_H_
#define VTPROBE_TOOLS_VTPROBE_REGISTER_WRITER_H_

#include <string>
#include <vector>

#include "failure.h"

namespace vtprobe {

// Before a write, on standard error.
void SayThatWritesTaint(bool is_quiet);

// What it printed. An exit status of 2 with its words where it does not begin: it is
// not installed, not root, in a guest.
OrFailure<std::string> RunRegisterWriter(const std::vector<std::string>& arguments);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_REGISTER_WRITER_H_
