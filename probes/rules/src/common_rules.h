// Rules that many have the shape of, so that each is a constant and no code:
//   const Rule kSmmLocked{..., .msrs = {&kHwcr}, .check = BitsAre<kHwcr, kOnes, kZeros>};

#ifndef VTPROBE_PROBES_RULES_SRC_COMMON_RULES_H_
#define VTPROBE_PROBES_RULES_SRC_COMMON_RULES_H_

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "findings.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe::rules {

// Fails where one of `ones` is clear or one of `zeros` is set, and names the
// fields.
Opinion ExpectBits(const CheckedCpu& cpu, const MsrDef& msr, std::uint64_t ones,
                   std::uint64_t zeros);

template <const MsrDef& kMsr, std::uint64_t kOnes, std::uint64_t kZeros = 0>
Opinion BitsAre(const CheckedCpu& cpu) {
  return ExpectBits(cpu, kMsr, kOnes, kZeros);
}

// A feature that firmware switches on or off: what the parameter "expect" says
// or, without that, the same on every CPU. The rule has kExpect for its
// parameters.
struct SwitchPosition {
  bool is_on = false;
  // What is wrong or odd about it whatever is expected, if it does not pass.
  Opinion odd{};
  // Where it is not as expected: what to do, if that is not the rule's remedy, and
  // the rule that fails for the same cause, if one does.
  std::string_view remedy{};
  std::string_view follows{};
};
// A position that is not known is odd for that reason (Opinion::unread).
using PositionOf = std::function<SwitchPosition(const CheckedCpu& cpu)>;
std::vector<Finding> JudgeOnOff(const Rule& rule, const RuleInput& input, std::string_view name,
                                const PositionOf& position);

// One that is on if these bits of the last of the rule's MSRs are not all 0.
std::vector<Finding> JudgeOnOff(const Rule& rule, const RuleInput& input, std::uint64_t mask);

template <std::uint64_t kMask>
std::vector<Finding> IsSwitched(const Rule& rule, const RuleInput& input) {
  return JudgeOnOff(rule, input, kMask);
}

// The rule's `check` for each CPU, of registers that other rules hold to be the
// same on all. A CPU that fails for being unlike others that pass is a finding of
// those: one defect is one failure.
std::vector<Finding> JudgeEachButOdd(const Rule& rule, const RuleInput& input,
                                     std::span<const Rule* const> others);

template <const Rule&... kOthers>
std::vector<Finding> IsSoWhereAlike(const Rule& rule, const RuleInput& input) {
  return JudgeEachButOdd(rule, input, std::array{&kOthers...});
}

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_COMMON_RULES_H_
