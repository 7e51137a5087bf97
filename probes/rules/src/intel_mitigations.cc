// What microcode does against leaks between processes, where it can be switched off.

#include <array>

#include "rules.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kMcuOptCtrl;

constexpr Requirement kHasGdsControl = registers::Has(registers::kArchCapabilities, "GDS_CTRL");

// Whether a lock is asked for is a product's choice: Linux sets none, and a firmware
// that does takes away the kernel's parameter.
constexpr std::array<std::string_view, 2> kLockChoices = {"any", "required"};
constexpr Parameter kLock[] = {
    {.name = "lock", .meaning = "whether GDS_MITG_LOCK must be set", .choices = kLockChoices}};

Opinion ProtectsGatheredData(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kMcuOptCtrl];
  if (kMcuOptCtrl["GDS_MITG_DIS"].IsSet(value)) {
    return {Outcome::kFail,
            "GDS_MITG_DIS is 1: processes can read each other's gathered data (Downfall)."};
  }
  if (kMcuOptCtrl["GDS_MITG_LOCK"].IsSet(value)) return {};
  if (cpu.Choice("lock") == "required") {
    return {Outcome::kFail, "GDS_MITG_LOCK is 0: the protection can be switched off.",
            "Update the firmware, which sets GDS_MITG_LOCK; if it stays, give the vendor a "
            "recording (vtprobe record)."};
  }
  return {Outcome::kPass, "Gathered data are protected. GDS_MITG_LOCK is 0: that can be changed."};
}

}  // namespace

const Rule kIntelGds{
    .id = "intel.mcu_opt_ctrl.gds",
    .title = "Gathered data are protected, and that is locked",
    .spec = "[intel/sdm-vol4] table 2-2, [linux] arch/x86/kernel/cpu/bugs.c (update_gds_msr)",
    .severity = Severity::kMedium,
    .remedy =
        "Start the operating system without what switches mitigations off (of Linux "
        "gather_data_sampling=off and mitigations=off).",
    .msrs = {&kMcuOptCtrl},
    .parameters = kLock,
    .otherwise = "These CPUs have no such switch.",
    .applies = &kHasGdsControl,
    .check = ProtectsGatheredData};

}  // namespace vtprobe::rules
