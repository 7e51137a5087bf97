#include "html_ruler.h"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "register_text.h"

namespace vtprobe {
namespace {

Markup MarkOf(const Field& field, std::uint64_t marked) {
  return (field.mask() & marked) != 0 ? Fill(R"( class="differs-here")", {}) : Markup();
}

// A list of CPUs may be longer than anybody reads at the end of a line.
constexpr std::size_t kLongestLabel = 40;

std::string Shortened(const std::string& label) {
  return label.size() <= kLongestLabel ? label : label.substr(0, kLongestLabel) + "\u2026";
}

// Marked bits beside each other are one mark: a page has many.
Markup BitsLine(const RulerLine& shown, unsigned highest) {
  const RegisterReading& reading = shown.value;
  Markup line;
  std::string alike;
  bool is_marked = false;
  const auto flush = [&] {
    if (alike.empty()) return;
    line += is_marked ? Fill("<mark>{{bits}}</mark>", {{"bits", alike}}) : Escaped(alike);
    alike.clear();
  };
  for (unsigned bit = highest + 1; bit-- > 0;) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    if (((shown.marked & mask) != 0) != is_marked) {
      flush();
      is_marked = !is_marked;
    }
    alike += !reading.Knows(mask) ? '?' : (reading.known_bits() & mask) != 0 ? '1' : '0';
    if (bit % 4 == 0) {
      flush();
      line += Escaped(" ");
    }
  }
  line += Escaped(' ' + Shortened(shown.label) + '\n');
  return line;
}

}  // namespace

std::string HtmlValue(const RegisterReading& reading) {
  return reading.known() == 0 ? NotReadText(reading.error()) : ValueText(reading);
}

Markup HtmlRuler(const RegisterInfo& info, const std::vector<RulerLine>& lines) {
  const unsigned highest = info.highest_bit();
  std::string numbers;
  for (unsigned bit = highest + 1; bit > 0; bit -= 4) numbers += fmt::format("{:<5}", bit - 1);
  Markup ruler = Escaped(numbers + '\n');
  for (const RulerLine& line : lines) ruler += BitsLine(line, highest);
  return ruler;
}

Markup HtmlFieldHeads(const FieldList& fields, std::uint64_t marked) {
  Markup heads;
  for (const Field& field : fields) {
    const std::string bits = field.high == field.low ? fmt::format("{}", field.low)
                                                     : fmt::format("{}:{}", field.high, field.low);
    heads += Fill(html::kField, {{"mark", MarkOf(field, marked)},
                                 {"meaning", field.meaning},
                                 {"bits", bits},
                                 {"name", field.name}});
  }
  return heads;
}

Markup HtmlFieldCells(const FieldList& fields, const RegisterReading& value, std::uint64_t marked) {
  Markup cells;
  for (const Field& field : fields) {
    cells += Fill("<td{{mark}}>{{value}}</td>",
                  {{"mark", MarkOf(field, marked)}, {"value", FieldValueText(field, value)}});
  }
  return cells;
}

}  // namespace vtprobe
