// System-management mode has memory of its own, which nobody else may touch.
// SMM_MASK switches the protection on, SMMLOCK makes it stay as it is: a CPU on
// which either was forgotten lets the operating system rewrite firmware's most
// privileged code.

#include "rules.h"
#include "shapes.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kHwcr;
using registers::kSmmMask;

constexpr std::string_view kRemedy =
    "No setup option changes this: update the firmware, and if it stays, give the vendor a "
    "recording (vtprobe record).";

Opinion CheckRanges(const CheckedCpu& cpu) {
  const std::uint64_t mask = cpu[kSmmMask];
  Opinion opinion = ExpectBits(cpu, kSmmMask, kSmmMask["TValid"].mask(),
                               kSmmMask["AClose"].mask() | kSmmMask["TClose"].mask());
  if (opinion.outcome != Outcome::kPass || kSmmMask["AValid"].IsSet(mask)) return opinion;
  // Firmware that keeps no SMM code there (coreboot) never switches it on.
  return {Outcome::kWarn,
          "SMM_MASK: AValid is 0, so that A0000H to BFFFFH is not protected. That is harmless if "
          "firmware keeps no SMM code there."};
}

}  // namespace

const Rule kAmdSmmLocked{.id = "amd.hwcr.smmlock",
                         .title = "The registers of system-management mode are locked",
                         .spec = "[amd/ppr-19-01] MSRC001_0015",
                         .severity = Severity::kHigh,
                         .remedy = kRemedy,
                         .msrs = {&kHwcr},
                         .check = BitsAre<kHwcr, kHwcr["SMMLOCK"].mask()>};

const Rule kAmdSmmProtected{.id = "amd.smm_mask.protected",
                            .title = "The memory of system-management mode is protected",
                            .spec = "[amd/apm-vol2] 10.2.5, [amd/ppr-19-01] MSRC001_0113",
                            .severity = Severity::kHigh,
                            .remedy = kRemedy,
                            .msrs = {&kSmmMask},
                            .check = CheckRanges};

}  // namespace vtprobe::rules
