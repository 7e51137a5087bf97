// Labelled, aligned, wrapped lines: how every text report of this project
// looks. It knows nothing of registers.
//
//   headline
//
//     label      lead    items, which are wrapped
//                        under each other

#ifndef VTPROBE_PROBES_REPORT_SRC_TEXT_LAYOUT_H_
#define VTPROBE_PROBES_REPORT_SRC_TEXT_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/report/formats.h"

namespace vtprobe {

// A label of its own row. The empty row is a blank line.
struct TextRow {
  std::string label;
  // Aligned with the leads of the other rows. A row that has one is a table's:
  // without a terminal it stays one line.
  std::string lead;
  std::vector<std::string> items;  // lines break between these
  std::string_view separator = " ";
};

// "1 rule", "3 rules".
std::string Counted(std::size_t count, std::string_view one);

// A row whose items are the words of a text.
TextRow Prose(std::string label, std::string_view text);

// Each row indented by two columns, and as many lines as it needs. What does
// not fit into a line on its own is not broken. What is Printable() is printed.
std::string LayOut(std::vector<TextRow> rows, const RenderOptions& options);

enum class Colour : std::uint8_t { kRed, kGreen, kYellow, kDim };

// The text in that colour, if the options want any.
std::string Coloured(std::string_view text, Colour colour, const RenderOptions& options);

// Columns on a terminal: one for each character.
std::size_t Columns(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_TEXT_LAYOUT_H_
