// What `cpuid -r` prints (the program by Todd Allen): for each CPU its leaves
// with the ECX that each was asked with.
//
//   CPU 0:
//      0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
//
// `cpuid -1 -r` prints "CPU:" and reads whichever CPU it runs on. Versions
// before subleaves print the leaf alone.

#include <array>
#include <cstddef>
#include <utility>

#include "cpu_collector.h"
#include "importers.h"
#include "scanner.h"
#include "single_file.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

bool TakeRegister(Scanner* scanner, std::string_view name, std::uint32_t* value,
                  std::size_t* digits) {
  scanner->SkipBlanks();
  if (!scanner->Take(name)) return false;
  const std::size_t before = scanner->rest().size();
  const auto number = scanner->TakePrefixedHex<std::uint32_t>();
  if (!number) return false;
  *value = *number;
  *digits = before - scanner->rest().size() - std::string_view("0x").size();
  return true;
}

// A leaf and, where it stands, a subleaf, up to the colon.
bool TakeLeaf(Scanner* scanner, LeafLine* line) {
  const auto leaf = scanner->TakePrefixedHex<std::uint32_t>();
  if (!leaf) return false;
  line->leaf = *leaf;
  if (scanner->SkipBlanks()) line->subleaf = scanner->TakePrefixedHex<std::uint32_t>();
  return scanner->Take(':');
}

bool TakeRegisters(Scanner* scanner, CpuidRegisters* registers) {
  std::array<std::size_t, 4> digits{};
  return TakeRegister(scanner, "eax=", &registers->eax, digits.data()) &&
         TakeRegister(scanner, "ebx=", &registers->ebx, &digits[1]) &&
         TakeRegister(scanner, "ecx=", &registers->ecx, &digits[2]) &&
         TakeRegister(scanner, "edx=", &registers->edx, &digits[3]) && scanner->AtBlankOrEnd() &&
         !IsCutOff(digits);
}

Confidence Recognize(const File& file) {
  TextLines lines(Head(file.content));
  while (lines.Next()) {
    Scanner scanner(lines.line());
    LeafLine line;
    if (TakeLeaf(&scanner, &line) && TakeRegisters(&scanner, &line.registers)) {
      return Confidence::kCertain;
    }
  }
  return Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  CpuCollector collector;
  TextLines lines((*file)->content);
  while (lines.Next()) {
    const std::string_view text = lines.line();
    Scanner scanner(text);
    LeafLine line;
    if (TakeLeaf(&scanner, &line)) {
      if (TakeRegisters(&scanner, &line.registers)) {
        collector.AddCpuid(line, lines.number());
      } else {
        collector.AddUnreadableLine(lines.number());
      }
      continue;
    }
    Scanner header(text);
    if (!header.Take("CPU")) continue;
    header.SkipBlanks();
    const std::string_view number_text = header.rest();
    const auto number = header.TakeDecimal();
    if (!header.Take(':') || !header.AtEnd()) continue;
    if (!number) {
      collector.OpenUnnumberedCpu();
    } else if (!collector.OpenCpu(*number)) {
      return tl::unexpected(CpuNumberError(**file, lines, number_text));
    }
  }
  return std::move(collector).Build(**file);
}

}  // namespace

const Importer kCpuidTool{
    .name = "cpuid", .title = "output of cpuid -r", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
