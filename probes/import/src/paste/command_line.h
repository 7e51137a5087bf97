// A line of a shell that runs rdmsr or cpucontrol: which register of which CPUs
// each number that it prints is.
//
//   [root@host ~]# for i in $(seq 0 3); do rdmsr -p $i 0x3a; done
//   $ sudo rdmsr -a 0x3a | sort | uniq -c
//
// Nothing is executed; what is not understood leaves the meaning open.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_COMMAND_LINE_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_COMMAND_LINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/types.h"

namespace vtprobe::import {

// One call of rdmsr, [msr-tools] rdmsr.c, or of a program that does the same.
struct RdmsrCall {
  enum class Cpu : std::uint8_t { kFirst, kNumber, kVariable, kAll };
  // What it prints: a number alone, or as cpucontrol does "MSR 0x3a: 0x00000000
  // 0x00000005", the high half first (usr.sbin/cpucontrol of FreeBSD).
  enum class Form : std::uint8_t { kNumber, kHighAndLow };

  Form form = Form::kNumber;
  std::optional<MsrAddress> address;  // nothing: a loop's variable
  Cpu cpu = Cpu::kFirst;
  std::uint32_t number = 0;
  unsigned base = 16;
  unsigned high = 63;  // -f
  unsigned low = 0;
  bool is_raw = false;    // -r: bytes and no text
  std::string prefix;     // what `echo -n` puts before it on the same line
  bool is_label = false;  // no rdmsr at all: an echo, which prints a line of its own
};

struct ShellLine {
  // What a pipe makes of the numbers: kSorted leaves all of them, in another
  // order, kDistinct each value once, kCounted the same with how many there were.
  enum class Pipe : std::uint8_t { kNone, kSorted, kDistinct, kCounted, kOther };

  std::vector<RdmsrCall> calls;  // as they print
  bool has_prompt = false;       // so that the command before it has ended
  bool is_loop = false;
  std::vector<std::uint32_t> items;  // of the loop; empty where they are not known
  Pipe pipe = Pipe::kNone;
};

// Nothing if the line runs none of them. A line that speaks of it in prose counts
// if the command ends it, as a caption of the numbers below.
std::optional<ShellLine> ParseShellLine(std::string_view line);

// The machine that the prompt or ssh before the command names, "host" of
// "root@host:~# rdmsr 0x3a"; empty where none does.
std::string_view HostOf(std::string_view line);

// Whether a loop begins in this line and does not end in it.
bool IsUnfinishedLoop(std::string_view line);

// Whether a prompt stands in the line: the command before it has ended.
bool HasPrompt(std::string_view line);

// Whether the line runs one of them and breaks off before it names a register, or where
// another command has to follow.
bool IsUnfinishedCommand(std::string_view line);

// Whether rdmsr is run at a prompt for a register, in a way that ParseShellLine may not
// understand.
bool RunsAtPrompt(std::string_view line);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_COMMAND_LINE_H_
