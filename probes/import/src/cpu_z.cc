// The text report of CPU-Z: below "CPU Thread N" the leaves, with repeated
// lines for subleaves, and some MSRs.
//
//   CPU Thread 0
//   	CPUID
//   	0x00000000		0x0000000A	0x756E6547	0x6C65746E	0x49656E69
//   	MSR 0x0000001B		0x00000000	0xFEE00900
//
// Reports before 1.50 write "edx = 0x00000000	eax = 0xFEE00900". The other
// sections dump registers of other devices, so only this one is read.

#include <array>
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

// "0x" and exactly eight digits, after blanks or at the start.
bool TakeNumber(Scanner* scanner, std::uint32_t* value) {
  scanner->SkipBlanks();
  return scanner->Take("0x") && scanner->TakeHexDigits(value) && scanner->AtBlankOrEnd();
}

// A leaf, a subleaf in reports that have them, and four registers.
std::optional<LeafLine> ParseCpuid(Scanner scanner) {
  std::array<std::uint32_t, 6> numbers{};
  std::size_t count = 0;
  while (count < numbers.size() && TakeNumber(&scanner, &numbers[count])) ++count;
  scanner.SkipBlanks();
  if (!scanner.AtEnd() || count < 5) return std::nullopt;
  LeafLine line;
  line.leaf = numbers[0];
  if (count == 6) line.subleaf = numbers[1];
  const std::size_t first = count - 4;
  line.registers = {numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3]};
  return line;
}

struct MsrLine {
  MsrAddress address{};
  std::uint64_t value = 0;
};

bool TakeHalf(Scanner* scanner, std::string_view name, std::uint32_t* value) {
  scanner->SkipBlanks();
  scanner->Take(name);
  return TakeNumber(scanner, value);
}

// The high half comes first. The scanner stands behind "MSR".
std::optional<MsrLine> ParseMsr(Scanner scanner) {
  std::uint32_t address = 0;
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  if (!TakeNumber(&scanner, &address) || !TakeHalf(&scanner, "edx =", &high) ||
      !TakeHalf(&scanner, "eax =", &low)) {
    return std::nullopt;
  }
  return MsrLine{MsrAddress{address}, std::uint64_t{high} << 32 | low};
}

// The text of the number in "CPU Thread 3".
std::optional<std::string_view> FindThread(std::string_view line) {
  Scanner scanner(line);
  if (!scanner.Take("CPU Thread ")) return std::nullopt;
  scanner.SkipBlanks();
  const std::string_view number = scanner.rest();
  if (!scanner.TakeDecimal() || !scanner.AtEnd()) return std::nullopt;
  return number;
}

// Each section has its title underlined.
bool IsUnderline(std::string_view line) {
  constexpr std::size_t kLength = 20;
  return line.size() >= kLength && line.find_first_not_of('-') == std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(const File& file) : file_(file), lines_(file.content) {}

  tl::expected<Imported, Error> Read();

 private:
  void ReadThreadLine(std::string_view line);

  const File& file_;
  TextLines lines_;
  CpuCollector collector_;
};

void Reader::ReadThreadLine(std::string_view line) {
  Scanner scanner(line);
  if (scanner.Take("MSR ")) {
    if (const auto msr = ParseMsr(scanner)) {
      collector_.AddMsr(msr->address, msr->value, lines_.number());
    } else {
      collector_.AddUnreadableLine(lines_.number());
    }
  } else if (const auto cpuid = ParseCpuid(scanner)) {
    collector_.AddCpuid(*cpuid, lines_.number());
  }
}

tl::expected<Imported, Error> Reader::Read() {
  constexpr std::string_view kVersion = "CPU-Z version";
  bool is_in_threads = true;  // a part of a report may begin inside them
  while (lines_.Next()) {
    const std::string_view line = lines_.line();
    if (line.starts_with(kVersion)) {
      Scanner version(line.substr(kVersion.size()));
      version.SkipBlanks();
      collector_.metadata().Set(meta::kTool, "CPU-Z " + std::string(version.rest()));
    } else if (IsUnderline(line)) {
      is_in_threads = false;
    } else if (const auto number = FindThread(line)) {
      is_in_threads = true;
      if (!collector_.OpenCpu(*Scanner(*number).TakeDecimal())) {
        return tl::unexpected(CpuNumberError(file_, lines_, *number));
      }
    } else if (is_in_threads) {
      ReadThreadLine(line);
    }
  }
  return std::move(collector_).Build(file_);
}

Confidence Recognize(const File& file) {
  Confidence confidence = Confidence::kNone;
  TextLines lines(Head(file.content));
  while (lines.Next()) {
    const std::string_view line = lines.line();
    if (line == "CPU-Z TXT Report") return Confidence::kCertain;
    Scanner scanner(line);
    if (FindThread(line) || ParseCpuid(scanner) || (scanner.Take("MSR ") && ParseMsr(scanner))) {
      confidence = Confidence::kLikely;
    }
  }
  return confidence;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  return Reader(**file).Read();
}

}  // namespace

const Importer kCpuZ{
    .name = "cpu-z", .title = "text report of CPU-Z", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
