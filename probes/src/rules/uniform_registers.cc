// Registers that must read the same on all CPUs of one core type: a difference
// means that firmware (or a microcode update) reached some CPUs and not others.
// One table, since the rules differ in nothing but the register. Bits that a
// rule of their own judges, and those that may differ, are not compared.

#include "rules/rules.h"
#include "rules/shapes.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

constexpr std::string_view kRemedy =
    "Update the firmware, which sets this register on every CPU; if it stays, give the vendor a "
    "recording (vtprobe record).";

template <const MsrDef& kMsr, std::uint64_t kMask = kAll>
constexpr Rule Uniform(std::string_view id, std::string_view title) {
  return {.id = id,
          .title = title,
          .spec = kMsr.spec,
          .severity = Severity::kMedium,
          .remedy = kRemedy,
          .msrs = {&kMsr},
          .in_guests = true,
          .judge = IsUniform<kMask>};
}

using registers::kBiosSignId;
using registers::kMiscEnable;

// The update's revision stands in another half with each vendor.
std::vector<Finding> JudgeMicrocode(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input, [](const RegisterView& cpu) {
    return registers::AmdCompatible(cpu) == Presence::kPresent
               ? kBiosSignId["PATCH_LEVEL"].mask()
               : kBiosSignId["MICROCODE_REVISION"].mask();
  });
}

}  // namespace

const Rule kUniformBiosSignId{.id = "uniform.ia32_bios_sign_id",
                              .title = "Every CPU runs the same microcode",
                              .spec = kBiosSignId.spec,
                              .severity = Severity::kHigh,
                              .remedy = kRemedy,
                              .msrs = {&kBiosSignId},
                              .in_guests = true,
                              .judge = JudgeMicrocode};
const Rule kUniformArchCapabilities = Uniform<registers::kArchCapabilities>(
    "uniform.ia32_arch_capabilities", "Every CPU announces the same speculation capabilities");
const Rule kUniformMiscEnable = Uniform<kMiscEnable, ~(kMiscEnable["XD_BIT_DISABLE"].mask() |
                                                       kMiscEnable["LIMIT_CPUID_MAXVAL"].mask())>(
    "uniform.ia32_misc_enable", "Every CPU has the same miscellaneous features switched on");
const Rule kUniformVmxProcbasedCtls2{
    .id = "uniform.ia32_vmx_procbased_ctls2",
    .title = "Every CPU offers the same secondary VM-execution controls",
    .spec = registers::kVmxProcbasedCtls2.spec,
    .severity = Severity::kMedium,
    .remedy = kRemedy,
    .msrs = {&registers::kVmxProcbasedCtls2},
    .gates = {&registers::kVmxProcbasedCtls},
    .in_guests = true,
    .judge = IsUniform<kAll>};

}  // namespace vtprobe::rules
