// What firmware has to give SEV-SNP beside its switches: a reverse map table that
// has an entry for each page of memory, and numbers (ASIDs) for guests of which the
// state is encrypted. Linux switches SEV-SNP off for want of either.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "alike_cpus.h"
#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kCpuid8000001FEcx;
using registers::kCpuid8000001FEdx;
using registers::kRmpBase;
using registers::kRmpCfg;
using registers::kRmpEnd;
using registers::kSyscfg;
using registers::kTopMem;
using registers::kTopMem2;

constexpr Requirement kOffersSnp = registers::kSnp;
constexpr Requirement kSnpIsOn = registers::AllOf(registers::kSnp, registers::Has(kSyscfg, "SNPE"));

// An entry takes 16 bytes, and what the CPUs note for themselves stands before the
// first. [linux] arch/x86/virt/svm/sev.c (setup_contiguous_rmptable)
constexpr unsigned kPageBits = 12;
constexpr std::uint64_t kEntry = 16;
constexpr std::uint64_t kBookkeeping = 0x4000;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// The first byte above all memory.
std::uint64_t EndOfMemory(const CheckedCpu& cpu) {
  const std::uint64_t low = cpu[kTopMem] & kTopMem["TOM"].mask();
  if (!kSyscfg["MtrrTom2En"].IsSet(cpu[kSyscfg])) return low;
  return std::max(low, cpu[kTopMem2] & kTopMem2["TOM2"].mask());
}

// The table must have an entry for itself, too.
Opinion CoversMemory(const CheckedCpu& cpu) {
  const auto shape = cpu.Optional(kRmpCfg);
  if (shape && kRmpCfg["SEGMENTED_RMP_EN"].IsSet(*shape)) {
    return {Outcome::kNotApplicable,
            "The RMP is segmented: what it covers stands in memory, not in a register."};
  }
  const std::uint64_t base = cpu[kRmpBase] & kRmpBase["BASE"].mask();
  const std::uint64_t end = (cpu[kRmpEnd] & kRmpEnd["END"].mask()) + kRmpEnd["ONES"].mask() + 1;
  if (base == 0 || base >= end) return {Outcome::kNotApplicable, "There is no RMP."};
  const std::uint64_t memory = std::max(EndOfMemory(cpu), end);
  const std::uint64_t needed = (memory >> kPageBits) * kEntry + kBookkeeping;
  const std::uint64_t size = end - base;
  if (size >= needed) {
    return {Outcome::kPass, fmt::format("The RMP has entries for all memory up to {:#x}.", memory)};
  }
  return {Outcome::kFail,
          fmt::format("The RMP takes {} MiB, and {} MiB are needed for memory up to {:#x}.",
                      size / kMiB, (needed + kMiB - 1) / kMiB, memory)};
}

constexpr Parameter kGuests[] = {{.name = "minimum",
                                  .kind = Parameter::Kind::kNumber,
                                  .meaning = "guests with encrypted state that can run at a time"}};

// Those below MIN_SEV_NO_ES_ASID, from 1 on, are for guests with encrypted state,
// which those of SEV-SNP are.
Opinion HasAsids(const CheckedCpu& cpu) {
  const auto all = registers::Read(cpu.registers(), kCpuid8000001FEcx);
  const auto other = registers::Read(cpu.registers(), kCpuid8000001FEdx);
  if (!all || !other) {
    const AccessCode code = all ? other.error() : all.error();
    return {Outcome::kIndeterminate, NotRead("CPUID.8000001FH", code), {}, {}, code};
  }
  const std::uint64_t guests = std::min<std::uint64_t>(*all, *other == 0 ? 0 : *other - 1);
  if (guests == 0) {
    return {Outcome::kFail, fmt::format("All {} ASIDs are for guests without encrypted state "
                                        "(MIN_SEV_NO_ES_ASID is {}): no guest of SEV-SNP can run.",
                                        *all, *other)};
  }
  const std::optional<std::uint64_t> minimum = cpu.Number("minimum");
  if (minimum && guests < *minimum) {
    return {Outcome::kFail,
            fmt::format("{} guests with encrypted state can run; the profile asks for {}.", guests,
                        *minimum)};
  }
  return {Outcome::kPass, fmt::format("{} guests with encrypted state can run.", guests)};
}

}  // namespace

const Rule kAmdRmpCoverage{
    .id = "amd.rmp.coverage",
    .title = "The reverse map table has an entry for each page of memory",
    .spec = "[linux] arch/x86/virt/svm/sev.c, [amd/apm-vol2] 15.36.4",
    .severity = Severity::kHigh,
    .remedy =
        "Firmware setup (AMD CBS): \"SNP Memory (RMP Table) Coverage\" must be \"Enabled\", which "
        "covers all memory, and not \"Custom\"; then power off completely.",
    .msrs = {&kSyscfg, &kTopMem, &kTopMem2, &kRmpBase, &kRmpEnd, &kRmpCfg},
    .leaves_out_absent = true,
    .depends_on = "amd.rmp.bounds",
    .otherwise = "These CPUs do not offer SEV-SNP.",
    .applies = &kOffersSnp,
    .check = CoversMemory,
    .judge = IsSoWhereAlike<kAmdRmp, kUniformTopMem, kUniformTopMem2, kUniformSyscfg>};

const Rule kAmdSevAsids{
    .id = "amd.sev.asids",
    .title = "Guests of SEV-SNP have ASIDs",
    .spec = "[amd/apm-vol3] E.4.17, [linux] arch/x86/kvm/svm/sev.c (sev_hardware_setup)",
    .severity = Severity::kHigh,
    .remedy =
        "Firmware setup (AMD CBS): \"SEV-ES ASID Space Limit\" must be higher than the number of "
        "SEV-SNP guests that are to run; then power off completely.",
    .msrs = {&kSyscfg},
    .parameters = kGuests,
    .depends_on = "amd.syscfg.snpe",
    .otherwise = "SEV-SNP is off.",
    .applies = &kSnpIsOn,
    .check = HasAsids};

}  // namespace vtprobe::rules
