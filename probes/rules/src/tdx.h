// When a machine is meant for trust domains, as rules of several subjects ask.

#ifndef VTPROBE_PROBES_RULES_SRC_TDX_H_
#define VTPROBE_PROBES_RULES_SRC_TDX_H_

#include <string_view>

#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {

// Firmware gives TDX keys where it switches it on. What is said where it did not
// stands beside it.
inline constexpr Requirement kTdxHasKeys =
    registers::Has(registers::kMktmeKeyidPartitioning, "NUM_TDX_PRIV_KIDS");
inline constexpr std::string_view kTdxHasNoKeys = "TDX has no keys of its own.";

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_TDX_H_
