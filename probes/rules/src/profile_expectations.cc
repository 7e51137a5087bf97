// What a profile expects of a machine and no rule knows to ask: the value of any
// register's field, how many CPUs there are, which firmware it has.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "host_facts.h"
#include "rules.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/expectations.h"
#include "vtprobe/probes/topology.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::rules {
namespace {

constexpr std::string_view kSetUp =
    "Set the machine up as the profile expects it, or change what its [expect] says.";

std::vector<Finding> NothingExpected(const Rule& rule, const RuleInput& input) {
  return {MakeFinding(rule, Outcome::kNotApplicable, input.snapshot.online(),
                      "The profile expects nothing of it.")};
}

// One expected field on CPUs that gave the same reading.
class FieldCheck {
 public:
  FieldCheck(std::string_view name, const ExpectedField& expected, Findings* findings)
      : name_(name), expected_(expected), findings_(findings) {}

  // The CPUs that are as expected.
  CpuSet Judge(const PlatformSnapshot& machine) {
    if (const auto* const address = std::get_if<MsrAddress>(&expected_.reg)) {
      const MsrDef* const msr = registers::FindMsr(*address);
      if (msr != nullptr) definition_ = msr;
      for (const auto& [cpus, reading] : machine.ReadingsOf(*address, machine.online())) {
        Say(cpus, reading);
      }
    } else {
      const CpuidDef* const cpuid = std::get<const CpuidDef*>(expected_.reg);
      definition_ = cpuid;
      for (const auto& [cpus, reading] : machine.ReadingsOf(cpuid->leaf, machine.online())) {
        Say(cpus, OutputOf(reading, cpuid->output));
      }
    }
    return as_expected_.Together();
  }

 private:
  void Say(const CpuSet& cpus, const RegisterReading& reading) {
    std::vector<Evidence> evidence;
    if (std::visit([](const auto* definition) { return definition != nullptr; }, definition_)) {
      evidence.push_back({definition_, reading});
    }
    if (reading.Knows(expected_.field.mask())) {
      const std::uint64_t found = expected_.field.Extract(reading.known_bits());
      if (found == expected_.value) {
        as_expected_.Add(cpus);
        return;
      }
      findings_->Add(cpus,
                     {Outcome::kFail, fmt::format("{} is {:#x} and should be {:#x}.", name_, found,
                                                  expected_.value)},
                     evidence);
    } else if (reading.error() == AccessCode::kGeneralProtection) {
      findings_->Add(cpus,
                     {Outcome::kFail, fmt::format("{} should be {:#x}, and the CPU does not have "
                                                  "the register.",
                                                  name_, expected_.value)},
                     evidence);
    } else {
      findings_->AddUnread(cpus,
                           fmt::format("{} should be {:#x} and was not read: {}.", name_,
                                       expected_.value, Describe(reading.error())),
                           reading.error(), evidence);
    }
  }

  std::string_view name_;
  const ExpectedField& expected_;
  Findings* findings_;
  RegisterDefinition definition_ = static_cast<const MsrDef*>(nullptr);
  CpuGathering as_expected_;
};

std::vector<Finding> JudgeRegisters(const Rule& rule, const RuleInput& input) {
  if (input.profile == nullptr || input.profile->expected.fields.empty()) {
    return NothingExpected(rule, input);
  }
  Findings findings(rule);
  CpuSet passing = input.snapshot.online();
  for (const auto& [name, expected] : input.profile->expected.fields) {
    passing = passing.Intersection(FieldCheck(name, expected, &findings).Judge(input.snapshot));
  }
  if (!passing.empty()) {
    findings.Add(passing, {Outcome::kPass, "Registers are as the profile expects them."},
                 std::vector<Evidence>());
  }
  return findings.Take();
}

// Nothing where CPUID does not tell.
std::optional<std::size_t> CountOf(std::string_view what, const CpuSet& online,
                                   const Topology& topology) {
  if (what == "cpus") return online.Count();
  return what == "cores" ? topology.cores : topology.packages;
}

std::vector<Finding> JudgeCpus(const Rule& rule, const RuleInput& input) {
  if (input.profile == nullptr || input.profile->expected.counts.empty()) {
    return NothingExpected(rule, input);
  }
  const CpuSet& online = input.snapshot.online();
  const Topology topology = DescribeTopology(input.snapshot);
  Findings findings(rule);
  for (const auto& [what, count] : input.profile->expected.counts) {
    const auto counted = CountOf(what, online, topology);
    if (!counted) {
      findings.AddUnread(
          online,
          fmt::format("There should be {} {}, and CPUID does not tell how many there "
                      "are.",
                      count, what),
          AccessCode::kNotRecorded, std::vector<Evidence>());
    } else if (*counted != count) {
      findings.Add(online,
                   {Outcome::kFail,
                    fmt::format("Online {}: {}, and there should be {}.", what, *counted, count)},
                   std::vector<Evidence>());
    }
  }
  if (!findings.empty()) return findings.Take();
  return {MakeFinding(rule, Outcome::kPass, online, "CPUs are as many as the profile expects.")};
}

std::vector<Finding> JudgeMachine(const Rule& rule, const RuleInput& input) {
  if (input.profile == nullptr || input.profile->expected.statements.empty()) {
    return NothingExpected(rule, input);
  }
  const CpuSet& online = input.snapshot.online();
  Findings findings(rule);
  for (const auto& [key, accepted] : input.profile->expected.statements) {
    const auto stated = input.snapshot.metadata().Get(key);
    const std::string wanted = fmt::format("{}", fmt::join(accepted, " or "));
    if (!stated) {
      findings.AddUnread(online, fmt::format("{} should be {} and is not recorded.", key, wanted),
                         AccessCode::kNotRecorded, std::vector<Evidence>());
    } else if (std::find(accepted.begin(), accepted.end(), *stated) == accepted.end()) {
      findings.Add(
          online, {Outcome::kFail, fmt::format("{} is {} and should be {}.", key, *stated, wanted)},
          std::vector<Evidence>());
    }
  }
  if (!findings.empty()) return findings.Take();
  return {MakeFinding(rule, Outcome::kPass, online, "The machine is the one that is expected.")};
}

}  // namespace

const Rule kExpectedRegisters{.id = "profile.registers",
                              .title = "Registers are as the profile expects them",
                              .spec = "the profile's [expect]",
                              .severity = Severity::kHigh,
                              .remedy = kSetUp,
                              .in_guests = true,
                              .judge = JudgeRegisters};

const Rule kExpectedCpus{
    .id = "profile.cpus",
    .title = "There are as many CPUs, cores and packages as the profile expects",
    .spec = "the profile's [expect]",
    .severity = Severity::kHigh,
    .remedy = kSetUp,
    .in_guests = true,
    .reads = [](Selection* selection) { selection->Add(TopologyRegisters()); },
    .judge = JudgeCpus};

const Rule kExpectedMachine{
    .id = "profile.machine",
    .title = "Firmware, board and kernel are those that the profile expects",
    .spec = "the profile's [expect]",
    .severity = Severity::kHigh,
    .remedy = kSetUp,
    .in_guests = true,
    .judge = JudgeMachine};

}  // namespace vtprobe::rules
