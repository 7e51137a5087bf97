// Profiles as files: read, written, shipped, and made of a machine.

#ifndef VTPROBE_PROBES_PROFILE_H_
#define VTPROBE_PROBES_PROFILE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/expectations.h"

namespace vtprobe {

// A profile's text is TOML; probes/profiles/FORMAT.md says what may stand in it.
struct ProfileError {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string message;
};

// A profile's text, and the path by which messages name it.
struct ProfileFile {
  std::string path;
  std::string text;
};

// Reads the file that a profile extends, by its name as the profile has it: it
// is relative to the folder of the profile at `from`, which is empty for a text
// without a path. An error in words.
using ReadProfileFile = std::function<tl::expected<ProfileFile, std::string>(
    const std::string& name, std::string_view from)>;

// `today` as "2026-11-22": a waiver that expired before it is an error. Of
// several errors, the one that stands first. `path` is the text's own. Without
// `read_file` it extends shipped profiles alone.
tl::expected<Profile, ProfileError> ParseProfile(std::string_view text, std::string_view today,
                                                 const ReadProfileFile& read_file = {},
                                                 std::string_view path = {});

// The profile that a machine passes: the rules that pass there, with the values
// it has; how many CPUs, cores and packages there are; and the switches that
// firmware sets. That virtualization is usable counts in it even if it is not.
Profile ProfileOf(const PlatformSnapshot& machine, std::string name, std::string title);

// As ParseProfile() takes it, with what each rule is about. What `told` has of a
// machine that a profile may ask for and this one does not, such as its firmware's
// version, becomes a comment, which is asked for once its # is taken away.
std::string WriteProfile(const Profile& profile, const Metadata* told = nullptr);

// The files of probes/profiles, in the order of their names.
struct ShippedProfile {
  std::string_view name;
  std::string_view text;
};
std::span<const ShippedProfile> ShippedProfiles();

// Null for a name that is none of theirs.
const ShippedProfile* FindShippedProfile(std::string_view name);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_PROFILE_H_
