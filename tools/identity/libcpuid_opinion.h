// What libcpuid takes a CPU for, from the same raw leaves: a second opinion
// beside our own table of codenames.
//
// Its database is older than some CPUs, and it guesses then (libcpuid_rows.h). So
// it never replaces a name; where it knows the CPU and names another design, both
// are shown. It names the variant of a design where our table
// names the design, or a product and no design at all: neither is a doubt.
//
// Where the build found no libcpuid (which is there for x86 alone), LibcpuidDoubt() has
// none, and the others are not there.

#ifndef VTPROBE_TOOLS_IDENTITY_LIBCPUID_OPINION_H_
#define VTPROBE_TOOLS_IDENTITY_LIBCPUID_OPINION_H_

#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/hal/register_view.h"

namespace vtprobe {

// Its codename, such as "Core i7 (Haswell)"; nothing if leaves 0 or 1 are not
// there or libcpuid refuses them.
std::optional<std::string> LibcpuidCodename(const RegisterView& cpu);

// Whether the design that libcpuid names is known, and then whether it is ours:
// "Ryzen 9 (Rembrandt)" is not "Zen 5 (Granite Ridge)". "Xeon (Gainestown)" is one
// of "Nehalem (Nehalem-EP)", and "Opteron" may be anything.
enum class NamedDesign { kOurs, kAnother, kNone };
NamedDesign CompareDesigns(std::string_view libcpuid_codename, std::string_view our_codename);

// What it says if that is a doubt about the codename that ours gives: of the rows
// of this family and model, and of this stepping where either table tells the
// designs of a model apart by it, it chose one of another design, and none is of
// ours.
std::optional<std::string> LibcpuidDoubt(const RegisterView& cpu, std::string_view our_codename);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_IDENTITY_LIBCPUID_OPINION_H_
