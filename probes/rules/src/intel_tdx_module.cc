// What a TDX module asks of every CPU before it starts, beside its keys and its
// range of memory: nothing that runs outside may disturb or overhear a trust domain.
// Below src/vmm_dispatcher/api_calls of [intel/tdx-module], tdh_sys_init.c refuses a
// host of which the first CPU is otherwise, and tdh_sys_lp_init.c one of which
// another differs from it. profiles/tdx-host.toml lists the conditions with the rule
// that stands for each.

#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common_rules.h"
#include "rules.h"
#include "tdx.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kArchCapabilities;
using registers::kMiscEnable;
using registers::kMiscPackageCtls;
using registers::kPerfCapabilities;
using registers::kSgxSvnStatus;
using registers::kVmxBasic;
using registers::kVmxCr0Fixed0;
using registers::kVmxCr0Fixed1;
using registers::kVmxCr4Fixed0;
using registers::kVmxCr4Fixed1;
using registers::kVmxEptVpidCap;
using registers::kVmxMisc;
using registers::kXapicDisableStatus;

constexpr std::string_view kNewerMicrocode =
    "Update the firmware, which loads the microcode; where that does not help, these CPUs can't "
    "host trust domains.";

// The bits of these names.
consteval std::uint64_t Mask(const MsrDef& msr, std::initializer_list<std::string_view> names) {
  std::uint64_t mask = 0;
  for (const std::string_view name : names) mask |= msr[name].mask();
  return mask;
}

// check_native_ia32_arch_capabilities(), src/common/helpers/virt_msr_helpers.h.
constexpr std::uint64_t kFreeOf = Mask(
    kArchCapabilities, {"RDCL_NO", "IBRS_ALL", "SKIP_L1DFL_VMENTRY", "MDS_NO", "IF_PSCHANGE_MC_NO",
                        "TAA_NO", "MISC_PACKAGE_CTLS", "ENERGY_FILTERING_CTL", "DOITM",
                        "SBDR_SSDP_NO", "FBSDP_NO", "PSDP_NO", "XAPIC_DISABLE_STATUS"});

// What a trust domain's VMCS uses. The lists of controls change with the module's
// version, and are compared between CPUs alone (uniform.vmx_capabilities).
constexpr std::uint64_t kBasic = Mask(kVmxBasic, {"INS_OUTS_INFO", "TRUE_CONTROLS"});
constexpr std::uint64_t kMisc =
    Mask(kVmxMisc,
         {"STORE_EFER_LMA", "ACTIVITY_HLT", "ACTIVITY_SHUTDOWN", "PT_IN_VMX", "VMWRITE_ANY_FIELD"});
constexpr std::uint64_t kEptVpid =
    Mask(kVmxEptVpidCap, {"EXECUTE_ONLY", "PAGE_WALK_4", "MEMORY_TYPE_WB", "PAGES_2M", "PAGES_1G",
                          "INVEPT", "ACCESSED_DIRTY", "INVEPT_SINGLE_CONTEXT", "INVEPT_ALL_CONTEXT",
                          "INVVPID", "INVVPID_INDIVIDUAL_ADDRESS"});
constexpr std::uint64_t kMaxVmcs = 2048;  // bytes, TD_VMCS_SIZE of src/common/x86_defs/vmcs_defs.h
constexpr std::uint64_t kMinCr3Targets = 4;
// CR0 is PE and NE at first, CR4 MCE and VMXE. PE and PG may be anything in a guest
// that is unrestricted. [intel/sdm-vol3] 2.5, 24.8
constexpr std::uint64_t kCr0 = 0x21;
constexpr std::uint64_t kCr0AnyInGuest = 0x8000'0001;
constexpr std::uint64_t kCr4 = 0x2040;

// Bits that must be 1 or may not be 1, of a value that a trust domain starts with.
std::optional<Opinion> Forbids(const CheckedCpu& cpu, const MsrDef& fixed0, const MsrDef& fixed1,
                               std::uint64_t value, std::uint64_t ignored) {
  const std::uint64_t ones = cpu[fixed0] & ~(value | ignored);
  if (ones != 0) {
    return Opinion{Outcome::kFail, fmt::format("{} asks for bits {:#x}, which a trust domain "
                                               "has clear.",
                                               fixed0.name, ones)};
  }
  const std::uint64_t zeros = value & ~std::uint64_t{cpu[fixed1] & value};
  if (zeros == 0) return std::nullopt;
  return Opinion{Outcome::kFail, fmt::format("{} forbids bits {:#x}, which a trust domain has set.",
                                             fixed1.name, zeros)};
}

Opinion OffersWhatIsUsed(const CheckedCpu& cpu) {
  using Asked = std::pair<const MsrDef*, std::uint64_t>;
  for (const auto& [msr, ones] :
       {Asked{&kVmxBasic, kBasic}, Asked{&kVmxMisc, kMisc}, Asked{&kVmxEptVpidCap, kEptVpid}}) {
    Opinion opinion = ExpectBits(cpu, *msr, ones, 0);
    if (msr == &kVmxEptVpidCap) opinion.follows = "intel.vmx.ept_vpid";
    if (opinion.outcome != Outcome::kPass) return opinion;
  }
  const std::uint64_t size = kVmxBasic["VMCS_REGION_SIZE"].Extract(cpu[kVmxBasic]);
  if (size > kMaxVmcs) {
    return {Outcome::kFail, fmt::format("A VMCS takes {} bytes, and a trust domain has {} for it.",
                                        size, kMaxVmcs)};
  }
  const std::uint64_t targets = kVmxMisc["CR3_TARGET_COUNT"].Extract(cpu[kVmxMisc]);
  if (targets < kMinCr3Targets) {
    return {Outcome::kFail, fmt::format("CR3_TARGET_COUNT is {} and should be {} at least.",
                                        targets, kMinCr3Targets)};
  }
  if (auto opinion = Forbids(cpu, kVmxCr0Fixed0, kVmxCr0Fixed1, kCr0, kCr0AnyInGuest)) {
    return *std::move(opinion);
  }
  return Forbids(cpu, kVmxCr4Fixed0, kVmxCr4Fixed1, kCr4, 0).value_or(Opinion{});
}

constexpr Parameter kSvn[] = {{.name = "minimum",
                               .kind = Parameter::Kind::kNumber,
                               .meaning = "the lowest SEAMLDR_SVN that is accepted"}};

Opinion IsNewEnough(const CheckedCpu& cpu) {
  const std::uint64_t svn = kSgxSvnStatus["SEAMLDR_SVN"].Extract(cpu[kSgxSvnStatus]);
  const std::optional<std::uint64_t> minimum = cpu.Number("minimum");
  if (minimum && svn < *minimum) {
    return {Outcome::kFail,
            fmt::format("SEAMLDR_SVN is {}; the profile asks for {}.", svn, *minimum)};
  }
  if (svn == 0) return {Outcome::kWarn, "SEAMLDR_SVN is 0: no loader's version stands there."};
  return {Outcome::kPass, fmt::format("SEAMLDR_SVN is {}.", svn)};
}

}  // namespace

const Rule kIntelTdxXapicDisabled{
    .id = "intel.tdx.xapic_disabled",
    .title = "x2APIC mode can't be left",
    .spec = kXapicDisableStatus.spec,
    .severity = Severity::kHigh,
    .remedy =
        "Firmware setup: enable x2APIC (\"Extended APIC\", and no \"X2APIC Opt Out\"), without "
        "which TDX does not start; if CPUs differ, update the firmware.",
    .msrs = {&kXapicDisableStatus},
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .check = BitsAre<kXapicDisableStatus, kXapicDisableStatus["LEGACY_XAPIC_DISABLED"].mask()>};

const Rule kIntelTdxEnergyFiltering{
    .id = "intel.tdx.energy_filtering",
    .title = "Energy is told through a filter",
    .spec = kMiscPackageCtls.spec,
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which sets this on every package where it switches TDX on; if it "
        "stays, give the vendor a recording (vtprobe record).",
    .msrs = {&kMiscPackageCtls},
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .check = BitsAre<kMiscPackageCtls, kMiscPackageCtls["ENERGY_FILTERING_ENABLE"].mask()>};

const Rule kIntelTdxArchCapabilities{
    .id = "intel.tdx.arch_capabilities",
    .title = "The CPU is free of the issues that a TDX module does not work around",
    .spec = "[intel/tdx-module] src/common/helpers/virt_msr_helpers.h, [intel/sdm-vol4] table 2-2",
    .severity = Severity::kHigh,
    .remedy = kNewerMicrocode,
    .msrs = {&kArchCapabilities},
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .check = BitsAre<kArchCapabilities, kFreeOf, kArchCapabilities["RSBA"].mask()>,
    .judge = IsSoWhereAlike<kUniformArchCapabilities>};

const Rule kIntelTdxPerformanceMonitoring{
    .id = "intel.tdx.performance_monitoring",
    .title = "Performance can be monitored, branch traces with it",
    .spec =
        "[intel/tdx-module] src/vmm_dispatcher/api_calls/tdh_sys_init.c, [intel/sdm-vol4] table "
        "2-2",
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which has switched it off; if it stays, give the vendor a recording "
        "(vtprobe record).",
    .msrs = {&kMiscEnable},
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .check = BitsAre<kMiscEnable, kMiscEnable["PERFORMANCE_MONITORING"].mask(),
                     kMiscEnable["BTS_UNAVAILABLE"].mask()>,
    .judge = IsSoWhereAlike<kUniformMiscEnable>};

const Rule kIntelTdxPerfCapabilities{
    .id = "intel.tdx.perf_capabilities",
    .title = "Counters can be written in full width, and stop in SMM",
    .spec =
        "[intel/tdx-module] src/vmm_dispatcher/api_calls/tdh_sys_init.c, [intel/sdm-vol4] table "
        "2-2",
    .severity = Severity::kHigh,
    .remedy = kNewerMicrocode,
    .msrs = {&kPerfCapabilities},
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .check = BitsAre<kPerfCapabilities, Mask(kPerfCapabilities, {"SMM_FREEZE", "FW_WRITE"})>,
    .judge = IsSoWhereAlike<kUniformPerfCapabilities>};

const Rule kIntelTdxVmx{
    .id = "intel.tdx.vmx",
    .title = "VMX offers what a trust domain uses",
    .spec =
        "[intel/tdx-module] src/vmm_dispatcher/api_calls/tdh_sys_init.c (check_vmx_msrs), "
        "[intel/sdm-vol3] appendix A",
    .severity = Severity::kHigh,
    .remedy = kNewerMicrocode,
    .msrs = {&kVmxBasic, &kVmxMisc, &kVmxCr0Fixed0, &kVmxCr0Fixed1, &kVmxCr4Fixed0, &kVmxCr4Fixed1,
             &kVmxEptVpidCap},
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .check = OffersWhatIsUsed,
    .judge = IsSoWhereAlike<kUniformVmxCapabilities>};

const Rule kIntelTdxSeamldr{
    .id = "intel.tdx.seamldr",
    .title = "The loader of the TDX module is recent enough",
    .spec = kSgxSvnStatus.spec,
    .severity = Severity::kMedium,
    .remedy = "Update the firmware, which brings the loader (SEAMLDR) along.",
    .msrs = {&kSgxSvnStatus},
    .parameters = kSvn,
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .check = IsNewEnough};

}  // namespace vtprobe::rules
