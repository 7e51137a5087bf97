// What many machines show together, in words, as JSON and as a table.

#ifndef VTPROBE_REPORT_FLEET_H_
#define VTPROBE_REPORT_FLEET_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "vtprobe/fleet/findings.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/report/render_options.h"

namespace vtprobe {

// In the order in which somebody asks: how many machines and how many are good, who
// stands out, which rules fail, which levels there are, what changed, what is not known.
// What a normal answer counts, a verbose one names.
std::string RenderFleetText(const fleet::Findings& findings, const RenderOptions& options);

// How many outliers it shows at most, and of a register values: what Conclude() has to keep.
std::size_t MostShown(const RenderOptions& options);

// The same as a page, html.h's: its lists are tables, and what is said of a machine is
// gathered in one place.
std::string RenderFleetHtml(const fleet::Findings& findings);

inline constexpr std::string_view kFleetSchema = "vtprobe-fleet/1";

// One object of that schema. `fold` is Fold::ToJson(), from which reports
// are merged.
std::string RenderFleetJson(const fleet::Findings& findings, std::string_view fold);

// Why a text is no such report, and where it stops being one.
struct FleetJsonError {
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
};

// The fold of what this version of the tool wrote so. What is nested deeper than a
// report is refused before it is parsed.
tl::expected<fleet::Fold, FleetJsonError> ReadFleetJson(std::string_view text,
                                                        std::string_view tool_version);

// A row for each machine and statement, under one line of names. [ietf/rfc4180] A text
// that a spreadsheet would take for a formula begins with an apostrophe.
std::string RenderFleetCsv(const fleet::Findings& findings);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_FLEET_H_
