#include "vtprobe/report/report_set.h"

#include <algorithm>
#include <array>

namespace vtprobe {

int ExitCode(const ReportSet& set) {
  constexpr std::array kWorstFirst = {1, 2, 3, 0};
  const auto* worst = kWorstFirst.end() - 1;
  for (const auto& machine : set.machines) {
    if (const auto* const unread = std::get_if<UnreadRecording>(&machine)) {
      return unread->exit_code;
    }
    const auto* const place =
        std::find(kWorstFirst.begin(), kWorstFirst.end(), std::get<Report>(machine).exit_code);
    worst = std::min(worst, place);
  }
  return *worst;
}

}  // namespace vtprobe
