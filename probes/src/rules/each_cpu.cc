#include "rules/each_cpu.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "vtprobe/probes/profile.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe::rules {
namespace {

bool IsGuest(const RuleInput& input, const RegisterView& cpu) {
  return input.snapshot.metadata().Get(meta::kStage) == "guest" ||
         registers::Read(cpu, registers::kHypervisor).value_or(0) != 0;
}

// Why it isn't known whether a CPU has a register: what CPUID lacks.
AccessCode WhyUnknown(const RegisterView& cpu) {
  for (const std::uint32_t leaf : {0x0u, 0x1u}) {
    const CpuidReading reading = cpu.Cpuid({leaf});
    if (!reading) return reading.error();
  }
  return AccessCode::kNotRecorded;
}

}  // namespace

bool internal::IsToBeChecked(const Rule& rule, const RuleInput& input, const AlikeCpus& alike,
                             Findings* findings) {
  const auto& [cpus, registers] = alike;
  const auto not_applicable = [&, &cpus = cpus, &registers = registers](std::string why) {
    findings->Add(cpus, {Outcome::kNotApplicable, std::move(why)}, registers);
    return false;
  };
  const auto unknown = [&, &cpus = cpus, &registers = registers] {
    findings->AddUnread(cpus, "The CPUID leaves that say whether this applies were not read.",
                        WhyUnknown(registers), registers);
    return false;
  };
  if (!rule.in_guests && IsGuest(input, registers)) {
    return not_applicable("This is a guest: what firmware set does not show here.");
  }
  for (const MsrDef* const msr : rule.msrs) {
    const Presence presence = msr->present(registers);
    if (presence == Presence::kAbsent) {
      return not_applicable(fmt::format("These CPUs have no {}.", msr->name));
    }
    const MsrReading reading = registers.Msr(msr->address);
    if (reading) continue;
    // A CPU that may not have it was not to be asked.
    if (presence == Presence::kUnknown && reading.error() == AccessCode::kNotRecorded) {
      return unknown();
    }
    if (reading.error() == AccessCode::kGeneralProtection && rule.fault_means_absent) {
      return not_applicable(fmt::format("These CPUs have no {} that can be read here.", msr->name));
    }
    findings->AddUnread(cpus,
                        fmt::format("{} was not read: {}.", msr->name, Describe(reading.error())),
                        reading.error(), registers);
    return false;
  }
  if (rule.applies == nullptr) return true;
  switch (rule.applies(registers)) {
    case Presence::kPresent:
      return true;
    case Presence::kAbsent:
      return not_applicable("These CPUs do not have what this is about.");
    case Presence::kUnknown:
      return unknown();
  }
  return false;
}

const Settings& SettingsOf(const Rule& rule, const RuleInput& input) {
  static const Settings kNone;
  if (input.profile == nullptr) return kNone;
  const RuleProfile* const own = input.profile->Find(rule.id);
  return own == nullptr ? kNone : own->settings;
}

std::vector<Finding> JudgeEachCpu(const Rule& rule, const RuleInput& input) {
  const Settings& settings = SettingsOf(rule, input);
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    findings.Add(alike.cpus, rule.check(CheckedCpu(rule, alike.registers, settings)),
                 alike.registers);
  });
  return findings.Take();
}

}  // namespace vtprobe::rules
