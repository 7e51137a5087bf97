// An unlocked debug interface lets whoever holds a cable stop the CPU and read
// all of its memory. Firmware switches it off and locks it on every CPU; the
// third bit remembers that somebody used it since power-on.

#include "rules.h"
#include "shapes.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {

using registers::kDebugInterface;

const Rule kIntelDebugInterface{
    .id = "intel.debug_interface.locked",
    .title = "Silicon debug is off, locked, and was not used",
    .spec = "[intel/sdm-vol3] 18.19, [intel/sdm-vol4] table 2-2",
    .severity = Severity::kHigh,
    .remedy =
        "Switch off debug support (\"Direct Connect Interface\", \"CPU Run Control\") in "
        "firmware setup; production firmware locks it.",
    .msrs = {&kDebugInterface},
    .check = BitsAre<kDebugInterface, kDebugInterface["LOCK"].mask(),
                     kDebugInterface["ENABLE"].mask() | kDebugInterface["DEBUG_OCCURRED"].mask()>};

}  // namespace vtprobe::rules
