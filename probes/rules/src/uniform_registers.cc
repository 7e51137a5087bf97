// Registers that must read the same on all CPUs of one core type: a difference
// means that firmware (or a microcode update) reached some CPUs and not others.
// One table, since the rules differ in nothing but the register. Bits that a
// rule of their own judges, and those that may differ, are not compared.

#include "rules.h"
#include "uniformity.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kApicBase;
using registers::kBiosSignId;
using registers::kEfer;
using registers::kFeatureControl;
using registers::kHwcr;
using registers::kMiscEnable;
using registers::kMiscPackageCtls;
using registers::kPkgCstConfigControl;
using registers::kSmmMask;
using registers::kSyscfg;
using registers::kVmCr;
using registers::kXapicDisableStatus;

constexpr std::string_view kRemedy =
    "Update the firmware, which sets this register on every CPU; if it stays, give the vendor a "
    "recording (vtprobe record).";

constexpr std::string_view kOwnRule = "a rule of its own judges it";
constexpr std::string_view kUndefined = "the manual does not say what it is";

constexpr LeftOut kMiscEnableLeftOut[] = {
    {&kMiscEnable, kMiscEnable["XD_BIT_DISABLE"].mask() | kMiscEnable["LIMIT_CPUID_MAXVAL"].mask(),
     kOwnRule, kMiscEnable.spec, true},
    {&kMiscEnable, kMiscEnable["TURBO_MODE_DISABLE"].mask(),
     "an operating system switches turbo for single CPUs",
     "[linux] drivers/cpufreq/acpi-cpufreq.c (boost_set_msr)", true}};

constexpr LeftOut kEferLeftOut[] = {
    {&kEfer, ~kEfer["NXE"].mask(),
     "the system sets it: SVME comes and goes with the guests that a CPU runs",
     "[amd/apm-vol2] 3.1.7, [linux/kvm-x86]"}};

constexpr LeftOut kHwcrLeftOut[] = {
    {&kHwcr, kHwcr["SMMLOCK"].mask() | kHwcr["SmmBaseLock"].mask(), kOwnRule, kHwcr.spec, true},
    {&kHwcr, kHwcr["MCSTATUSWREN"].mask(),
     "tools that inject machine checks set it on the CPU at hand",
     "[linux] arch/x86/kernel/cpu/mce/inject.c"},
    {&kHwcr, kHwcr["CPBDIS"].mask(), "an operating system switches boost for single CPUs",
     "[linux] drivers/cpufreq/acpi-cpufreq.c (boost_set_msr)", true},
    {&kHwcr, kHwcr["IRPERFEN"].mask(),
     "an operating system switches the count of retired instructions for single CPUs",
     "[linux] arch/x86/kernel/cpu/amd.c"},
    {&kHwcr, ~kHwcr.fields.mask(), kUndefined, kHwcr.spec}};

constexpr LeftOut kSyscfgLeftOut[] = {{&kSyscfg,
                                       kSyscfg["MtrrFixDramModEn"].mask() | kSyscfg["SMEE"].mask() |
                                           kSyscfg["SNPE"].mask() | kSyscfg["VMPLE"].mask(),
                                       kOwnRule, kSyscfg.spec, true},
                                      {&kSyscfg, ~kSyscfg.fields.mask(), kUndefined, kSyscfg.spec}};

constexpr LeftOut kSmmMaskLeftOut[] = {
    {&kSmmMask,
     kSmmMask["AValid"].mask() | kSmmMask["TValid"].mask() | kSmmMask["AClose"].mask() |
         kSmmMask["TClose"].mask(),
     kOwnRule, kSmmMask.spec, true},
    {&kSmmMask, ~kSmmMask.fields.mask(), kUndefined, kSmmMask.spec}};

constexpr LeftOut kVmCrLeftOut[] = {
    {&kVmCr, kVmCr["LOCK"].mask() | kVmCr["SVMDIS"].mask(),
     "they make the virtualization state, which virtualization.uniform compares", kVmCr.spec, true},
    {&kVmCr, ~kVmCr.fields.mask(), kUndefined, kVmCr.spec}};

constexpr LeftOut kApicBaseLeftOut[] = {
    {&kApicBase, kApicBase["BSP"].mask(), "one CPU started first", kApicBase.spec}};

// [intel/sdm-vol4] table 2-20: what is above bit 28 and between is reserved.
constexpr LeftOut kCStatesLeftOut[] = {
    {&kPkgCstConfigControl, kPkgCstConfigControl["CFG_LOCK"].mask(), kOwnRule,
     kPkgCstConfigControl.spec, true},
    {&kPkgCstConfigControl, ~kPkgCstConfigControl.fields.mask(), kUndefined,
     kPkgCstConfigControl.spec}};

constexpr LeftOut kMiscPackageCtlsLeftOut[] = {{&kMiscPackageCtls,
                                                kMiscPackageCtls["ENERGY_FILTERING_ENABLE"].mask(),
                                                kOwnRule, kMiscPackageCtls.spec, true}};
constexpr LeftOut kXapicDisableLeftOut[] = {{&kXapicDisableStatus,
                                             kXapicDisableStatus["LEGACY_XAPIC_DISABLED"].mask(),
                                             kOwnRule, kXapicDisableStatus.spec, true}};

// Where the key may be changed, Linux writes it to the CPU on which an enclave
// starts: arch/x86/kernel/cpu/sgx/main.c (sgx_update_lepubkeyhash).
constexpr Requirement kLaunchKeyIsFixed =
    registers::AllOf(registers::kSgx, registers::Has(kFeatureControl, "SGX"),
                     registers::Not(registers::Has(kFeatureControl, "SGX_LAUNCH_CONTROL")));

// What a hypervisor answers for a register that firmware sets is its own affair.
enum class Guests : std::uint8_t { kAsked, kLeftOut };

template <const MsrDef& kMsr, Guests kGuests = Guests::kAsked>
constexpr Rule Uniform(std::string_view id, std::string_view title,
                       std::span<const LeftOut> left_out = {}) {
  return {.id = id,
          .title = title,
          .spec = kMsr.spec,
          .severity = Severity::kMedium,
          .remedy = kRemedy,
          .msrs = {&kMsr},
          .in_guests = kGuests == Guests::kAsked,
          .left_out = left_out,
          .judge = IsUniform};
}

// The update's revision stands in another half with each vendor. Revisions of
// different steppings count apart: [intel/sdm-vol3] 10.11.7.1.
std::vector<Finding> JudgeMicrocode(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input,
                      {.twins = OfOneSignature,
                       .of_one = "signature",
                       .bits = [](const RegisterView& kind, const MsrDef&) {
                         return registers::Meets(kind, registers::kAmdCompatible) ==
                                        Presence::kPresent
                                    ? kBiosSignId["PATCH_LEVEL"].mask()
                                    : kBiosSignId["MICROCODE_REVISION"].mask();
                       }});
}

}  // namespace

const Rule kUniformBiosSignId{.id = "uniform.ia32_bios_sign_id",
                              .title = "Every CPU of one signature runs the same microcode",
                              .spec = kBiosSignId.spec,
                              .severity = Severity::kHigh,
                              .remedy =
                                  "Update the firmware, which loads the microcode on every CPU; if "
                                  "it stays, give the vendor a recording (vtprobe record).",
                              .msrs = {&kBiosSignId},
                              .in_guests = true,
                              .judge = JudgeMicrocode};
const Rule kUniformArchCapabilities = Uniform<registers::kArchCapabilities>(
    "uniform.ia32_arch_capabilities", "Every CPU announces the same speculation capabilities");
const Rule kUniformCoreCapabilities = Uniform<registers::kCoreCapabilities>(
    "uniform.ia32_core_capabilities", "Every CPU announces the same features of its model");
const Rule kUniformPerfCapabilities = Uniform<registers::kPerfCapabilities>(
    "uniform.ia32_perf_capabilities", "Every CPU can monitor performance in the same way");
const Rule kUniformSgxSvnStatus = Uniform<registers::kSgxSvnStatus, Guests::kLeftOut>(
    "uniform.ia32_sgx_svn_status", "Every CPU accepts the same authenticated code modules");
// The system keeps it as firmware left it or sets it right, socket by socket, where
// the sockets were not reset together (arch/x86/kernel/tsc_sync.c of [linux]). A
// TDX module refuses that, too.
const Rule kUniformTscAdjust{
    .id = "uniform.ia32_tsc_adjust",
    .title = "Nothing was added to the clock of some CPUs only",
    .spec = registers::kTscAdjust.spec,
    .severity = Severity::kMedium,
    .remedy =
        "Update the firmware, which changed the time stamp counter of these CPUs. Where whole "
        "sockets differ, start the machine from power off: they were not reset together.",
    .msrs = {&registers::kTscAdjust},
    .judge = IsUniform};
const Rule kUniformMiscEnable = Uniform<kMiscEnable>(
    "uniform.ia32_misc_enable", "Every CPU has the same miscellaneous features switched on",
    kMiscEnableLeftOut);
const Rule kUniformCStates = Uniform<kPkgCstConfigControl, Guests::kLeftOut>(
    "uniform.msr_pkg_cst_config_control", "The C-states of every CPU are configured alike",
    kCStatesLeftOut);
const Rule kUniformMiscPackageCtls = Uniform<kMiscPackageCtls, Guests::kLeftOut>(
    "uniform.ia32_misc_package_ctls", "Every package filters the same of what it tells",
    kMiscPackageCtlsLeftOut);
const Rule kUniformXapicDisableStatus = Uniform<kXapicDisableStatus, Guests::kLeftOut>(
    "uniform.ia32_xapic_disable_status", "Every CPU says the same of xAPIC mode",
    kXapicDisableLeftOut);
const Rule kUniformVmxProcbasedCtls2 = Uniform<registers::kVmxProcbasedCtls2>(
    "uniform.ia32_vmx_procbased_ctls2",
    "Every CPU offers the same secondary VM-execution controls");

const Rule kUniformEfer = Uniform<kEfer>(
    "uniform.ia32_efer", "Every CPU can mark pages as not executable, or none", kEferLeftOut);

const Rule kUniformPat = Uniform<registers::kPat, Guests::kLeftOut>(
    "uniform.ia32_pat", "Pages choose from the same memory types on every CPU");
const Rule kUniformApicBase = Uniform<kApicBase, Guests::kLeftOut>(
    "uniform.ia32_apic_base", "The local APIC of every CPU is at the same place, in the same mode",
    kApicBaseLeftOut);
const Rule kUniformMcgCtl = Uniform<registers::kMcgCtl, Guests::kLeftOut>(
    "uniform.ia32_mcg_ctl", "Every CPU reports machine checks of the same banks");
const Rule kUniformSgxLePubKeyHash{
    .id = "uniform.ia32_sgxlepubkeyhash",
    .title = "The same key may launch enclaves on every CPU",
    .spec = registers::kSgxLePubKeyHash0.spec,
    .severity = Severity::kMedium,
    .remedy = kRemedy,
    .msrs = {&registers::kSgxLePubKeyHash0, &registers::kSgxLePubKeyHash1,
             &registers::kSgxLePubKeyHash2, &registers::kSgxLePubKeyHash3},
    .depends_on = "intel.sgx.enabled",
    .otherwise = "SGX is not on, or the key may be changed, and each CPU has the one used last.",
    .applies = &kLaunchKeyIsFixed,
    .judge = IsUniform};

const Rule kUniformSyscfg = Uniform<kSyscfg, Guests::kLeftOut>(
    "uniform.syscfg", "Every CPU has the same system configuration", kSyscfgLeftOut);
const Rule kUniformHwcr = Uniform<kHwcr, Guests::kLeftOut>(
    "uniform.hwcr", "Every CPU has the same hardware configuration", kHwcrLeftOut);
const Rule kUniformTopMem = Uniform<registers::kTopMem, Guests::kLeftOut>(
    "uniform.top_mem", "Every CPU sees the same memory below 4 GiB");
const Rule kUniformTopMem2 = Uniform<registers::kTopMem2, Guests::kLeftOut>(
    "uniform.top_mem2", "Every CPU sees the same memory above 4 GiB");
const Rule kUniformSmmAddr = Uniform<registers::kSmmAddr, Guests::kLeftOut>(
    "uniform.smm_addr", "Every CPU has its SMM memory at the same place");
const Rule kUniformSmmMask = Uniform<kSmmMask, Guests::kLeftOut>(
    "uniform.smm_mask", "Every CPU has the same size and type of SMM memory", kSmmMaskLeftOut);
const Rule kUniformVmCr = Uniform<kVmCr, Guests::kLeftOut>(
    "uniform.vm_cr", "Every CPU treats INIT, A20 and external debug ports the same", kVmCrLeftOut);
const Rule kUniformSevStatus = Uniform<registers::kSevStatus>(
    "uniform.sev_status", "Every CPU runs with the same SEV features");

}  // namespace vtprobe::rules
