// The microcode is what the vendors' advisories name. A table of this project says
// which that is (microcode-levels.toml); since it ages, and a revision alone makes
// no machine unfit, it is told with the table's date and fails nothing unless a
// profile asks for it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "rules.h"
#include "vtprobe/probes/microcode_levels.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kBiosSignId;
using registers::kPlatformId;

// Others give signatures of their own, which may be as one of these.
constexpr Requirement kIsInTheTable = registers::MadeBy(MakerSet(Vendor::kIntel, Vendor::kAmd));

constexpr std::array<std::string_view, 2> kAnyLevels = {"any", "levels"};
constexpr Parameter kParameters[] = {
    {.name = "expect",
     .meaning = "whether a revision below the built-in levels is a failure; any: it is shown",
     .choices = kAnyLevels},
    {.name = "minimum",
     .kind = Parameter::Kind::kFloors,
     .meaning = "the lowest revision, by CPU signature, in place of the built-in levels"}};

// What an emulator tells of a CPU that it made up, Intel's and AMD's: [qemu]
// target/i386/cpu.c (x86_cpu_realizefn, ucode_rev), which follows [linux]
// arch/x86/kvm/svm/svm.c (__svm_vcpu_reset). No level is as low.
constexpr std::array<std::uint64_t, 2> kMadeUp = {0x1, 0x1000065};

// Firmware that lacks its part of the mend makes the CPU refuse later microcode:
// [linux] arch/x86/kernel/cpu/microcode/amd.c (verify_patch).
constexpr std::string_view kBehindFirmware = "AMD-SB-7033";
constexpr std::string_view kUpdateFirmware =
    "Update the firmware: until it has its part of the mend (AMD-SB-7033), an operating system "
    "can't load microcode of these levels.";

std::uint64_t RevisionOf(const CheckedCpu& cpu) {
  const bool amd =
      registers::Meets(cpu.registers(), registers::kAmdCompatible) == Presence::kPresent;
  return (amd ? kBiosSignId["PATCH_LEVEL"] : kBiosSignId["MICROCODE_REVISION"])
      .Extract(cpu[kBiosSignId]);
}

// The rows that may be this CPU's: where its platform is not known, those of each.
std::vector<const MicrocodeLevel*> RowsOf(std::uint32_t signature, const MsrReading& platform) {
  std::vector<const MicrocodeLevel*> rows;
  for (const MicrocodeLevel& row : MicrocodeLevelsOf(signature)) {
    const bool is_of_others =
        row.platforms != 0 && platform.Knows(kPlatformId["PLATFORM_ID"].mask()) &&
        (row.platforms >> kPlatformId["PLATFORM_ID"].Extract(platform.known_bits()) & 1) == 0;
    if (!is_of_others) rows.push_back(&row);
  }
  return rows;
}

// Whether the revision may be an earlier one or a later one than the level, as far as
// anybody published: the first byte tells numberings apart. Intel went on from 0x1d to
// 0x2400001f (Jasper Lake, [intel/mcu] microcode-20220207), so a lower one is an
// earlier one. A higher one than any release has is seen on early machines (Lakefield
// with 0x24000022, whose releases are 0x28 to 0x33).
bool IsOfAnotherNumbering(std::uint64_t revision, std::uint32_t level) {
  constexpr unsigned kFirstByte = 24;
  return revision >> kFirstByte > level >> kFirstByte;
}

// "0xa0011d7 (AMD-SB-7029), 0xa0011db (AMD-SB-7033)"
std::string InWords(const std::vector<const MicrocodeLevel*>& rows) {
  std::string text;
  for (const MicrocodeLevel* const row : rows) {
    text += fmt::format("{}{:#x} ({})", text.empty() ? "" : ", ", row->level, row->advisories);
  }
  return text;
}

Opinion CompareWithTable(const CheckedCpu& cpu, std::uint32_t signature, std::uint64_t revision) {
  const MsrReading platform = cpu.registers().Msr(kPlatformId.address);
  const std::vector<const MicrocodeLevel*> rows = RowsOf(signature, platform);
  if (rows.empty()) {
    return {Outcome::kNotApplicable,
            fmt::format("The table of {} has no level for CPU signature {:#x}.",
                        MicrocodeLevelsDate(), signature)};
  }
  std::vector<const MicrocodeLevel*> missed;
  bool depends_on_platform = false;
  for (const MicrocodeLevel* const row : rows) {
    if (revision < row->level) missed.push_back(row);
    depends_on_platform |= row->platforms != rows.front()->platforms;
  }
  const bool is_other = std::all_of(rows.begin(), rows.end(), [&](const MicrocodeLevel* row) {
    return IsOfAnotherNumbering(revision, row->level);
  });
  if (is_other) {
    return {
        Outcome::kIndeterminate,
        fmt::format("Microcode {:#x} is of another numbering than {}, of the table of {}: which "
                    "is the later is not known.",
                    revision, InWords(rows), MicrocodeLevelsDate())};
  }
  if (missed.empty()) {
    return {Outcome::kPass, fmt::format("Microcode {:#x} is at least {}, by the table of {}.",
                                        revision, InWords(rows), MicrocodeLevelsDate())};
  }
  if (depends_on_platform && missed.size() != rows.size()) {
    return {.outcome = Outcome::kIndeterminate,
            .message = fmt::format("Which of {} is asked of microcode {:#x} depends on "
                                   "{}, which is not known.",
                                   InWords(rows), revision, kPlatformId.name),
            .unread = platform.known() == 0 ? std::optional(platform.error()) : std::nullopt};
  }
  const bool needs_firmware =
      std::any_of(missed.begin(), missed.end(), [](const MicrocodeLevel* row) {
        return row->advisories.find(kBehindFirmware) != std::string_view::npos;
      });
  return {.outcome = cpu.Choice("expect") == kAnyLevels.back() ? Outcome::kFail : Outcome::kWarn,
          .message = fmt::format("Microcode {:#x} is older than {}, by the table of {}.", revision,
                                 InWords(missed), MicrocodeLevelsDate()),
          .remedy = needs_firmware ? kUpdateFirmware : std::string_view()};
}

Opinion HasLevel(const CheckedCpu& cpu) {
  const auto signature = registers::Read(cpu.registers(), registers::kCpuid1Eax);
  if (!signature) return {Outcome::kIndeterminate, "The CPU's signature was not read."};
  const std::uint64_t revision = RevisionOf(cpu);
  if (const RevisionFloors* const floors = cpu.Floors("minimum")) {
    if (const auto floor = floors->find(*signature); floor != floors->end()) {
      const bool reached = revision >= floor->second;
      return {
          reached ? Outcome::kPass : Outcome::kFail,
          fmt::format("Microcode {:#x} is {} {:#x}, the profile's level for CPU signature {:#x}.",
                      revision, reached ? "at least" : "older than", floor->second, *signature)};
    }
  }
  if (revision == 0 && cpu.Choice("expect") != kAnyLevels.back()) {
    return {Outcome::kNotApplicable, "No microcode update is loaded (revision 0)."};
  }
  if (std::find(kMadeUp.begin(), kMadeUp.end(), revision) != kMadeUp.end()) {
    return {Outcome::kNotApplicable,
            fmt::format("Microcode {:#x} is what an emulator makes up.", revision)};
  }
  return CompareWithTable(cpu, *signature, revision);
}

}  // namespace

const Rule kMicrocodeAdvisories{
    .id = "cpu.microcode.advisories",
    .title = "The microcode is what the vendors' advisories name",
    .spec = "[intel/mcu], [linux] arch/x86/kernel/cpu/microcode/amd.c",
    .severity = Severity::kLow,
    .remedy =
        "Update the firmware, or install the operating system's microcode package "
        "(intel-microcode, amd64-microcode) and reboot.",
    .msrs = {&kBiosSignId},
    .also = {&kPlatformId},
    .parameters = kParameters,
    .otherwise = "The table of levels is of Intel's and AMD's CPUs.",
    .applies = &kIsInTheTable,
    .check = HasLevel};

}  // namespace vtprobe::rules
