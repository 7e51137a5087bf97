// Machines on which reading goes wrong: each register that a check reads, each
// way to fail, on one, some and all CPUs, at each stage, captured and judged with
// all rules and by a profile. Whatever fails, the answer must never be a better
// one than that of the machine itself.
//
// All of that is 30,000 faults and takes minutes: VTPROBE_FAULTS=all asks for it.
// Without, each register fails in each way once, and on each set of CPUs at each
// stage in one way: a ninth, the same each time; of these a part under a sanitizer.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sanitizer.h"
#include "vtprobe/fixtures/replay_platform.h"
#include "vtprobe/hal/fault_injecting_backend.h"
#include "vtprobe/hal/pinned_workers.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

using Register = std::variant<CpuidLeaf, MsrAddress>;

// A recorded machine and what it is meant to be.
struct Machine {
  const char* name;
  const char* profile;
};

void PrintTo(const Machine& machine, std::ostream* out) { *out << machine.name; }

// Each is in order, or out of it in one respect: switch, lock, agreement, rules.
constexpr std::array kMachines = {
    Machine{"synthetic/server-intel-debug-unlocked-on-one", "hardened"},
    Machine{"synthetic/enabled-sgx-linux-6.1", "sgx-host"},
    Machine{"synthetic/disabled-linux-6.1", "kvm-host"},
    Machine{"synthetic/disabled-centaur", "kvm-host"},
    Machine{"synthetic/mismatch-cpu-17-of-64", "kvm-host"},
    Machine{"synthetic/amd-golden-server", "sev-snp-host"},
    Machine{"synthetic/amd-disabled-locked", "kvm-host"},
    Machine{"synthetic/amd-snpe-off-on-one", "sev-snp-host"},
    Machine{"synthetic/amd-smmlock-clear-on-one", "hardened"},
    Machine{"intel/core2-smx-only-ff03", "kvm-host"},
};

constexpr std::array<std::string_view, 3> kStages = {"pre-os", "os", "guest"};

std::string Described(const Register& reg) {
  if (const auto* const msr = std::get_if<MsrAddress>(&reg)) {
    return "MSR " + std::to_string(Number(*msr));
  }
  const CpuidLeaf leaf = std::get<CpuidLeaf>(reg);
  return "leaf " + std::to_string(leaf.leaf) + "." + std::to_string(leaf.subleaf);
}

// Few CPUs that differ from each other as all of them do: two of each kind.
PlatformSnapshot Reduced(const PlatformSnapshot& machine) {
  CpuSet kept;
  for (const SnapshotRow& row : machine.Rows(CheckedRegisters())) {
    const std::vector<LogicalCpu> cpus = row.cpus().ToVector();
    kept = kept.Union(CpuSet(cpus.front())).Union(CpuSet(cpus.back()));
  }
  return machine.RestrictedTo(kept);
}

// One CPU, every second, all.
std::vector<CpuSet> Subsets(const CpuSet& cpus) {
  CpuSet some;
  const std::vector<LogicalCpu> all = cpus.ToVector();
  for (std::size_t i = 0; i < all.size(); i += 2) some = some.Union(CpuSet(all[i]));
  std::vector<CpuSet> subsets = {CpuSet(all.back())};
  if (some != subsets.front()) subsets.push_back(some);
  if (cpus != some) subsets.push_back(cpus);
  return subsets;
}

struct Fault {
  Register reg;
  AccessCode code;
  CpuSet cpus;
  std::string_view stage;
};

class Faults : public testing::TestWithParam<Machine> {
 protected:
  Faults()
      : machine_(
            Reduced(fixtures::ReplayPlatform(GetParam().name, VTPROBE_SHIPPED_DUMPS).snapshot())),
        truth_(machine_),
        profile_(ParseProfile(FindShippedProfile(GetParam().profile)->text, "2026-01-01").value()) {
  }

  Report Judge(FaultInjectingBackend* backend, std::string_view stage) {
    const CapturePlan plan{
        .registers = CheckedRegisters(), .distinct_apic_ids = false, .sequential = true};
    Metadata metadata = machine_.metadata();
    metadata.Set(meta::kStage, stage);
    return MakeReport(Capture(plan, machine_.online(), machine_.offline(), std::move(metadata),
                              *backend, *backend, workers_),
                      "test", std::nullopt, &profile_);
  }

  Report True(std::string_view stage) {
    FaultInjectingBackend untouched(truth_, truth_);
    return Judge(&untouched, stage);
  }

  // Each register of which the machine has anything.
  std::vector<Register> Accesses() const {
    std::vector<Register> accesses;
    const Selection recorded = machine_.Everything();
    const Selection checked = CheckedRegisters();
    for (const auto& [leaf, mask] : checked.cpuid) {
      if (recorded.cpuid.contains(leaf)) accesses.emplace_back(leaf);
    }
    for (const MsrAddress msr : checked.msrs) {
      if (std::binary_search(recorded.msrs.begin(), recorded.msrs.end(), msr)) {
        accesses.emplace_back(msr);
      }
    }
    return accesses;
  }

  std::vector<Fault> FaultsToTry() const {
    const char* const asked = std::getenv("VTPROBE_FAULTS");
    const bool is_all = asked != nullptr && std::string_view(asked) == "all";
    const std::vector<CpuSet> subsets = Subsets(machine_.online());
    const std::size_t places = subsets.size() * kStages.size();
    std::vector<Fault> faults;
    std::size_t turn = 0;
    for (const Register& reg : Accesses()) {
      for (const AccessCode code : kAllAccessCodes) {
        for (std::size_t i = 0; i < (is_all ? places : 1); ++i) {
          const std::size_t place = turn % places;
          if (turn++ % kStride != 0) continue;
          faults.push_back(
              {reg, code, subsets[place / kStages.size()], kStages[place % kStages.size()]});
        }
      }
    }
    return faults;
  }

  PlatformSnapshot machine_;
  ReplayBackend truth_;
  Profile profile_;
  PinnedWorkers workers_;
};

// What a rule thought of each CPU.
std::map<std::pair<std::string_view, std::uint32_t>, Outcome> ByCpu(const Report& report) {
  std::map<std::pair<std::string_view, std::uint32_t>, Outcome> outcomes;
  for (const Finding& finding : report.findings) {
    for (const LogicalCpu cpu : finding.cpus.ToVector()) {
      outcomes[{finding.rule, Number(cpu)}] = finding.outcome;
    }
  }
  return outcomes;
}

// A defect must stay one, or become unknown. #GP is how a CPU says that it has no
// such register, so it may also make a rule inapplicable; but never pass.
bool MayBecome(Outcome truth, Outcome seen, AccessCode code) {
  if (truth != Outcome::kFail) return true;
  if (seen == Outcome::kFail || seen == Outcome::kIndeterminate) return true;
  return code == AccessCode::kGeneralProtection && seen == Outcome::kNotApplicable;
}

std::string WhatIsBetter(const Report& truth, const Report& seen, AccessCode code) {
  std::string better;
  if (seen.virtualization.usable == Usable::kYes && truth.virtualization.usable != Usable::kYes) {
    better += "usable; ";
  }
  if (seen.exit_code == 0 && truth.exit_code != 0 && code != AccessCode::kGeneralProtection) {
    better += "exit status 0; ";
  }
  const auto before = ByCpu(truth);
  for (const auto& [where, outcome] : ByCpu(seen)) {
    const auto found = before.find(where);
    if (found != before.end() && !MayBecome(found->second, outcome, code)) {
      better += std::string(where.first) + " of CPU " + std::to_string(where.second) + "; ";
    }
  }
  return better;
}

TEST_P(Faults, NeverMakeTheAnswerBetter) {
  const std::vector<Fault> faults = FaultsToTry();
  ASSERT_GE(faults.size() * kStride, 3 * kAllAccessCodes.size()) << "two leaves and a switch";
  std::map<std::string_view, Report> truths;
  for (const std::string_view stage : kStages) truths.emplace(stage, True(stage));
  std::size_t wrong = 0;
  for (const Fault& fault : faults) {
    FaultInjectingBackend broken(truth_, truth_);
    std::visit([&](auto which) { broken.On(fault.cpus).Fail(which, fault.code); }, fault.reg);
    const std::string better =
        WhatIsBetter(truths.at(fault.stage), Judge(&broken, fault.stage), fault.code);
    if (better.empty() || ++wrong > 10) continue;
    ADD_FAILURE() << Described(fault.reg) << " fails with " << Name(fault.code) << " on CPUs "
                  << fault.cpus.ToString() << " at stage " << fault.stage << ": " << better;
  }
  EXPECT_EQ(wrong, 0u) << "of " << faults.size();
  RecordProperty("faults", static_cast<int>(faults.size()));
}

TEST_P(Faults, OfAllRegistersMakeTheAnswerUnknown) {
  for (const AccessCode code : kAllAccessCodes) {
    FaultInjectingBackend broken(truth_, truth_);
    broken.OnEveryCpu().FailEverything(code);
    const Report report = Judge(&broken, "os");
    EXPECT_EQ(report.virtualization.usable, Usable::kUnknown) << Name(code);
    EXPECT_EQ(report.exit_code, 2) << Name(code);
  }
}

std::string TestName(const testing::TestParamInfo<Machine>& info) {
  std::string name = info.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Machines, Faults, testing::ValuesIn(kMachines), TestName);

}  // namespace
}  // namespace vtprobe
