// A register as reports speak of it: an MSR, defined or not, or one output
// register of a CPUID leaf.

#ifndef VTPROBE_REPORT_REGISTER_INFO_H_
#define VTPROBE_REPORT_REGISTER_INFO_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "vtprobe/hal/types.h"
#include "vtprobe/probes/evidence.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe {

struct RegisterInfo {
  RegisterDefinition definition{};  // null: an address without one
  std::string_view name;            // empty: an address without a definition
  std::string address;              // by AddressText()
  bool is_cpuid = false;
  std::string_view title;
  std::string_view spec;
  FieldList fields{};

  std::uint8_t highest_bit() const { return is_cpuid ? 31 : 63; }
  // "IA32_FEATURE_CONTROL (0x3a)", "CPUID.01H:ECX", "MSR 0x17"
  std::string Title() const;
};

RegisterInfo InfoOf(const MsrDef& msr);
RegisterInfo InfoOf(const CpuidDef& cpuid);
// By its definition, if it has one.
RegisterInfo InfoOf(MsrAddress address);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_REGISTER_INFO_H_
