// What IA32_FEATURE_CONTROL says besides VT-x: TXT, SGX and local machine
// checks, each of which firmware switches on or off for all CPUs; and the bits
// that nobody has given a meaning.

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kFeatureControl;
using registers::kMcgCap;

constexpr std::string_view kHalfOnRemedy =
    "No setting does this: update the firmware, which sets all of these bits or none; if it stays, "
    "report it to the vendor with a recording (vtprobe record).";

// SENTER_GLOBAL is the switch. A bit of SENTER_LOCAL allows one of SENTER's
// functions, and the manual lets firmware choose which. As a rule it sets all or
// none, and coreboot calls SENTER disabled where one is clear.
SwitchPosition Senter(const CheckedCpu& cpu) {
  constexpr Field kLocal = kFeatureControl["SENTER_LOCAL"];
  const AskedBits value = cpu[kFeatureControl];
  const bool is_on = kFeatureControl["SENTER_GLOBAL"].IsSet(value);
  if ((value & kLocal.mask()) == (is_on ? kLocal.mask() : 0)) return {is_on};
  SwitchPosition half{.is_on = is_on, .remedy = kHalfOnRemedy};
  half.odd = {Outcome::kWarn,
              fmt::format("SENTER_GLOBAL is {:d} and SENTER_LOCAL {:#x}: TXT is {}", is_on,
                          kLocal.Extract(value),
                          is_on ? "on, without the functions of SENTER whose bits are clear."
                                : "off, whatever SENTER_LOCAL says."),
              kHalfOnRemedy};
  return half;
}

SwitchPosition LaunchControl(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kFeatureControl];
  const bool on = kFeatureControl["SGX_LAUNCH_CONTROL"].IsSet(value);
  if (kFeatureControl["SGX"].IsSet(value)) return {on};
  if (on) return {on, {Outcome::kWarn, "SGX launch control is on, and SGX itself is off."}};
  return {.is_on = false, .follows = "intel.sgx.enabled"};
}

constexpr Requirement kSenterIsOn = registers::AllOf(
    registers::kSmx, registers::kVmx, registers::Has(kFeatureControl, "SENTER_GLOBAL"));

SwitchPosition Lmce(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kFeatureControl];
  const bool on = kFeatureControl["LMCE"].IsSet(value);
  if (!on || kFeatureControl["LOCK"].IsSet(value)) return {on};
  return {on, {Outcome::kWarn, "LMCE is on, and has no effect until the register is locked."}};
}

constexpr Requirement kOffersSmx = registers::kSmx;
constexpr Requirement kOffersSgx = registers::kSgx;
constexpr Requirement kOffersLaunchControl =
    registers::AllOf(registers::kSgx, registers::kCpuid7Ecx["SGX_LC"]);
constexpr Requirement kOffersLmce = registers::Has(kMcgCap, "MCG_LMCE_P");
// The one design on which the bit of that name is not reserved.
constexpr Requirement kIsCore2 = registers::Is(Only(Design::kCore2));

Opinion ReservedBitsAreClear(const CheckedCpu& cpu) {
  constexpr Field kSmrr = kFeatureControl["SMRR"];
  const bool is_smrr_wrong = kSmrr.IsSet(cpu[kFeatureControl]) &&
                             registers::Meets(cpu.registers(), kIsCore2) != Presence::kPresent;
  return ExpectBits(cpu, kFeatureControl, 0,
                    ~kFeatureControl.fields.mask() | (is_smrr_wrong ? kSmrr.mask() : 0));
}

}  // namespace

const Rule kIntelTxtSenter{
    .id = "intel.txt.senter",
    .title = "TXT is as expected, on every CPU",
    .spec =
        "[intel/sdm-vol2] 6.2.1, [intel/sdm-vol4] table 2-2, [coreboot/coreboot] "
        "src/security/intel/txt/getsec.c",
    .severity = Severity::kMedium,
    .remedy =
        "Firmware setup: switch \"Trusted Execution Technology\" (TXT) on or off, then power "
        "off completely; if CPUs differ, update the firmware.",
    .msrs = {&kFeatureControl},
    .parameters = kExpect,
    .otherwise = "These CPUs do not offer safer mode (CPUID SMX), which TXT needs.",
    .applies = &kOffersSmx,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeOnOff(rule, input, "TXT (GETSEC[SENTER])", Senter);
    }};

// A kernel that was launched by SENTER runs in SMX operation, where VMXON needs
// VMX_IN_SMX. Linux under tboot says "VMX (inside TXT) disabled by BIOS" else.
const Rule kIntelTxtVmx{
    .id = "intel.txt.vmx_in_smx",
    .title = "VMX under a measured launch is allowed or not, as expected, on every CPU",
    .spec = "[intel/sdm-vol3] 24.7, [linux/feat-ctl]",
    .severity = Severity::kMedium,
    .remedy =
        "Firmware setup: enable \"Intel Virtualization Technology\" (VT-x, VMX) together with "
        "\"Trusted Execution Technology\", then power off completely; if VMX_IN_SMX stays clear, "
        "update the firmware.",
    .msrs = {&kFeatureControl},
    .parameters = kExpect,
    .depends_on = "intel.txt.senter",
    .otherwise = "TXT (GETSEC[SENTER]) is off, or these CPUs do not offer VMX.",
    .applies = &kSenterIsOn,
    .judge = IsSwitched<kFeatureControl["VMX_IN_SMX"].mask()>};

const Rule kIntelSgxEnabled{
    .id = "intel.sgx.enabled",
    .title = "SGX is as expected, on every CPU",
    .spec = "[intel/sdm-vol4] table 2-2",
    .severity = Severity::kMedium,
    .remedy =
        "Firmware setup: switch \"Software Guard Extensions\" (SGX) on or off, then power "
        "off completely; if CPUs differ, update the firmware.",
    .msrs = {&kFeatureControl},
    .parameters = kExpect,
    .otherwise = "These CPUs do not offer SGX.",
    .applies = &kOffersSgx,
    .judge = IsSwitched<kFeatureControl["SGX"].mask()>};

const Rule kIntelSgxLaunchControl{
    .id = "intel.sgx.launch_control",
    .title = "SGX launch control is as expected, on every CPU",
    .spec = "[intel/sdm-vol4] table 2-2",
    .severity = Severity::kMedium,
    .remedy =
        "Firmware setup: \"SGX Launch Control Policy\"; unlocked (flexible launch control) "
        "is what Linux needs. If CPUs differ, update the firmware.",
    .msrs = {&kFeatureControl},
    .parameters = kExpect,
    .depends_on = "intel.sgx.enabled",
    .otherwise = "These CPUs do not offer SGX launch control.",
    .applies = &kOffersLaunchControl,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeOnOff(rule, input, "SGX launch control", LaunchControl);
    }};

const Rule kIntelLmceEnabled{
    .id = "intel.lmce.enabled",
    .title = "Local machine checks are as expected, on every CPU",
    .spec = "[intel/sdm-vol3] 16.3.1.5, [intel/sdm-vol4] table 2-2",
    .severity = Severity::kMedium,
    .remedy =
        "Firmware setup: switch \"Local Machine Check Exception\" (LMCE, among the RAS "
        "settings) on or off; firmware has to lock the register.",
    .msrs = {&kFeatureControl},
    .parameters = kExpect,
    .otherwise = "These CPUs do not offer local machine checks (MCG_LMCE_P is 0).",
    .applies = &kOffersLmce,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeOnOff(rule, input, "LMCE", Lmce);
    }};

const Rule kIntelFeatureControlReserved{
    .id = "intel.feature_control.reserved",
    .title = "The reserved bits of IA32_FEATURE_CONTROL are clear",
    .spec = "[intel/sdm-vol4] table 2-2, table 2-3",
    .severity = Severity::kLow,
    .remedy = "Update the firmware; it sets bits that the manual reserves.",
    .msrs = {&kFeatureControl},
    .check = ReservedBitsAreClear};

}  // namespace vtprobe::rules
