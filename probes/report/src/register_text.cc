#include "register_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

std::string FieldText(const Field& field, const RegisterReading& value) {
  return fmt::format("{} {}", field.name, FieldValueText(field, value));
}

// In the order of their bits: the fields of `always` in any case, the others unless
// they are 0.
std::vector<std::string> FieldTexts(const FieldList& fields, std::uint64_t always,
                                    const RegisterReading& value) {
  std::vector<std::string> texts;
  for (const Field& field : fields) {
    const bool is_zero = value.Knows(field.mask()) && !field.IsSet(value.known_bits());
    if ((field.mask() & always) == 0 && is_zero) continue;
    texts.push_back(FieldText(field, value));
  }
  return texts;
}

}  // namespace

std::string CpusLabel(const CpuSet& cpus) {
  return fmt::format("{:<4} {}", cpus.Count() == 1 ? "CPU" : "CPUs", cpus.ToString());
}

std::string FieldValueText(const Field& field, std::uint64_t value) {
  return fmt::format(fmt::runtime(field.width() == 1 ? "{}" : "{:#x}"), value);
}

std::string ValueText(const RegisterReading& reading) {
  if (reading) return fmt::format("{:#x}", *reading);
  return fmt::format("{:#x} known {:#x}", reading.known_bits(), reading.known());
}

std::string FieldValueText(const Field& field, const RegisterReading& reg) {
  if (!reg.Knows(field.mask())) return "unknown";
  return FieldValueText(field, field.Extract(reg.known_bits()));
}

std::vector<std::string> SetFields(const FieldList& fields, const RegisterReading& value) {
  return FieldTexts(fields, 0, value);
}

std::vector<std::string> VerdictFields(const RegisterDefinition& reg,
                                       const RegisterReading& value) {
  using namespace registers;  // NOLINT(google-build-using-namespace): nothing but registers here
  const auto is = [&](const MsrDef& msr) { return reg == RegisterDefinition(&msr); };
  if (is(kFeatureControl)) {
    return FieldTexts(kFeatureControl.fields,
                      kFeatureControl["LOCK"].mask() | kFeatureControl["VMX_IN_SMX"].mask() |
                          kFeatureControl["VMX_OUTSIDE_SMX"].mask(),
                      value);
  }
  if (is(kVmCr)) {
    return FieldTexts(kVmCr.fields, kVmCr["LOCK"].mask() | kVmCr["SVMDIS"].mask(), value);
  }
  std::vector<std::string> texts;
  // Feature leaves have dozens of set bits that are beside the question.
  const auto add = [&](const CpuidDef& cpuid, const CpuidField& field) {
    if (reg == RegisterDefinition(&cpuid)) texts.push_back(FieldText(field.field, value));
  };
  add(kCpuid1Ecx, kVmx);
  add(kCpuid1Ecx, kSmx);
  add(kCpuid1Ecx, kHypervisor);
  add(kCpuid80000001Ecx, kSvm);
  add(kCpuid8000000AEdx, kSvml);
  return texts;
}

TextRow EvidenceRow(const Evidence& evidence) {
  const bool is_msr = std::holds_alternative<const MsrDef*>(evidence.definition);
  TextRow row;
  row.lead = evidence.register_name();
  // A CPUID register's name has its leaf in it.
  if (is_msr) row.lead += fmt::format(" ({})", evidence.address());
  row.separator = kFieldSeparator;
  if (evidence.value.known() == 0) {
    row.items = {NotReadText(evidence.value.error())};
    return row;
  }
  row.lead += " = " + ValueText(evidence.value);
  row.items = VerdictFields(evidence.definition, evidence.value);
  if (row.items.empty() && is_msr) row.items = SetFields(evidence.fields(), evidence.value);
  return row;
}

std::string NotReadText(AccessCode code) { return fmt::format("not read: {}", Describe(code)); }

TextRow OfflineRow(const CpuSet& offline) {
  return Prose(CpusLabel(offline), "offline, not judged");
}

}  // namespace vtprobe
