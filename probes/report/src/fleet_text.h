// The words of many machines that their text and their tables share.

#ifndef VTPROBE_PROBES_REPORT_SRC_FLEET_TEXT_H_
#define VTPROBE_PROBES_REPORT_SRC_FLEET_TEXT_H_

#include <string>
#include <vector>

#include "vtprobe/fleet/findings.h"
#include "vtprobe/report/difference.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {

// "300 machines: 2 NOT usable, 298 usable." and how many recordings of them, if that is
// another number.
std::string FleetHeadline(const fleet::Findings& findings);

FieldList FieldsOf(const fleet::RegisterId& reg);

// "IA32_FEATURE_CONTROL (0x3a)", "CPUID.01H:ECX"
std::string TitleOf(const fleet::RegisterId& reg);

// "0x5", "0x4 known 0x6", "general-protection"
std::string FleetValueText(const RegisterReading& reading);

// The fields that differ, from the usual value to this one.
std::vector<FieldChange> FieldsThatDiffer(const fleet::Reading& reading);

// "board X, Intel(R) Xeon(R), 0x806f8"; what is not recorded is said to be so.
std::string KinText(const fleet::Kin& kin);

// What changed, from which to which: of "board X" and of "CPU 0 IA32_FEATURE_CONTROL (0x3a) 0x5".
std::vector<std::string> ChangesText(const fleet::Change& change);

// "12, 13 and 3 more": at most that many names.
std::string NamesText(const fleet::Names& names, std::size_t most);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_FLEET_TEXT_H_
