// The raw dump of libcpuid's cpuid_tool: the arrays that the library keeps of
// each CPU, written out whole.
//
//   _________________ Logical CPU #0 _________________
//   basic_cpuid[0]=00000010 68747541 444d4163 69746e65
//
// The arrays have a fixed length and are filled by asking the CPU, which
// answers a leaf above its highest with whatever it likes: such entries are
// left out. Leaves 4 and 0xb stand twice, in the basic array and in their own.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "cpu_collector.h"
#include "importers.h"
#include "scanner.h"
#include "single_file.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

struct Array {
  std::string_view name;
  std::uint32_t leaf;
  bool holds_subleaves;  // otherwise the leaves from that one on
};

constexpr std::array kArrays = {
    Array{"basic_cpuid[", 0, false},
    Array{"ext_cpuid[", 0x8000'0000, false},
    Array{"intel_fn4[", 0x4, true},
    Array{"intel_fn11[", 0xb, true},
    Array{"intel_fn12h[", 0x12, true},
    Array{"intel_fn14h[", 0x14, true},
    Array{"amd_fn8000001dh[", 0x8000'001d, true},
    Array{"amd_fn80000026h[", 0x8000'0026, true},
};

struct Entry {
  CpuidLeaf leaf;
  CpuidRegisters registers;
};

const Array* TakeArray(Scanner* scanner) {
  for (const Array& array : kArrays) {
    if (scanner->Take(array.name)) return &array;
  }
  return nullptr;
}

bool TakeRegister(Scanner* scanner, std::uint32_t* value, std::size_t* digits) {
  scanner->SkipBlanks();
  const std::size_t before = scanner->rest().size();
  const auto number = scanner->TakeHex<std::uint32_t>();
  if (!number) return false;
  *value = *number;
  *digits = before - scanner->rest().size();
  return scanner->AtBlankOrEnd();
}

// The scanner stands behind the array's name.
std::optional<Entry> ParseEntry(Scanner scanner, const Array& array) {
  constexpr std::uint32_t kMostEntries = 0x1000'0000;
  Entry entry;
  const auto index = scanner.TakeDecimal();
  if (!index || *index >= kMostEntries || !scanner.Take("]=")) return std::nullopt;
  entry.leaf =
      array.holds_subleaves ? CpuidLeaf{array.leaf, *index} : CpuidLeaf{array.leaf + *index, 0};
  CpuidRegisters& r = entry.registers;
  std::array<std::size_t, 4> digits{};
  if (!TakeRegister(&scanner, &r.eax, digits.data()) ||
      !TakeRegister(&scanner, &r.ebx, &digits[1]) || !TakeRegister(&scanner, &r.ecx, &digits[2]) ||
      !TakeRegister(&scanner, &r.edx, &digits[3]) || IsCutOff(digits)) {
    return std::nullopt;
  }
  scanner.SkipBlanks();
  if (!scanner.AtEnd()) return std::nullopt;
  return entry;
}

Confidence Recognize(const File& file) {
  TextLines lines(Head(file.content));
  while (lines.Next()) {
    Scanner scanner(lines.line());
    const Array* const array = TakeArray(&scanner);
    if (array != nullptr && ParseEntry(scanner, *array)) return Confidence::kCertain;
  }
  return Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  CpuCollector collector;
  collector.HonourMaximumLeaves();
  TextLines lines((*file)->content);
  while (lines.Next()) {
    const std::string_view line = lines.line();
    if (IsLineOfDashes(line) && collector.has_readings()) break;
    Scanner scanner(line);
    if (const Array* const array = TakeArray(&scanner)) {
      if (const auto entry = ParseEntry(scanner, *array)) {
        collector.AddCpuid(entry->leaf, PartialCpuid{entry->registers}, lines.number());
      } else {
        collector.AddUnreadableLine(lines.number());
      }
    } else if (scanner.Take("version=")) {
      collector.metadata().Set(meta::kTool, "libcpuid " + std::string(scanner.rest()));
    } else if (scanner.Take('_')) {
      while (scanner.Take('_') || scanner.SkipBlanks()) {
      }
      if (!scanner.Take("Logical CPU #")) continue;
      const std::string_view number_text = scanner.rest();
      const auto number = scanner.TakeDecimal();
      if (number && !collector.OpenCpu(*number)) {
        return tl::unexpected(CpuNumberError(**file, lines, number_text));
      }
    }
  }
  return std::move(collector).Build(**file);
}

}  // namespace

const Importer kLibcpuidRaw{
    .name = "libcpuid", .title = "raw dump of libcpuid", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
