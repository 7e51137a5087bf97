#include "vtprobe/report/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

std::string BitsText(unsigned high, unsigned low) {
  return high == low ? fmt::format("bit {}", low) : fmt::format("bits {}:{}", high, low);
}

// A flag's meaning is what a set bit says; a number's what any value does. There
// are no words for the contrary of each, so a clear flag's is a condition.
std::string Meaning(const Field& field, const RegisterReading& value) {
  if (field.meaning.empty()) return {};
  const bool is_clear_flag = field.width() == 1 && !field.IsSet(value.known_bits());
  return (is_clear_flag ? "if set: " : "") + std::string(field.meaning);
}

std::vector<TextRow> FieldRows(const FieldList& fields, const RegisterReading& value) {
  std::size_t name_columns = 0;
  for (const Field& field : fields) name_columns = std::max(name_columns, field.name.size());
  std::vector<TextRow> rows;
  for (const Field& field : fields) {
    TextRow row = Prose(BitsText(field.high, field.low), Meaning(field, value));
    row.lead = fmt::format("{:<{}}   {}", field.name, name_columns, FieldValueText(field, value));
    rows.push_back(row);
  }
  return rows;
}

// The set bits of `bits`, neighbours together: "bit 21", "bits 47:40".
std::vector<std::string> Runs(std::uint64_t bits) {
  std::vector<std::string> runs;
  for (unsigned low = 0; low < 64; ++low) {
    if ((bits >> low & 1) == 0) continue;
    unsigned high = low;
    while (high < 63 && (bits >> (high + 1) & 1) != 0) ++high;
    runs.push_back(BitsText(high, low));
    low = high;
  }
  return runs;
}

}  // namespace

std::string RenderDecoded(const RegisterInfo& info, const RegisterReading& value,
                          const RenderOptions& options) {
  std::string text = fmt::format("{} = {}\n", info.Title(), ValueText(value));
  if (options.verbosity == Verbosity::kQuiet) return text;
  text += fmt::format("{} {}\n\n", info.title, Coloured(info.spec, Colour::kDim, options));
  std::vector<TextRow> rows = FieldRows(info.fields, value);
  const std::uint64_t undefined = value.known_bits() & ~info.fields.mask();
  if (info.fields.empty()) {
    rows.push_back(Prose("", "no fields: the whole register is one value"));
  } else if (undefined != 0) {
    rows.push_back({"reserved",
                    {},
                    {fmt::format("set, though no field is defined there: {}",
                                 fmt::join(Runs(undefined), ", "))}});
  }
  text += LayOut(rows, options);
  const MsrDef* const msr = info.is_cpuid ? nullptr : registers::FindMsr(info.name);
  const std::string conclusion = msr == nullptr ? "" : WhatItSwitches(msr->address, value);
  return conclusion.empty() ? text : text + '\n' + conclusion + '\n';
}

}  // namespace vtprobe
