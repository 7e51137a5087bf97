// What standard output is connected to.

#ifndef VTPROBE_TOOLS_VTPROBE_TERMINAL_H_
#define VTPROBE_TOOLS_VTPROBE_TERMINAL_H_

#include <cstddef>

namespace vtprobe {

struct Terminal {
  bool is_terminal = false;
  bool wants_color = false;  // by NO_COLOR and TERM
  // By LC_ALL, LC_CTYPE and LANG; without any of them it is taken for one.
  bool is_utf8 = true;
  std::size_t columns = 80;
};

// Of this process.
Terminal DescribeTerminal();

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_TERMINAL_H_
