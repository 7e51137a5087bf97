// Registers that must read the same on all CPUs of one core type: a difference
// means that firmware (or a microcode update) reached some CPUs and not others.
// One table, since the rules differ in nothing but the register. Bits that a
// rule of their own judges, and those that may differ, are not compared.

#include "rules.h"
#include "shapes.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

constexpr std::string_view kRemedy =
    "Update the firmware, which sets this register on every CPU; if it stays, give the vendor a "
    "recording (vtprobe record).";

// What a hypervisor answers for a register that firmware sets is its own affair.
enum class Guests : std::uint8_t { kAsked, kLeftOut };

template <const MsrDef& kMsr, std::uint64_t kMask = kAll, Guests kGuests = Guests::kAsked>
constexpr Rule Uniform(std::string_view id, std::string_view title) {
  return {.id = id,
          .title = title,
          .spec = kMsr.spec,
          .severity = Severity::kMedium,
          .remedy = kRemedy,
          .msrs = {&kMsr},
          .in_guests = kGuests == Guests::kAsked,
          .judge = IsUniform<kMask>};
}

using registers::kBiosSignId;
using registers::kEfer;
using registers::kHwcr;
using registers::kMiscEnable;
using registers::kSmmMask;
using registers::kSyscfg;
using registers::kVmCr;

// SMMLOCK has a rule of its own. Tools that inject machine checks set
// MCSTATUSWREN on the CPU at hand, and an operating system may switch boost and
// the count of retired instructions for single CPUs.
constexpr std::uint64_t kComparedHwcr =
    kHwcr.fields.mask() & ~(kHwcr["SMMLOCK"].mask() | kHwcr["MCSTATUSWREN"].mask() |
                            kHwcr["CPBDIS"].mask() | kHwcr["IRPERFEN"].mask());

// The others have rules of their own.
constexpr std::uint64_t kComparedSyscfg =
    kSyscfg["MtrrFixDramEn"].mask() | kSyscfg["MtrrVarDramEn"].mask() |
    kSyscfg["MtrrTom2En"].mask() | kSyscfg["Tom2ForceMemTypeWB"].mask() | kSyscfg["HMKEE"].mask();

// So has the protection of the ranges.
constexpr std::uint64_t kComparedSmmMask =
    kSmmMask.fields.mask() & ~(kSmmMask["AValid"].mask() | kSmmMask["TValid"].mask() |
                               kSmmMask["AClose"].mask() | kSmmMask["TClose"].mask());

// LOCK and SVMDIS make the virtualization state.
constexpr std::uint64_t kComparedVmCr =
    kVmCr["DPD"].mask() | kVmCr["R_INIT"].mask() | kVmCr["DIS_A20M"].mask();

// The update's revision stands in another half with each vendor.
std::vector<Finding> JudgeMicrocode(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input, [](const RegisterView& kind) {
    return registers::AmdCompatible(kind) == Presence::kPresent
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

// SVME comes and goes with the guests that a CPU runs.
const Rule kUniformEfer = Uniform<kEfer, kEfer["NXE"].mask()>(
    "uniform.ia32_efer", "Every CPU can mark pages as not executable, or none");

const Rule kUniformSyscfg = Uniform<kSyscfg, kComparedSyscfg, Guests::kLeftOut>(
    "uniform.syscfg", "Every CPU has the same system configuration");
const Rule kUniformHwcr = Uniform<kHwcr, kComparedHwcr, Guests::kLeftOut>(
    "uniform.hwcr", "Every CPU has the same hardware configuration");
const Rule kUniformTopMem = Uniform<registers::kTopMem, kAll, Guests::kLeftOut>(
    "uniform.top_mem", "Every CPU sees the same memory below 4 GiB");
const Rule kUniformTopMem2 = Uniform<registers::kTopMem2, kAll, Guests::kLeftOut>(
    "uniform.top_mem2", "Every CPU sees the same memory above 4 GiB");
const Rule kUniformSmmAddr = Uniform<registers::kSmmAddr, kAll, Guests::kLeftOut>(
    "uniform.smm_addr", "Every CPU has its SMM memory at the same place");
const Rule kUniformSmmMask = Uniform<kSmmMask, kComparedSmmMask, Guests::kLeftOut>(
    "uniform.smm_mask", "Every CPU has the same size and type of SMM memory");
const Rule kUniformVmCr = Uniform<kVmCr, kComparedVmCr, Guests::kLeftOut>(
    "uniform.vm_cr", "Every CPU treats INIT, A20 and external debug ports the same");
const Rule kUniformSevStatus = Uniform<registers::kSevStatus>(
    "uniform.sev_status", "Every CPU runs with the same SEV features");

}  // namespace vtprobe::rules
