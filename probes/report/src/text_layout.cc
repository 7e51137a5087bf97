#include "text_layout.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// Between fields.
constexpr std::string_view kAsciiSeparator = " | ";
constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 3;
// A longer label, such as the list of every other CPU, has lines of its own.
constexpr std::size_t kLongestLabel = 24;
// What prose is wrapped to if there is no terminal.
constexpr std::size_t kDefaultWidth = 80;
// Text is not squeezed into less than this.
constexpr std::size_t kNarrowest = 30;

std::string Blanks(std::size_t count) { return std::string(count, ' '); }

std::vector<std::string> Split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view WithoutTrailingBlanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// The items from column `column` on; later lines are indented to it.
std::string Wrap(const std::vector<std::string>& items, std::string_view separator,
                 std::size_t column, std::size_t width) {
  const std::size_t limit = std::max(width, column + kNarrowest);
  std::string text;
  std::size_t at = column;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string_view after =
        i + 1 == items.size() ? std::string_view() : WithoutTrailingBlanks(separator);
    if (i != 0) {
      if (at + Columns(separator) + Columns(items[i]) + Columns(after) <= limit) {
        text += separator;
        at += Columns(separator);
      } else {
        text += WithoutTrailingBlanks(separator);
        text += '\n' + Blanks(column);
        at = column;
      }
    }
    text += items[i];
    at += Columns(items[i]);
  }
  return text;
}

// The columns that short labels and leads take up.
struct Widths {
  std::size_t label = 0;
  std::size_t lead = 0;
};

Widths Measure(const std::vector<TextRow>& rows) {
  Widths widths;
  for (const TextRow& row : rows) {
    const std::size_t label = Columns(row.label);
    if (label <= kLongestLabel) widths.label = std::max(widths.label, label);
    widths.lead = std::max(widths.lead, Columns(row.lead));
  }
  return widths;
}

// Ends where the row's text begins: at `column`, if there is a terminal.
std::string LabelText(const std::string& label, std::size_t column, const RenderOptions& options) {
  const std::size_t end = kIndent + Columns(label) + kGap;
  if (end <= column || !options.width) {
    const std::size_t gap = std::max(end, column) - end + kGap;
    return Blanks(kIndent) + Coloured(label, Colour::kDim, options) + Blanks(gap);
  }
  const std::string wrapped = Wrap(Split(label, ','), ",", kIndent, *options.width);
  return Blanks(kIndent) + Coloured(wrapped, Colour::kDim, options) + '\n' + Blanks(column);
}

std::string RowText(const TextRow& row, const Widths& widths, const RenderOptions& options) {
  const bool in_table = !row.lead.empty();
  const std::size_t width =
      options.width.value_or(in_table ? std::numeric_limits<std::size_t>::max() : kDefaultWidth);
  std::size_t column = kIndent + widths.label + kGap;
  std::string text = LabelText(row.label, column, options) + row.lead;
  if (in_table && !row.items.empty()) {
    const std::size_t behind_lead = column + widths.lead + kGap;
    if (behind_lead + kNarrowest <= width) {
      text += Blanks(behind_lead - column - Columns(row.lead));
      column = behind_lead;
    } else {
      text += '\n' + Blanks(column);
    }
  }
  text += Wrap(row.items, row.separator, column, width);
  return std::string(WithoutTrailingBlanks(text)) + '\n';
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void PutIntoAscii(TextRow* row) {
  row->label = Ascii(row->label);
  row->lead = Ascii(row->lead);
  for (std::string& item : row->items) item = Ascii(item);
  if (!IsAscii(row->separator)) row->separator = kAsciiSeparator;
}

}  // namespace

std::string Counted(std::size_t count, std::string_view one) {
  return std::to_string(count).append(" ").append(one).append(count == 1 ? "" : "s");
}

TextRow Prose(std::string label, std::string_view text) {
  return {std::move(label), {}, Split(text, ' ')};
}

std::string LayOut(std::vector<TextRow> rows, const RenderOptions& options) {
  for (TextRow& row : rows) {
    row.label = Printable(row.label);
    row.lead = Printable(row.lead);
    for (std::string& item : row.items) item = Printable(item);
  }
  if (options.ascii) {
    for (TextRow& row : rows) PutIntoAscii(&row);
  }
  const Widths widths = Measure(rows);
  std::string text;
  for (const TextRow& row : rows) text += RowText(row, widths, options);
  return text;
}

std::string Coloured(std::string_view text, Colour colour, const RenderOptions& options) {
  std::string shown = options.ascii ? Ascii(text) : std::string(text);
  if (!options.color || text.empty()) return shown;
  const auto code = [&]() -> std::string_view {
    switch (colour) {
      case Colour::kRed:
        return "\x1b[1;31m";
      case Colour::kGreen:
        return "\x1b[1;32m";
      case Colour::kYellow:
        return "\x1b[1;33m";
      case Colour::kDim:
        return "\x1b[2m";
    }
    return "";
  }();
  return std::string(code) + shown + "\x1b[0m";
}

std::size_t Columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace vtprobe
