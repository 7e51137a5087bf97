// What a TDX module asks of every CPU before it starts, beside its keys and its
// range of memory: nothing that runs outside may disturb or overhear a trust domain.
// Below src/vmm_dispatcher/api_calls of [intel/tdx-module], tdh_sys_init.c refuses a
// host of which the first CPU is otherwise, and tdh_sys_lp_init.c one of which
// another differs from it.

#include "common_rules.h"
#include "rules.h"
#include "tdx.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kMiscPackageCtls;
using registers::kXapicDisableStatus;

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

}  // namespace vtprobe::rules
