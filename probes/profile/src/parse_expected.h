// The [expect] of a profile: what it expects besides what rules ask.

#ifndef VTPROBE_PROBES_PROFILE_SRC_PARSE_EXPECTED_H_
#define VTPROBE_PROBES_PROFILE_SRC_PARSE_EXPECTED_H_

#include "profile_reading.h"
#include "toml.h"
#include "vtprobe/probes/expectations.h"

namespace vtprobe {

// Onto what an extended profile expects, name by name; the rules about it count.
void ReadExpected(const toml::node& node, Profile* profile, Errors* errors);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_PROFILE_SRC_PARSE_EXPECTED_H_
