// What libcpuid takes a CPU for, from the same raw leaves: a second opinion
// beside our own table of codenames.
//
// Its database is older than some CPUs, and it guesses then: a Core Ultra 7
// 155H becomes a "Pentium III (Coppermine)" in 0.6.2. So it never replaces a
// name; where it names another design, both are shown. It names the variant of
// a design where our table names the design, or a product and no design at all:
// neither is a doubt.

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

// Whether it names a design that is known and is another than ours: "Ryzen 9
// (Rembrandt)" is not "Zen 5 (Granite Ridge)". "Xeon (Gainestown)" is one of
// "Nehalem (Nehalem-EP)", and "Opteron" may be anything.
bool NamesAnotherDesign(std::string_view libcpuid_codename, std::string_view our_codename);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_IDENTITY_LIBCPUID_OPINION_H_
