// The reports of several machines as one answer: a lab's recordings, a folder, an
// archive. One that can't be read is told among the others, which are judged all
// the same.

#ifndef VTPROBE_REPORT_REPORT_SET_H_
#define VTPROBE_REPORT_REPORT_SET_H_

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "vtprobe/report/report.h"

namespace vtprobe {

// A recording that is malformed or can't be had.
struct UnreadRecording {
  std::string file;   // as Subject::file
  std::string why;    // with the place, where there is one
  int exit_code = 0;  // that of a check of this one alone: 65 or 66
};

struct ReportSet {
  std::string tool_version;
  std::vector<std::variant<Report, UnreadRecording>> machines;  // in the order given
  std::size_t not_recordings = 0;  // files come across that are none, and were left alone
};

// That of a recording that can't be read, the first one's; or else 1, 2, 3 or 0,
// the first of these that a machine has. Requires a machine.
int ExitCode(const ReportSet& set);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_REPORT_SET_H_
