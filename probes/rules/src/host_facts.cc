#include "host_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alike_cpus.h"
#include "rows_by_kind.h"
#include "settings.h"
#include "vtprobe/registers/gates.h"

namespace vtprobe::rules {

std::string_view HostFacts::Choice(std::string_view parameter) const {
  return ChoiceOf(rule_, SettingsOf(rule_, input_), parameter);
}

bool HostFacts::IsGuest() const {
  return Get(meta::kStage) == "guest" || input_.rows().AnyIsGuest();
}

bool HostFacts::Lacks(const Requirement& requirement) const {
  const auto& kinds = input_.kinds();
  return !kinds.empty() && std::all_of(kinds.begin(), kinds.end(), [&](const SnapshotRow& kind) {
    return registers::Meets(kind, requirement) == Presence::kAbsent;
  });
}

std::vector<Finding> HostFacts::Say(Outcome outcome, std::string message) const {
  Finding finding = MakeFinding(rule_, outcome, input_.snapshot.online(), std::move(message));
  if (outcome == Outcome::kFail || outcome == Outcome::kWarn) finding.remedy = rule_.remedy;
  return {finding};
}

std::vector<Finding> HostFacts::NotRecorded(std::string_view fact) const {
  Finding finding = MakeFinding(rule_, Outcome::kIndeterminate, input_.snapshot.online(),
                                fmt::format("It is not recorded {}.", fact));
  finding.unread = AccessCode::kNotRecorded;
  finding.remedy = Advise(AccessCode::kNotRecorded);
  return {finding};
}

}  // namespace vtprobe::rules
