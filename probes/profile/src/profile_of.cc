// The profile that a golden machine passes. It knows of no rule in particular:
// what a machine's value of a parameter is, is found by judging it with each.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "vtprobe/probes/expectations.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/topology.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"
#include "vtprobe/registers/volatile.h"

namespace vtprobe {
namespace {

// The lowest microcode revision there is of each CPU signature; none if one of
// the CPUs' is not known.
std::optional<RevisionFloors> Revisions(const PlatformSnapshot& machine) {
  using registers::kBiosSignId;
  Selection selection = registers::FeatureRegisters();
  selection.Add(kBiosSignId.address);
  RevisionFloors floors;
  for (const SnapshotRow& row : machine.Rows(selection)) {
    const auto signature = OutputOf(row.Cpuid({0x1}), CpuidRegister::kEax);
    const MsrReading revision = row.Msr(kBiosSignId.address);
    const Presence is_amd = registers::Meets(row, registers::kAmdCompatible);
    if (!signature || !revision || is_amd == Presence::kUnknown) return std::nullopt;
    const Field field = is_amd == Presence::kPresent ? kBiosSignId["PATCH_LEVEL"]
                                                     : kBiosSignId["MICROCODE_REVISION"];
    const auto value = static_cast<std::uint32_t>(field.Extract(*revision));
    const auto [floor, is_new] = floors.try_emplace(*signature, value);
    floor->second = std::min(floor->second, value);
  }
  if (floors.empty()) return std::nullopt;
  return floors;
}

class Observer {
 public:
  explicit Observer(const PlatformSnapshot& machine)
      : machine_(machine), verdict_(JudgeVirtualization(machine)) {}

  // What a profile says of a rule that the machine passes; nothing of another.
  std::optional<RuleProfile> Observe(const Rule& rule) const {
    RuleProfile observed;
    for (const Parameter& parameter : rule.parameters) {
      auto setting = ValueOf(rule, parameter, observed);
      if (!setting) continue;
      // A feature that is on here is one that a twin must have.
      const auto* const choice = std::get_if<std::string>(&*setting);
      if (choice != nullptr && *choice == "on") observed.required = true;
      observed.settings.emplace(parameter.name, *std::move(setting));
    }
    return Passes(rule, observed) ? std::optional(std::move(observed)) : std::nullopt;
  }

 private:
  bool Passes(const Rule& rule, RuleProfile own) const {
    Profile profile;
    profile.rules.emplace(rule.id, std::move(own));
    const std::vector<Finding> findings = JudgeRule(rule, {machine_, verdict_, &profile});
    return std::all_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.outcome == Outcome::kPass; });
  }

  bool PassesWith(const Rule& rule, const Parameter& parameter, Setting setting,
                  RuleProfile own) const {
    own.settings.insert_or_assign(std::string(parameter.name), std::move(setting));
    return Passes(rule, std::move(own));
  }

  // The strictest that the machine passes; nothing where the default is.
  std::optional<Setting> ValueOf(const Rule& rule, const Parameter& parameter,
                                 const RuleProfile& own) const {
    switch (parameter.kind) {
      case Parameter::Kind::kChoice:
        // Those of which one is stricter than another stand in that order.
        for (std::size_t i = parameter.choices.size(); i > 1; --i) {
          std::string choice(parameter.choices[i - 1]);
          if (PassesWith(rule, parameter, choice, own)) return choice;
        }
        return std::nullopt;
      case Parameter::Kind::kNumber:
        return LargestThatPasses(rule, parameter, own);
      case Parameter::Kind::kFloors: {
        auto floors = Revisions(machine_);
        if (floors && PassesWith(rule, parameter, *floors, own)) return *std::move(floors);
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  // A number is a minimum: those up to the machine's own pass, and those above
  // it do not. One that even the largest passes is not asked for here.
  std::optional<Setting> LargestThatPasses(const Rule& rule, const Parameter& parameter,
                                           const RuleProfile& own) const {
    std::uint64_t passes = 0;
    std::uint64_t fails = std::uint64_t{1} << 62;  // what TOML's integers hold
    if (!PassesWith(rule, parameter, passes, own) || PassesWith(rule, parameter, fails, own)) {
      return std::nullopt;
    }
    while (fails - passes > 1) {
      const std::uint64_t middle = passes + (fails - passes) / 2;
      (PassesWith(rule, parameter, middle, own) ? passes : fails) = middle;
    }
    return passes;
  }

  const PlatformSnapshot& machine_;
  const VirtualizationVerdict verdict_;
};

// What firmware switches, and keeps as long as nobody changes its setup.
constexpr std::array<const MsrDef*, 8> kSetByFirmware = {
    &registers::kFeatureControl, &registers::kPkgCstConfigControl,
    &registers::kMiscEnable,     &registers::kLtLockMemory,
    &registers::kDebugInterface, &registers::kTmeActivate,
    &registers::kHwcr,           &registers::kVmCr};

// The value that every CPU gave; nothing if one gave another or none.
std::optional<std::uint64_t> CommonValue(const PlatformSnapshot& machine, MsrAddress address) {
  const auto readings = machine.ReadingsOf(address, machine.online());
  if (readings.size() != 1 || !readings.front().second) return std::nullopt;
  return *readings.front().second;
}

// The switches, of one bit each, of which CPUs tell the same.
void ExpectSwitches(const PlatformSnapshot& machine, Expected* expected) {
  for (const MsrDef* const msr : kSetByFirmware) {
    const auto value = CommonValue(machine, msr->address);
    if (!value) continue;
    const auto moving = registers::FindVolatile(msr->address);
    for (const Field& field : msr->fields) {
      if (field.width() != 1 || (moving && (moving->mask & field.mask()) != 0)) continue;
      expected->fields.emplace(fmt::format("{}.{}", msr->name, field.name),
                               ExpectedField{msr->address, field, field.Extract(*value)});
    }
  }
}

Expected ExpectedOf(const PlatformSnapshot& machine) {
  Expected expected;
  ExpectSwitches(machine, &expected);
  if (machine.online().empty()) return expected;
  expected.counts.emplace("cpus", machine.online().Count());
  const Topology topology = DescribeTopology(machine);
  if (topology.cores) expected.counts.emplace("cores", *topology.cores);
  if (topology.packages) expected.counts.emplace("packages", *topology.packages);
  return expected;
}

}  // namespace

Profile ProfileOf(const PlatformSnapshot& machine, std::string name, std::string title) {
  Profile profile{std::move(name), std::move(title), {}, ExpectedOf(machine)};
  CountExpected(&profile);
  profile.rules.try_emplace("virtualization.usable");
  const Observer observer(machine);
  for (const Rule* const rule : AllRules()) {
    if (auto observed = observer.Observe(*rule)) {
      profile.rules.insert_or_assign(std::string(rule->id), *std::move(observed));
    }
  }
  return profile;
}

}  // namespace vtprobe
