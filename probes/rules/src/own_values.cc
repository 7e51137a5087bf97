// Registers of which each CPU, or each package, has a value of its own: where two
// have the same, one overwrites what the other keeps there, or firmware forgot one.
// CPUs are looked at by value and not by row, since no two of a good machine are
// alike.

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alike_cpus.h"
#include "rows_by_kind.h"
#include "rules.h"
#include "uniformity.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/topology.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kSmmBase;
using registers::kVmHsavePa;

// What CPUs gave for a register, by the bits of a mask.
using ByValue = std::map<std::uint64_t, CpuGathering>;

// What is not quoted for each CPU by itself is mostly not quoted at all.
std::optional<std::vector<Finding>> WhyNotCompared(const Rule& rule, const RuleInput& input,
                                                   const MsrDef& msr) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() == 1) {
    return std::vector{MakeFinding(rule, Outcome::kNotApplicable, online, std::string(kOneCpu))};
  }
  if (input.snapshot.IsRecorded(msr.address)) return std::nullopt;
  return std::vector{MakeFinding(rule, Outcome::kNotApplicable, online,
                                 fmt::format("{} is recorded of no CPU.", msr.name))};
}

// Those that have it and gave it; of the others `findings` says why not. A register
// that was read is there.
ByValue ReadOf(const MsrDef& msr, std::uint64_t mask, const RuleInput& input, Findings* findings) {
  ByValue by_value;
  CpuGathering guests;
  CpuGathering absent;
  CpuGathering unknown;
  for (std::size_t i = 0; i < input.kinds().size(); ++i) {
    const SnapshotRow& kind = input.kinds()[i];
    if (input.rows().IsGuest(i)) {
      guests.Add(kind.cpus());
      continue;
    }
    switch (registers::Meets(kind, msr.present->requirement)) {
      case Presence::kAbsent:
        absent.Add(kind.cpus());
        break;
      case Presence::kUnknown:
        unknown.Add(kind.cpus());
        break;
      case Presence::kPresent:
        break;
    }
  }
  const CpuSet exempt = guests.Together();
  if (!exempt.empty()) {
    findings->AddExempt(exempt, "This is a guest: what firmware set does not show here.");
  }
  const CpuSet asked = input.snapshot.online().Difference(exempt);
  const CpuSet without = absent.Together();
  const CpuSet uncertain = unknown.Together();
  for (const auto& [cpus, reading] : input.snapshot.ReadingsOf(msr.address, asked)) {
    if (reading.Knows(mask)) {
      by_value[reading.known_bits() & mask].Add(cpus);
      continue;
    }
    if (const CpuSet some = cpus.Intersection(without); !some.empty()) {
      findings->AddExempt(some, fmt::format("These CPUs have no {}.", msr.name));
    }
    CpuSet rest = cpus.Difference(without);
    if (reading.error() == AccessCode::kNotRecorded) {
      if (const CpuSet some = rest.Intersection(uncertain); !some.empty()) {
        findings->AddUnread(some, kNotKnownToHave, reading.error(), std::vector<Evidence>());
        rest = rest.Difference(some);
      }
    }
    if (!rest.empty()) {
      findings->AddUnread(rest, NotRead(msr.name, reading.error()), reading.error(),
                          std::vector<Evidence>());
    }
  }
  return by_value;
}

// More of them are counted.
constexpr std::size_t kMaxNamed = 8;

// The values that several CPUs have, with those.
class Shared {
 public:
  void Add(std::uint64_t value, const CpuSet& cpus) {
    if (++count_ <= kMaxNamed) {
      words_ +=
          fmt::format("{}{:#x} on CPUs {}", words_.empty() ? "" : ", ", value, cpus.ToString());
    }
    cpus_.Add(cpus);
  }
  bool empty() const { return count_ == 0; }
  CpuSet cpus() const { return cpus_.Together(); }
  std::string Words() const {
    return count_ <= kMaxNamed ? words_
                               : fmt::format("{}, and {} more", words_, count_ - kMaxNamed);
  }

 private:
  CpuGathering cpus_;
  std::size_t count_ = 0;
  std::string words_;
};

// Where SMM code starts after reset, until firmware moves it; and what emulators
// answer that have none. [amd/apm-vol2] 10.2.4
constexpr std::uint64_t kResetSmmBase = 0x3'0000;
constexpr bool IsMoved(std::uint64_t base) { return base != 0 && base != kResetSmmBase; }

std::vector<Finding> JudgeSmmBase(const Rule& rule, const RuleInput& input) {
  if (auto finding = WhyNotCompared(rule, input, kSmmBase)) return *std::move(finding);
  Findings findings(rule);
  CpuGathering own;
  CpuGathering forgotten;
  Shared shared;
  for (const auto& [base, gathered] : ReadOf(kSmmBase, kSmmBase.fields.mask(), input, &findings)) {
    const CpuSet cpus = gathered.Together();
    if (!IsMoved(base)) {
      forgotten.Add(cpus);
    } else if (cpus.Count() > 1) {
      shared.Add(base, cpus);
    } else {
      own.Add(cpus);
    }
  }
  const std::vector<Evidence> none;
  const CpuSet moved = own.Together();
  if (!shared.empty()) {
    findings.Add(shared.cpus(),
                 {Outcome::kFail, fmt::format("SMM_BASE is the same for several: {}. In SMM one "
                                              "overwrites the state of the other.",
                                              shared.Words())},
                 none);
  }
  if (const CpuSet cpus = forgotten.Together(); !cpus.empty()) {
    findings.Add(cpus,
                 moved.empty() && shared.empty()
                     ? Opinion{Outcome::kNotApplicable,
                               "Firmware has moved SMM_BASE on no CPU: it has no SMM code."}
                     : Opinion{Outcome::kFail,
                               "SMM_BASE is where it was after reset, in memory that anybody can "
                               "write: firmware has moved it on other CPUs alone."},
                 none);
  }
  if (!moved.empty()) {
    findings.Add(moved, {Outcome::kPass, "SMM_BASE is another on each of these CPUs."}, none);
  }
  return findings.Take();
}

std::vector<Finding> JudgeHsave(const Rule& rule, const RuleInput& input) {
  if (auto finding = WhyNotCompared(rule, input, kVmHsavePa)) return *std::move(finding);
  Findings findings(rule);
  CpuGathering own;
  CpuGathering unset;
  Shared shared;
  for (const auto& [page, gathered] :
       ReadOf(kVmHsavePa, kVmHsavePa["HSAVE_PA"].mask(), input, &findings)) {
    const CpuSet cpus = gathered.Together();
    if (page == 0) {
      unset.Add(cpus);
    } else if (cpus.Count() > 1) {
      shared.Add(page, cpus);
    } else {
      own.Add(cpus);
    }
  }
  const std::vector<Evidence> none;
  if (!shared.empty()) {
    findings.Add(shared.cpus(),
                 {Outcome::kFail, fmt::format("VM_HSAVE_PA is the same for several: {}. A guest "
                                              "that ends on one destroys the host's state of the "
                                              "other.",
                                              shared.Words())},
                 none);
  }
  if (const CpuSet cpus = unset.Together(); !cpus.empty()) {
    findings.Add(cpus, {Outcome::kNotApplicable, "VM_HSAVE_PA is 0: no hypervisor has set it."},
                 none);
  }
  if (const CpuSet cpus = own.Together(); !cpus.empty()) {
    findings.Add(cpus, {Outcome::kPass, "VM_HSAVE_PA is another on each of these CPUs."}, none);
  }
  return findings.Take();
}

// The CPUs of each package.
std::vector<CpuSet> Packages(const PlatformSnapshot& snapshot) {
  std::vector<CpuSet> packages;
  for (const std::vector<CpuSet>& cores : PlacesOf(snapshot)) {
    CpuGathering cpus;
    for (const CpuSet& core : cores) cpus.Add(core);
    packages.push_back(cpus.Together());
  }
  return packages;
}

// Numbers are compared and never said: they tell a machine from all others.
std::vector<Finding> JudgePpin(const Rule& rule, const RuleInput& input) {
  const CpuSet& online = input.snapshot.online();
  const bool is_recorded = input.snapshot.IsRecorded(registers::kPpin.address) ||
                           input.snapshot.IsRecorded(registers::kAmdPpin.address);
  if (!is_recorded) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online,
                        "No inventory number is recorded: it identifies the machine, and a "
                        "recording has it only if its owner asks (record --keep-identifiers).")};
  }
  Findings findings(rule);
  const MsrDef& msr =
      input.snapshot.IsRecorded(registers::kPpin.address) ? registers::kPpin : registers::kAmdPpin;
  const ByValue numbers = ReadOf(msr, ~std::uint64_t{0}, input, &findings);
  const std::vector<Evidence> none;
  const std::vector<CpuSet> packages = Packages(input.snapshot);
  CpuGathering read;
  CpuGathering wrong;
  std::string why;
  const auto blame = [&](const CpuSet& cpus, std::string_view words) {
    wrong.Add(cpus);
    why += fmt::format("{}{} (CPUs {})", why.empty() ? "" : "; ", words, cpus.ToString());
  };
  std::map<std::size_t, std::size_t> numbers_of;  // by package
  for (const auto& [number, gathered] : numbers) {
    const CpuSet cpus = gathered.Together();
    read.Add(cpus);
    if (number == 0) {
      blame(cpus, "the number is 0");
      continue;
    }
    std::size_t homes = 0;
    for (std::size_t package = 0; package < packages.size(); ++package) {
      if (cpus.Intersection(packages[package]).empty()) continue;
      ++homes;
      ++numbers_of[package];
    }
    if (homes > 1) blame(cpus, "several packages have the same number");
  }
  for (const auto& [package, count] : numbers_of) {
    if (count > 1) blame(packages[package], "CPUs of one package have different numbers");
  }
  const CpuSet all = read.Together();
  if (const CpuSet odd = wrong.Together(); !odd.empty()) {
    findings.Add(odd, {Outcome::kFail, fmt::format("{}: {}.", msr.name, why)}, none);
  } else if (!all.empty() && packages.empty()) {
    findings.AddUnread(all, "Which CPUs are of one package is not recorded.",
                       AccessCode::kNotRecorded, none);
  } else if (!all.empty()) {
    findings.Add(all, {Outcome::kPass, "Each package has an inventory number of its own."}, none);
  }
  return findings.Take();
}

}  // namespace

const Rule kAmdSmmBaseOwn{
    .id = "amd.smm_base.distinct",
    .title = "Each CPU keeps its state at a place of its own while it is in SMM",
    .spec = kSmmBase.spec,
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which moves SMM_BASE on every CPU; if it stays, give the vendor a "
        "recording (vtprobe record).",
    .reads = [](Selection* selection) { selection->Add(kSmmBase.address); },
    .judge = JudgeSmmBase};

const Rule kAmdVmHsaveOwn{
    .id = "amd.vm_hsave_pa.distinct",
    .title = "Each CPU saves the host's state in a page of its own",
    .spec = kVmHsavePa.spec,
    .severity = Severity::kHigh,
    .remedy = "Update the hypervisor, which gives each CPU a page; start it anew.",
    .reads = [](Selection* selection) { selection->Add(kVmHsavePa.address); },
    .judge = JudgeHsave};

const Rule kPpinDistinct{
    .id = "cpu.ppin.distinct",
    .title = "Each package has an inventory number (PPIN) of its own, the same on all its CPUs",
    .spec = "[intel/sdm-vol4] table 2-2, [amd/ppr-19-01] MSRC001_02F1",
    .severity = Severity::kInfo,
    .remedy =
        "Firmware setup: \"PPIN Control\" has to be unlocked and enabled; of two that are the same "
        "one was not read from its package.",
    .judge = JudgePpin};

}  // namespace vtprobe::rules
