// Which machine it is, for a person: what a line of a text and a ticket say of it.

#ifndef VTPROBE_PROBES_REPORT_SRC_MACHINE_ITEMS_H_
#define VTPROBE_PROBES_REPORT_SRC_MACHINE_ITEMS_H_

#include <optional>
#include <string>
#include <vector>

#include "vtprobe/report/report.h"

namespace vtprobe {

// Model, cores, board, firmware, microcode, kernel, as far as they are known. With
// `all` also what doubts the codename, and the numbers that the model stands for.
std::vector<std::string> MachineItems(const Report& report, bool all);

// Whether the numbers of its CPUs are made up for want of better: "its CPUs are not
// numbered: 0-63 are places in the recording". Nothing where they are known.
std::optional<std::string> NumberingDoubt(const Subject& subject);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_MACHINE_ITEMS_H_
