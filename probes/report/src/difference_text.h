// The words of a difference that a text and a release note share.

#ifndef VTPROBE_PROBES_REPORT_SRC_DIFFERENCE_TEXT_H_
#define VTPROBE_PROBES_REPORT_SRC_DIFFERENCE_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/report/difference.h"

namespace vtprobe {

inline constexpr std::string_view kArrow = " \u2192 ";

// "They differ: 2 rules found something else, 1 register changed."
std::string DifferenceHeadline(const Difference& difference);

// "F7 → F8"
std::string ChangeText(const MetadataChange& change);
// "pass → fail on CPU 3"
std::string ChangeText(const RuleChange& change);
// "0x5 → 0x1"
std::string ChangeText(const RegisterChange& change);
// "LOCK 1 → 0"
std::string ChangeText(const FieldChange& change);

// What fails or is odd after the change.
std::vector<std::string> Complaints(const RuleChange& change);

// "IA32_DEBUG_INTERFACE.LOCK is no longer set on CPU 3" of each lock that changed
// in this direction.
std::vector<std::string> LockChanges(const Difference& difference, Direction direction);

// "VMX on CPUs 0-7" of each feature that came, or went.
std::vector<std::string> FeatureChanges(const Difference& difference, bool came);

// What is told below all that matters, each with its title: features, registers of
// one side, what was not compared. None of them is empty.
struct TitledList {
  std::string_view title;
  std::vector<std::string> items;
};
std::vector<TitledList> OtherLists(const Difference& difference);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_DIFFERENCE_TEXT_H_
