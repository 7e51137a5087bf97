#include "cell_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "vtprobe/hal/hex.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::fleet {
namespace {

constexpr std::string_view kMsr = "msr ";
constexpr std::string_view kCpuid = "cpuid ";

void AppendReading(const RegisterReading& reading, std::string* text) {
  if (reading.known() == 0) {
    *text += '!';
    *text += Name(reading.error());
    return;
  }
  AppendHex(reading.known_bits(), text);
  if (reading.has_value()) return;
  *text += '/';
  AppendHex(reading.known(), text);
}

std::optional<RegisterReading> ParseReading(std::string_view text) {
  if (text.starts_with('!')) {
    const auto code = AccessCodeFromName(text.substr(1));
    if (!code) return std::nullopt;
    return RegisterReading(tl::unexpected(*code));
  }
  const std::size_t slash = text.find('/');
  const auto bits = ParsePrefixedHex<std::uint64_t>(text.substr(0, slash));
  if (!bits) return std::nullopt;
  if (slash == std::string_view::npos) return RegisterReading(*bits);
  const auto known = ParsePrefixedHex<std::uint64_t>(text.substr(slash + 1));
  if (!known || *known == 0 || (*bits & ~*known) != 0) return std::nullopt;
  return RegisterReading::OfBits(*bits, *known);
}

std::string_view TakePart(std::string_view* text) {
  const std::string_view part = text->substr(0, text->find('|'));
  text->remove_prefix(std::min(part.size() + 1, text->size()));
  return part;
}

std::optional<RegisterId> ParseRegister(std::string_view text) {
  if (text.starts_with(kMsr)) {
    const auto address = ParsePrefixedHex<std::uint32_t>(text.substr(kMsr.size()));
    return address ? std::optional(RegisterId::Of(MsrAddress{*address})) : std::nullopt;
  }
  if (!text.starts_with(kCpuid)) return std::nullopt;
  text.remove_prefix(kCpuid.size());
  const std::size_t dot = text.find('.');
  const std::size_t colon = text.find(':');
  if (dot == std::string_view::npos || colon == std::string_view::npos || colon < dot) {
    return std::nullopt;
  }
  const auto leaf = ParsePrefixedHex<std::uint32_t>(text.substr(0, dot));
  const auto subleaf = ParsePrefixedHex<std::uint32_t>(text.substr(dot + 1, colon - dot - 1));
  const auto output = ParseDigits<std::uint32_t>(text.substr(colon + 1), 10);
  if (!leaf || !subleaf || !output || *output > 3) return std::nullopt;
  return RegisterId::Of(CpuidLeaf{*leaf, *subleaf}, static_cast<CpuidRegister>(*output));
}

}  // namespace

std::string CellText(const Cell& cell) {
  std::string text(cell.reg.is_cpuid ? kCpuid : kMsr);
  AppendHex(cell.reg.number, &text);
  if (cell.reg.is_cpuid) {
    text += '.';
    AppendHex(cell.reg.subleaf, &text);
    text += ':';
    text += static_cast<char>('0' + static_cast<int>(cell.reg.output));
  }
  text += '|';
  AppendHex(cell.core_type, &text);
  for (const auto& [cpus, reading] : cell.values) {
    text += '|';
    text += cpus.ToString();
    text += '=';
    AppendReading(reading, &text);
  }
  return text;
}

std::optional<Cell> ParseCell(std::string_view text) {
  const auto reg = ParseRegister(TakePart(&text));
  const auto core_type = ParsePrefixedHex<std::uint32_t>(TakePart(&text));
  if (!reg || !core_type || text.empty()) return std::nullopt;
  Cell cell{*reg, *core_type, {}};
  std::vector<CpuSet::Range> ranges;
  std::size_t count = 0;
  while (!text.empty()) {
    const std::string_view part = TakePart(&text);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    auto cpus = CpuSet::Parse(part.substr(0, equals));
    const auto reading = ParseReading(part.substr(equals + 1));
    if (!cpus || !reading) return std::nullopt;
    ranges.insert(ranges.end(), cpus->ranges().begin(), cpus->ranges().end());
    count += cpus->Count();
    cell.values.emplace_back(*std::move(cpus), *reading);
  }
  if (CpuSet(std::move(ranges)).Count() != count) return std::nullopt;  // one stands there twice
  return cell;
}

}  // namespace vtprobe::fleet
