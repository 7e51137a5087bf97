// Whether memory has types at all: with MTRRs off all of it is uncacheable, and with
// the fixed ones off what lies below 1 MiB has another type than firmware meant.

#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kMtrrCap;
using registers::kMtrrDefType;

Opinion AreOn(const CheckedCpu& cpu) {
  const bool has_fixed = kMtrrCap["FIX"].IsSet(cpu[kMtrrCap]);
  return ExpectBits(cpu, kMtrrDefType,
                    kMtrrDefType["E"].mask() | (has_fixed ? kMtrrDefType["FE"].mask() : 0), 0);
}

}  // namespace

const Rule kMtrrEnabled{
    .id = "cpu.mtrr.enabled",
    .title = "Memory type ranges are on",
    .spec = kMtrrDefType.spec,
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which switches the MTRRs on; if it stays, give the vendor a "
        "recording (vtprobe record).",
    .msrs = {&kMtrrCap, &kMtrrDefType},
    .check = AreOn,
    .judge = IsSoWhereAlike<kUniformMtrrs>};

}  // namespace vtprobe::rules
