// Recordings from files and pipes.

#ifndef VTPROBE_TOOLS_VTPROBE_INPUT_H_
#define VTPROBE_TOOLS_VTPROBE_INPUT_H_

#include <string>

#include "failure.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// How messages and reports name an input: "-" is "<stdin>".
std::string InputName(const std::string& path);

// Reads and parses a dump; "-" is standard input. kInputMissing for what can't
// be read, kMalformedInput for what is none. What does not begin like a dump is
// not read on, so that an endless input ends there.
OrFailure<PlatformSnapshot> LoadDump(const std::string& path);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_INPUT_H_
