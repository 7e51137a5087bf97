#include <algorithm>
#include <array>

#include "vtprobe/probes/profile.h"

namespace vtprobe {
namespace {

constexpr std::array kShipped = {
#define VTPROBE_PROFILE(name, text) ShippedProfile{name, text},
// Made of probes/profiles by probes/CMakeLists.txt.
#include "generated/shipped_profiles.def"
#undef VTPROBE_PROFILE
};

}  // namespace

std::span<const ShippedProfile> ShippedProfiles() { return kShipped; }

const ShippedProfile* FindShippedProfile(std::string_view name) {
  const auto* const found =
      std::find_if(kShipped.begin(), kShipped.end(),
                   [&](const ShippedProfile& profile) { return profile.name == name; });
  return found == kShipped.end() ? nullptr : found;
}

}  // namespace vtprobe
