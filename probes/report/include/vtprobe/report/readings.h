// One register of many CPUs: which of them hold what.

#ifndef VTPROBE_REPORT_READINGS_H_
#define VTPROBE_REPORT_READINGS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/registers/field.h"
#include "vtprobe/report/register_info.h"
#include "vtprobe/report/render_options.h"

namespace vtprobe {

struct Readings {
  struct Group {
    CpuSet cpus;
    RegisterReading value;
  };

  RegisterInfo info;
  std::optional<Field> field;  // what was asked of the register; nothing: all of it
  std::vector<Group> groups;   // the online CPUs by value, ordered by lowest CPU
  CpuSet offline;

  // Whether there are CPUs online, and each one's value is known.
  bool Complete() const;
};

// A field without a name stands for its bits.
Readings ReadingsOf(const PlatformSnapshot& snapshot, MsrAddress address,
                    std::optional<Field> field);
Readings ReadingsOf(const PlatformSnapshot& snapshot, const CpuidDef& cpuid,
                    std::optional<Field> field);

// A line for each group; quiet: nothing but the values that are known.
std::string RenderReadingsText(const Readings& readings, const RenderOptions& options);
// `exit_code` is part of it, as it is of a report.
std::string RenderReadingsJson(const Readings& readings, std::string_view tool_version,
                               int exit_code);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_READINGS_H_
