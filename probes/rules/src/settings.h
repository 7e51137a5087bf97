// What a profile set of a rule, for rules that look at no single CPU.

#ifndef VTPROBE_PROBES_RULES_SRC_SETTINGS_H_
#define VTPROBE_PROBES_RULES_SRC_SETTINGS_H_

#include <string_view>

#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// The value of a kChoice parameter: what the profile set, or its default.
std::string_view ChoiceOf(const Rule& rule, const Settings& settings, std::string_view parameter);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_SETTINGS_H_
