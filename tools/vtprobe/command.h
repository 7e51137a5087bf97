// What a command is. commands.def lists them; each is one file of this folder.

#ifndef VTPROBE_TOOLS_VTPROBE_COMMAND_H_
#define VTPROBE_TOOLS_VTPROBE_COMMAND_H_

#include <array>
#include <string_view>

#include "arguments.h"
#include "confinement.h"
#include "failure.h"
#include "output.h"
#include "terminal.h"

namespace vtprobe {

// What a command knows of the process it runs in.
struct Process {
  std::string_view version;
  Terminal terminal;
  // Where the answer goes: written once, and to the end.
  Output* output;
  // Of a command that says what it reads.
  Confinement* confinement;
};

struct Command {
  const char* name;
  const char* summary;
  // Adds its options and positionals.
  void (*declare)(CommandOptions* options, Arguments* arguments);
  // The exit status, or why there is no answer.
  OrFailure<int> (*run)(const Arguments& arguments, const Process& process);
  // What others made and it is going to read. Null: nothing, and all rights stay.
  OrFailure<Reads> (*reads)(const Arguments& arguments) = nullptr;
  // The answer is a recording, which may say more of a machine than everybody
  // there may know.
  bool records = false;
};

#define VTPROBE_COMMAND(constant) extern const Command constant;
#include "commands.def"
#undef VTPROBE_COMMAND

// In the order of commands.def; the first is the default.
inline constexpr std::array kCommands = {
#define VTPROBE_COMMAND(constant) &constant,
#include "commands.def"
#undef VTPROBE_COMMAND
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_COMMAND_H_
