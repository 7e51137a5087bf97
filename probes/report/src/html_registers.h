// The registers that an answer rests on, with groups of CPUs by value, and the bits
// in which they differ marked.

#ifndef VTPROBE_PROBES_REPORT_SRC_HTML_REGISTERS_H_
#define VTPROBE_PROBES_REPORT_SRC_HTML_REGISTERS_H_

#include "html.h"
#include "vtprobe/report/report.h"

namespace vtprobe {

// Those whose CPUs differ first; in brief these alone. Nothing of a report without its
// recording.
Markup HtmlRegisters(const Report& report, HtmlDetail detail);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_HTML_REGISTERS_H_
