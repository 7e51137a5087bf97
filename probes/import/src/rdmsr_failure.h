// What rdmsr of msr-tools says where it can't read a register.

#ifndef VTPROBE_PROBES_IMPORT_SRC_RDMSR_FAILURE_H_
#define VTPROBE_PROBES_IMPORT_SRC_RDMSR_FAILURE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::import {

struct RdmsrFailure {
  std::optional<std::uint32_t> cpu;
  std::string_view cpu_text;
  std::optional<MsrAddress> address;
  AccessCode code = AccessCode::kIo;
  bool says_no_node = false;  // no device node: no driver, or no such CPU
};

// Nothing if the line is none of rdmsr's messages.
std::optional<RdmsrFailure> ParseRdmsrFailure(std::string_view line);

// A line that is one number of that base and nothing else. "-1" is what -d makes
// of a register of ones.
std::optional<std::uint64_t> ParseRdmsrNumber(std::string_view line, unsigned base);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_RDMSR_FAILURE_H_
