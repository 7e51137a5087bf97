// The files of hwloc-gather-cpuid: one a CPU, named pu0, pu1 and so on.
//
//   # mask e[abcd]x => e[abcd]x
//   5 4 0 1 0 => 1c004122 1c0003f 3f 0
//
// All numbers are bare hexadecimal. The mask tells which of EAX, EBX, ECX and
// EDX the answer depends on (bits 0 to 3). hwloc itself writes 1, where ECX is
// no input, and 5.

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpu_collector.h"
#include "importers.h"
#include "scanner.h"
#include "text_lines.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::import {
namespace {

constexpr unsigned kMaskEax = 1u << 0;
constexpr unsigned kMaskEcx = 1u << 2;

struct Entry {
  CpuidLeaf leaf;
  CpuidRegisters registers;
};

bool IsComment(std::string_view line) { return line.empty() || line.front() == '#'; }

// Takes one line apart, word by word.
class EntryParser {
 public:
  EntryParser(const File& file, const TextLines& lines)
      : file_(file), lines_(lines), scanner_(lines.line()) {}

  tl::expected<Entry, Error> Parse() {
    const auto mask = ParseDigits<std::uint32_t>(Word(), 16);
    if (!mask || *mask > 0xf) return Fail("expected a mask of input registers, 1 to f");
    if ((*mask & kMaskEax) == 0) return Fail("expected a mask with bit 0: EAX selects the leaf");

    std::array<std::uint32_t, 8> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i == 4 && Word() != "=>") return Fail("expected => after four input registers");
      const auto number = ParseDigits<std::uint32_t>(Word(), 16);
      if (!number) {
        return Fail("expected a register in hexadecimal, of at most 32 bits, without 0x");
      }
      numbers.at(i) = *number;
    }
    if (!Word().empty()) return Fail("expected nothing after the fourth output register");
    const std::uint32_t subleaf = (*mask & kMaskEcx) != 0 ? numbers[2] : 0;
    return Entry{{numbers[0], subleaf}, {numbers[4], numbers[5], numbers[6], numbers[7]}};
  }

 private:
  std::string_view Word() {
    scanner_.SkipBlanks();
    word_ = scanner_.TakeWord();
    return word_;
  }

  // At the last word that was taken.
  tl::unexpected<Error> Fail(std::string message) const {
    return tl::unexpected(
        Error{file_.name, lines_.number(), lines_.ColumnOf(word_), std::move(message)});
  }

  const File& file_;
  const TextLines& lines_;
  Scanner scanner_;
  std::string_view word_;
};

Confidence Recognize(const File& file) {
  TextLines lines(file.content);
  while (lines.Next()) {
    if (lines.line().starts_with("# mask e[abcd]x =>")) return Confidence::kCertain;
    if (IsComment(lines.line())) continue;
    return EntryParser(file, lines).Parse() ? Confidence::kCertain : Confidence::kNone;
  }
  return Confidence::kNone;
}

// The N of a file named puN, whatever stands after a dot.
std::optional<LogicalCpu> CpuOf(std::string_view name) {
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
  name = name.substr(0, name.find('.'));
  if (!name.starts_with("pu")) return std::nullopt;
  const auto number = ParseDigits<std::uint32_t>(name.substr(2), 10);
  if (!number || *number > kMaxCpuNumber) return std::nullopt;
  return LogicalCpu{*number};
}

// All of it is of the CPU that is open.
std::optional<Error> ReadFile(const File& file, CpuCollector* collector) {
  TextLines lines(file.content);
  while (lines.Next()) {
    if (IsComment(lines.line())) continue;
    const auto entry = EntryParser(file, lines).Parse();
    if (!entry) return entry.error();
    collector->AddCpuid(entry->leaf, PartialCpuid{entry->registers}, lines.number());
  }
  return std::nullopt;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  CpuCollector collector;
  std::vector<bool> seen(kMaxCpuNumber + 1);
  for (const File& file : files) {
    auto cpu = CpuOf(file.name);
    if (!cpu && files.size() > 1) {
      return tl::unexpected(
          Error{file.name, 0, 0, "expected a file named puN: the name tells which CPU it is of"});
    }
    if (!cpu) {
      if (auto error = ReadFile(file, &collector)) return tl::unexpected(*std::move(error));
      continue;
    }
    if (seen[Number(*cpu)]) {
      return tl::unexpected(
          Error{file.name, 0, 0,
                fmt::format("another file is of CPU {} too: give the files of one machine only",
                            Number(*cpu))});
    }
    seen[Number(*cpu)] = true;
    // The name's number is one that a CPU can have.
    static_cast<void>(collector.OpenCpu(Number(*cpu)));
    if (auto error = ReadFile(file, &collector)) return tl::unexpected(*std::move(error));
  }
  collector.metadata().Set(meta::kTool, "hwloc-gather-cpuid");
  return std::move(collector).Build(files.front());
}

}  // namespace

const Importer kHwloc{.name = "hwloc",
                      .title = "hwloc-gather-cpuid's puN files",
                      .detect = Recognize,
                      .import = Import,
                      .has_several_files = true};

}  // namespace vtprobe::import
