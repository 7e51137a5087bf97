// Locks that were held against a write of the value that the register had, as an answer.

#ifndef VTPROBE_REPORT_LOCKS_H_
#define VTPROBE_REPORT_LOCKS_H_

#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/report/render_options.h"

namespace vtprobe {

// CPUs on which the same became of one register.
struct LockGroup {
  std::string name;     // "IA32_FEATURE_CONTROL"
  std::string address;  // "0x3a"
  CpuSet cpus;
  std::string outcome;  // "holds", "does_not_hold", "changed", "not_locked" ...
  std::string before;   // what was read, in hexadecimal; empty: nothing
  std::string after;    // what was read after the write; empty: none was tried
};

struct UnprovableLock {
  std::string name;
  std::string why;
};

struct LockReport {
  std::vector<LockGroup> groups;
  std::vector<UnprovableLock> unprovable;
};

// 0: all locks that could be asked hold. 1: one does not, or is open, or a value changed.
// 2: nothing is known, or not of every CPU.
int ExitCode(const LockReport& report);

std::string RenderLocksText(const LockReport& report, const RenderOptions& options);
std::string RenderLocksJson(const LockReport& report, std::string_view tool_version);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_LOCKS_H_
