// An unlocked debug interface lets whoever holds a cable stop the CPU and read
// all of its memory. Firmware switches it off and locks it on every CPU. The
// third bit is sticky and tells of the past, so it alone is no failure: many
// machines as they are sold show it.

#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {

namespace {

using registers::kDebugInterface;

constexpr std::string_view kVendorsFault =
    "No setting does this: update the firmware, which locks the register on every CPU; if it "
    "stays, report it to the vendor with a recording (vtprobe record).";

Opinion IsOffAndLocked(const CheckedCpu& cpu) {
  Opinion opinion = ExpectBits(cpu, kDebugInterface, kDebugInterface["LOCK"].mask(),
                               kDebugInterface["ENABLE"].mask());
  const AskedBits value = cpu[kDebugInterface];
  if (opinion.outcome != Outcome::kPass) {
    if (!kDebugInterface["ENABLE"].IsSet(value)) opinion.remedy = kVendorsFault;
    return opinion;
  }
  if (!kDebugInterface["DEBUG_OCCURRED"].IsSet(value)) return opinion;
  return {Outcome::kWarn,
          "Silicon debug is off and locked; DEBUG_OCCURRED is 1: it was on at some time since the "
          "last reset.",
          "Power the machine off completely and look again. Where it stays, firmware itself "
          "switches it on for a while, which its vendor can explain."};
}

}  // namespace

const Rule kIntelDebugInterface{
    .id = "intel.debug_interface.locked",
    .title = "Silicon debug is off and locked",
    .spec = "[intel/sdm-vol3] 18.19, [intel/sdm-vol4] table 2-2",
    .severity = Severity::kHigh,
    .remedy =
        "Switch off debug support (\"Direct Connect Interface\", \"CPU Run Control\") in "
        "firmware setup; production firmware locks it.",
    .msrs = {&kDebugInterface},
    .check = IsOffAndLocked};

}  // namespace vtprobe::rules
