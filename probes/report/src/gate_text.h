// When a CPU has an MSR, in words, made of the requirement by which it is
// decided.

#ifndef VTPROBE_PROBES_REPORT_SRC_GATE_TEXT_H_
#define VTPROBE_PROBES_REPORT_SRC_GATE_TEXT_H_

#include <string>

#include "vtprobe/registers/definition.h"

namespace vtprobe {

// "Intel, Centaur, Zhaoxin; one of CPUID.01H:ECX.VMX, CPUID.01H:ECX.SMX"
std::string GateText(const MsrDef& msr);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_GATE_TEXT_H_
