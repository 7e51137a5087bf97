// The rows of libcpuid's table that are a CPU's by its signature.
//
// Libcpuid gives each row points, for the brand and the caches as well, and the
// row with the most wins even where it is another model's: a Core Ultra 7 155H
// becomes a "Pentium III (Coppermine)" in 0.6.2. Of its choice it tells only the
// name; what each row has in common with the CPU stands in its debug output.

#ifndef VTPROBE_TOOLS_IDENTITY_LIBCPUID_ROWS_H_
#define VTPROBE_TOOLS_IDENTITY_LIBCPUID_ROWS_H_

#include <string>
#include <vector>

#include "vtprobe/hal/register_view.h"

namespace vtprobe {

struct LibcpuidRow {
  std::string codename;
  bool states_stepping = false;  // and it is the CPU's; otherwise any is
};

// Those of the CPU's family and model, and of its stepping if they state one.
// None if leaves 0 or 1 are not there, and if libcpuid's debug output is not as
// in 0.6.2. Meanwhile libcpuid's warning function and verbosity, which are the
// process's, are other ones: not for several threads at a time.
std::vector<LibcpuidRow> LibcpuidRowsOf(const RegisterView& cpu);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_IDENTITY_LIBCPUID_ROWS_H_
