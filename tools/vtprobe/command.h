// What a command is. commands.def lists them; each is one file of this folder.

#ifndef VTPROBE_TOOLS_VTPROBE_COMMAND_H_
#define VTPROBE_TOOLS_VTPROBE_COMMAND_H_

#include <CLI/App.hpp>
#include <string_view>

#include "arguments.h"
#include "failure.h"
#include "terminal.h"

namespace vtprobe {

// What a command knows of the process it runs in.
struct Process {
  std::string_view version;
  Terminal terminal;
};

struct Command {
  const char* name;
  const char* summary;
  // Adds its options and positionals.
  void (*declare)(CLI::App* app, Arguments* arguments);
  // The exit status, or why there is no answer.
  OrFailure<int> (*run)(const Arguments& arguments, const Process& process);
};

#define VTPROBE_COMMAND(constant) extern const Command constant;
#include "commands.def"
#undef VTPROBE_COMMAND

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_COMMAND_H_
