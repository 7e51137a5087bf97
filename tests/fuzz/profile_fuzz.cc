// Any bytes as a profile: it is refused at a place, or rules are read from it.

#include <cstdint>
#include <string_view>

#include "check.h"
#include "vtprobe/probes/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto profile = vtprobe::ParseProfile(text, "2026-01-31");
  if (profile) {
    vtprobe::Check(!profile->name.empty() && profile->rules.count("virtualization.usable") == 1);
  } else {
    vtprobe::Check(profile.error().line > 0 && profile.error().column > 0 &&
                   !profile.error().message.empty());
  }
  return 0;
}
