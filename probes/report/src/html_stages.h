// Several recordings of one machine as columns: what became of the answer, of rules
// and of registers from one to the next.

#ifndef VTPROBE_PROBES_REPORT_SRC_HTML_STAGES_H_
#define VTPROBE_PROBES_REPORT_SRC_HTML_STAGES_H_

#include "html.h"
#include "vtprobe/report/report.h"

namespace vtprobe {

// Nothing of a report without earlier ones. Rules that nowhere fail and registers that
// stay as they are have no row.
Markup HtmlStages(const Report& report);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_HTML_STAGES_H_
