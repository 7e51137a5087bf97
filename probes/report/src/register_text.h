// How text reports write registers, fields and failed reads, so that all of
// them write them alike.

#ifndef VTPROBE_PROBES_REPORT_SRC_REGISTER_TEXT_H_
#define VTPROBE_PROBES_REPORT_SRC_REGISTER_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text_layout.h"
#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/probes/evidence.h"
#include "vtprobe/registers/field.h"
#include "vtprobe/wording/cpus_text.h"

namespace vtprobe {

// Between the fields of a line.
inline constexpr std::string_view kFieldSeparator = " \u00b7 ";

// CpusText() as a label: the lists stand under each other.
std::string CpusLabel(const CpuSet& cpus);

// "1" of a single bit, "0x7f" of more. `value` is the field's, not the
// register's.
std::string FieldValueText(const Field& field, std::uint64_t value);

// "0x5"; of a register of which some bits are known, as a recording has it: "0x4
// known 0x6". Requires that any are.
std::string ValueText(const RegisterReading& reading);
// The same of a field.
std::string FieldValueText(const Field& field, const RegisterReading& reg);

// "LOCK 1" of each field that is not 0, and "LOCK unknown".
std::vector<std::string> SetFields(const FieldList& fields, const RegisterReading& value);

// The fields that a verdict on virtualization rests on, set or not; of an MSR
// also the others that are not 0. None of a register that no verdict rests on.
std::vector<std::string> VerdictFields(const RegisterDefinition& reg, const RegisterReading& value);

// A register and what was read of it; the fields that a verdict rests on, or
// those that are not 0.
TextRow EvidenceRow(const Evidence& evidence);

// "not read: the CPU is offline"
std::string NotReadText(AccessCode code);

// The CPUs that are there and were not read.
TextRow OfflineRow(const CpuSet& offline);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_REGISTER_TEXT_H_
