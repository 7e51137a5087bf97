// The microcode is at least the one that a profile asks for. Which that is
// depends on the processor's signature, so a profile has a floor for each.

#include <fmt/format.h>

#include "rules.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kBiosSignId;

Opinion IsAtLeastMinimum(const CheckedCpu& cpu) {
  const Field half =
      registers::Meets(cpu.registers(), registers::kAmdCompatible) == Presence::kPresent
          ? kBiosSignId["PATCH_LEVEL"]
          : kBiosSignId["MICROCODE_REVISION"];
  const std::uint64_t revision = half.Extract(cpu[kBiosSignId]);
  if (const RevisionFloors* const floors = cpu.Floors("minimum")) {
    const auto signature = registers::Read(cpu.registers(), registers::kCpuid1Eax);
    if (!signature) return {Outcome::kIndeterminate, "The CPU's signature was not read."};
    const auto floor = floors->find(*signature);
    if (floor == floors->end()) {
      return {Outcome::kNotApplicable,
              fmt::format("The profile has no minimum for CPU signature {:#x}.", *signature)};
    }
    if (revision < floor->second) {
      return {Outcome::kFail, fmt::format("Microcode {:#x} is older than {:#x}, the profile's "
                                          "minimum for CPU signature {:#x}.",
                                          revision, floor->second, *signature)};
    }
  }
  if (revision == 0) return {Outcome::kWarn, "No microcode update is loaded (revision 0)."};
  return {Outcome::kPass, fmt::format("Microcode {:#x} is loaded.", revision)};
}

constexpr Parameter kMinimum[] = {{.name = "minimum",
                                   .kind = Parameter::Kind::kFloors,
                                   .meaning = "the lowest revision, by CPU signature"}};

}  // namespace

const Rule kMicrocodeMinimum{
    .id = "cpu.microcode.minimum",
    .title = "The microcode is recent enough",
    .spec = "[intel/sdm-vol3] 10.11.7.1, [amd/apm-vol2] A.8",
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, or install the operating system's microcode package "
        "(intel-microcode, amd64-microcode) and reboot.",
    .msrs = {&kBiosSignId},
    .parameters = kMinimum,
    .check = IsAtLeastMinimum};

}  // namespace vtprobe::rules
