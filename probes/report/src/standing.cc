#include "standing.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <map>
#include <variant>
#include <vector>

#include "text_layout.h"

namespace vtprobe {
namespace {

constexpr std::array kStandings = {Standing::kUnread, Standing::kNo, Standing::kUnknown,
                                   Standing::kNotOffered, Standing::kYes};

}  // namespace

Standing StandingOf(int exit_code) {
  switch (exit_code) {
    case 0:
      return Standing::kYes;
    case 1:
      return Standing::kNo;
    case 2:
      return Standing::kUnknown;
    case 3:
      return Standing::kNotOffered;
    default:
      return Standing::kUnread;
  }
}

std::string_view LabelOf(Standing standing, bool has_profile) {
  switch (standing) {
    case Standing::kUnread:
      return "unread";
    case Standing::kNo:
      return has_profile ? "NOT met" : "NOT usable";
    case Standing::kUnknown:
      return "unknown";
    case Standing::kNotOffered:
      return "not offered";
    case Standing::kYes:
      return has_profile ? "met" : "usable";
  }
  return {};
}

std::string SetHeadline(const ReportSet& set) {
  std::map<Standing, std::size_t> counts;
  bool has_profile = false;
  for (const auto& machine : set.machines) {
    const auto* const report = std::get_if<Report>(&machine);
    ++counts[report == nullptr ? Standing::kUnread : StandingOf(report->exit_code)];
    has_profile = has_profile || (report != nullptr && report->profile);
  }
  std::vector<std::string> parts;
  for (const Standing standing : kStandings) {
    if (counts[standing] == 0) continue;
    parts.push_back(fmt::format("{} {}", counts[standing], LabelOf(standing, has_profile)));
  }
  return fmt::format("{}: {}.", Counted(set.machines.size(), "machine"), fmt::join(parts, ", "));
}

}  // namespace vtprobe
