// From the words of the command line to the command they ask for.

#ifndef VTPROBE_TOOLS_VTPROBE_COMMAND_LINE_H_
#define VTPROBE_TOOLS_VTPROBE_COMMAND_LINE_H_

#include <string>
#include <string_view>
#include <variant>

#include "arguments.h"
#include "command.h"
#include "failure.h"

namespace vtprobe {

struct Request {
  const Command* command = nullptr;
  Arguments arguments;
};

// A command to run, or the text that --help or --version asks for, or
// kUsageError.
OrFailure<std::variant<Request, std::string>> ParseCommandLine(int argc, const char* const* argv,
                                                               std::string_view version);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_COMMAND_LINE_H_
