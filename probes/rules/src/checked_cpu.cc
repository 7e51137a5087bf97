#include <algorithm>
#include <stdexcept>

#include "settings.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe {
namespace {

const Parameter& Declared(const Rule& rule, std::string_view name, Parameter::Kind kind) {
  const auto found = std::find_if(
      rule.parameters.begin(), rule.parameters.end(),
      [&](const Parameter& parameter) { return parameter.name == name && parameter.kind == kind; });
  if (found == rule.parameters.end()) throw std::logic_error("the rule has no such parameter");
  return *found;
}

// What the profile set; null if nothing.
template <typename T>
const T* Find(const Settings& settings, std::string_view name) {
  const auto found = settings.find(name);
  return found == settings.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace

AskedBits CheckedCpu::operator[](const MsrDef& msr) const {
  if (std::find(rule_.msrs.begin(), rule_.msrs.end(), &msr) == rule_.msrs.end()) {
    throw std::logic_error("the rule did not declare this register");
  }
  return {msr, registers_.Msr(msr.address), &questions_};
}

tl::expected<AskedBits, AccessCode> CheckedCpu::Reading(const MsrDef& msr) const {
  if (!rule_.decides_unread) throw std::logic_error("the rule's CPUs have read all its registers");
  const MsrReading reading = registers_.Msr(msr.address);
  if (reading.known() == 0) return tl::unexpected(reading.error());
  return AskedBits(msr, reading, &questions_);
}

std::optional<AskedBits> CheckedCpu::Optional(const MsrDef& msr) const {
  if (!rule_.leaves_out_absent) throw std::logic_error("the rule's CPUs have all its registers");
  const MsrReading reading = registers_.Msr(msr.address);
  if (reading.known() == 0) return std::nullopt;
  return AskedBits(msr, reading, &questions_);
}

std::string_view rules::ChoiceOf(const Rule& rule, const Settings& settings,
                                 std::string_view parameter) {
  const Parameter& declared = Declared(rule, parameter, Parameter::Kind::kChoice);
  const auto* const chosen = Find<std::string>(settings, parameter);
  if (chosen == nullptr) return declared.choices.front();
  return *chosen;
}

std::string_view CheckedCpu::Choice(std::string_view parameter) const {
  return rules::ChoiceOf(rule_, settings_, parameter);
}

std::optional<std::uint64_t> CheckedCpu::Number(std::string_view parameter) const {
  Declared(rule_, parameter, Parameter::Kind::kNumber);
  const auto* const chosen = Find<std::uint64_t>(settings_, parameter);
  return chosen == nullptr ? std::nullopt : std::optional(*chosen);
}

const RevisionFloors* CheckedCpu::Floors(std::string_view parameter) const {
  Declared(rule_, parameter, Parameter::Kind::kFloors);
  return Find<RevisionFloors>(settings_, parameter);
}

}  // namespace vtprobe
