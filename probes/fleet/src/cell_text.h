// A cell as one line, by which equal ones are known and in which a fold is written:
//   msr 0x3a|0x0|0-16=0x5|17=0x1
//   cpuid 0x1.0x0:2|0x40|0-7=!general-protection
// The register (of CPUID with the output's number, from EAX on), the core type, and
// each value with its CPUs: known bits and, if some are not known, "/" and the mask of
// those that are; or "!" and the failure.

#ifndef VTPROBE_PROBES_FLEET_SRC_CELL_TEXT_H_
#define VTPROBE_PROBES_FLEET_SRC_CELL_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/fleet/fold.h"

namespace vtprobe::fleet {

std::string CellText(const Cell& cell);
// Nothing for a text that is none, that has a CPU twice, or bits that are not known.
std::optional<Cell> ParseCell(std::string_view text);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_PROBES_FLEET_SRC_CELL_TEXT_H_
