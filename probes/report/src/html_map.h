// A machine's CPUs as a map: a cell each, in the frame of its core and package.

#ifndef VTPROBE_PROBES_REPORT_SRC_HTML_MAP_H_
#define VTPROBE_PROBES_REPORT_SRC_HTML_MAP_H_

#include "html.h"
#include "vtprobe/report/report.h"

namespace vtprobe {

// A frame for each package, or one for all CPUs where it is not known which are
// whose.
Markup HtmlMap(const Report& report);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_HTML_MAP_H_
