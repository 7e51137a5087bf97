// Values of one register under each other, bit by bit and field by field, with
// those marked that are not alike.

#ifndef VTPROBE_PROBES_REPORT_SRC_HTML_RULER_H_
#define VTPROBE_PROBES_REPORT_SRC_HTML_RULER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "html.h"
#include "vtprobe/registers/field.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {

// "0x5", or why there is none.
std::string HtmlValue(const RegisterReading& reading);

struct RulerLine {
  RegisterReading value;
  std::uint64_t marked = 0;
  std::string label{};  // stands behind the bits
};

// The bits of each line in fours, the highest first, below their numbers. Of one
// that is not known: "?".
Markup HtmlRuler(const RegisterInfo& info, const std::vector<RulerLine>& lines);

// A table's head of the fields, those marked of which a bit is.
Markup HtmlFieldHeads(const FieldList& fields, std::uint64_t marked);

// A value's cells below that.
Markup HtmlFieldCells(const FieldList& fields, const RegisterReading& value, std::uint64_t marked);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_HTML_RULER_H_
