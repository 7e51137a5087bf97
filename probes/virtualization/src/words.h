// The verdict where no register decides and somebody who looked at the switch
// said how it stands: the kernel in its log, firmware on its console, a program.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_WORDS_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_WORDS_H_

#include "vtprobe/hal/metadata.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// Decides a verdict that is indeterminate by the words that the recording quotes
// (kernel_log.N, firmware_log.N, tool_log.N), which it then carries. Words never become a
// register's value: the groups and their evidence stay as they are. Any other verdict stays.
void DecideByWords(const Metadata& metadata, VirtualizationVerdict* verdict);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_WORDS_H_
