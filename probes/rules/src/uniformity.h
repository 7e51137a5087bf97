// Registers that must read the same on all CPUs of one core type: one that
// differs was forgotten by whoever set it. What was read decides, and what was
// not is named; that they are the same is said only where two CPUs were
// compared.

#ifndef VTPROBE_PROBES_RULES_SRC_UNIFORMITY_H_
#define VTPROBE_PROBES_RULES_SRC_UNIFORMITY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "alike_cpus.h"
#include "findings.h"
#include "vtprobe/probes/core_type.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe::rules {

// What counts of a register that may be switched off by itself or by another: one
// that is off (kAbsent) is not compared. kUnknown: that depends on one that was
// not read.
struct InForce {
  Presence presence = Presence::kPresent;
  std::uint64_t bits = ~std::uint64_t{0};
};

// What counts of a pair of base and mask, a range, of which the mask has that bit:
// of one that is off, nothing but that it is off.
InForce OfRange(const AlikeCpus& alike, std::size_t msr, std::size_t mask, std::uint64_t valid);

// The rule's MSRs are the same on all CPUs of one core type, but for its
// `left_out` bits.
struct Uniformity {
  // Which CPUs are compared with each other, and how those are called.
  std::optional<Twins> (*twins)(const RegisterView& kind) = OfOneCoreType;
  std::string_view of_one = "core type";
  // The bits of an MSR of CPUs of that kind, if not all that aren't left out.
  std::uint64_t (*bits)(const RegisterView& kind, const MsrDef& msr) = nullptr;
  // What counts of the rule's MSR of that number on CPUs that read it.
  InForce (*in_force)(const AlikeCpus& alike, std::size_t msr) = nullptr;
};
std::vector<Finding> JudgeUniform(const Rule& rule, const RuleInput& input,
                                  const Uniformity& uniformity);

// All of their bits that are not left out.
std::vector<Finding> IsUniform(const Rule& rule, const RuleInput& input);

// What is said where there is nothing to compare.
inline constexpr std::string_view kOneCpu =
    "One CPU is recorded: there is nothing to compare it with.";

// The field that a mask stands for; null if it is no single one.
const Field* FieldOf(const MsrDef& msr, std::uint64_t mask);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_UNIFORMITY_H_
