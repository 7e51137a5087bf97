// --profile NAME|FILE: what a machine is judged for.

#ifndef VTPROBE_TOOLS_VTPROBE_PROFILE_ARGUMENT_H_
#define VTPROBE_TOOLS_VTPROBE_PROFILE_ARGUMENT_H_

#include <optional>
#include <string>

#include "arguments.h"
#include "confinement.h"
#include "failure.h"
#include "opened_files.h"
#include "vtprobe/probes/profile.h"

namespace vtprobe {

// A shipped profile's name, or a file's: one that has a '/' in it, that ends in
// ".toml", or that is no shipped profile and is there. kUsageError for a name
// that is neither, kInputMissing for a file that can't be read, kMalformedInput
// with its place for one that is no profile.
OrFailure<Profile> LoadProfile(const std::string& name_or_path,
                               const OpenedFiles* opened = nullptr);

// What is read of a profile by this name: of a file, also what stands beside it
// and may be extended, which is opened here and parsed when rights have been given
// up.
void AddReadsOfProfile(const std::string& name_or_path, Reads* reads);

// That of the command line; nothing if it has none.
OrFailure<std::optional<Profile>> ChosenProfileOf(const Arguments& arguments,
                                                  const OpenedFiles& opened);

// A name that no shipped profile has.
tl::unexpected<Failure> NoProfile(const std::string& name);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_PROFILE_ARGUMENT_H_
