// What looks like evidence where no row of any table understood it: such a line is named,
// so that a person can see what was not taken.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_SUSPICION_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_SUSPICION_H_

#include "paste/line_layers.h"

namespace vtprobe::import {

// A register with a number, or what a log says of the switch.
bool LooksLikeEvidence(const PeeledLine& line);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_SUSPICION_H_
