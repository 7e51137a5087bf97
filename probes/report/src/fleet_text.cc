#include "fleet_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "register_text.h"

namespace vtprobe {

FieldList FieldsOf(const fleet::RegisterId& reg) {
  if (!reg.is_cpuid) return InfoOf(reg.msr()).fields;
  const CpuidDef* const cpuid = fleet::FindCpuid(reg);
  return cpuid == nullptr ? FieldList() : cpuid->fields;
}

std::string TitleOf(const fleet::RegisterId& reg) {
  return reg.is_cpuid ? fleet::NameOf(reg) : InfoOf(reg.msr()).Title();
}

std::string FleetValueText(const RegisterReading& reading) {
  return reading.known() != 0 ? ValueText(reading) : std::string(Name(reading.error()));
}

std::vector<FieldChange> FieldsThatDiffer(const fleet::Reading& reading) {
  if (reading.differing == 0) return {};
  return ChangedFields(FieldsOf(reading.reg), reading.usual, reading.value);
}

std::string KinText(const fleet::Kin& kin) {
  const auto part = [](const std::string& text, std::string_view what) {
    return text.empty() ? fmt::format("{} not recorded", what) : text;
  };
  return fmt::format("{}, {}, {}", part(kin.board, "board"), part(kin.model, "CPU model"),
                     part(kin.signature, "signature"));
}

std::string NamesText(const fleet::Names& names, std::size_t most) {
  const std::vector<std::string>& kept = names.kept();
  const std::size_t shown = std::min(kept.size(), most);
  const auto begin = kept.begin();
  std::string text =
      fmt::format("{}", fmt::join(begin, begin + static_cast<std::ptrdiff_t>(shown), ", "));
  if (names.count() > shown) text += fmt::format(" and {} more", names.count() - shown);
  return text;
}

std::vector<std::string> ChangesText(const fleet::Change& change) {
  std::vector<std::string> parts;
  for (const fleet::Change::Text& text : change.texts) {
    parts.push_back(fmt::format("{} {} \u2192 {}", text.what,
                                text.before.empty() ? "-" : text.before,
                                text.after.empty() ? "-" : text.after));
  }
  for (const fleet::Reading& reading : change.readings) {
    parts.push_back(fmt::format("{} {} {} \u2192 {}", CpusText(reading.cpus), TitleOf(reading.reg),
                                FleetValueText(reading.usual), FleetValueText(reading.value)));
  }
  return parts;
}

std::string FleetHeadline(const fleet::Findings& findings) {
  std::vector<std::string> parts;
  const auto add = [&](Usable usable, std::string_view words) {
    const std::size_t count = findings.usable.at(static_cast<std::size_t>(usable));
    if (count != 0) parts.push_back(fmt::format("{} {}", count, words));
  };
  add(Usable::kNo, "NOT usable");
  add(Usable::kNotYet, "not usable yet");
  add(Usable::kUnknown, "unknown");
  add(Usable::kYes, "usable");
  std::string text =
      fmt::format("{}: {}.", Counted(findings.machines, "machine"),
                  parts.empty() ? "none could be read" : fmt::format("{}", fmt::join(parts, ", ")));
  if (findings.recordings != findings.machines) {
    text += fmt::format(" {} of them.", Counted(findings.recordings, "recording"));
  }
  return text;
}

}  // namespace vtprobe
