// A register that an answer rests on, as all CPUs have it: what tells those that
// were left otherwise.

#ifndef VTPROBE_REPORT_REPORTED_REGISTER_H_
#define VTPROBE_REPORT_REPORTED_REGISTER_H_

#include <cstdint>
#include <vector>

#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/report/readings.h"

namespace vtprobe {

struct ReportedRegister {
  Readings readings;  // the value of most CPUs first
  // The bits that are known and not the same everywhere, without those that no rule
  // compares.
  std::uint64_t differing = 0;
  // Also where a reading failed on some CPUs only.
  bool differs = false;
  std::uint64_t may_differ = 0;  // the bits that no rule compares
};

// Each that evidence of the two names, once, in that order.
std::vector<ReportedRegister> ReportedRegisters(const PlatformSnapshot& recording,
                                                const VirtualizationVerdict& verdict,
                                                const std::vector<Finding>& findings);

// The same registers as another recording has them.
std::vector<ReportedRegister> ReportedRegisters(const PlatformSnapshot& recording,
                                                const std::vector<ReportedRegister>& of_another);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_REPORTED_REGISTER_H_
