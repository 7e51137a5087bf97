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

#include "import/importers.h"
#include "import/line_reader.h"
#include "import/numbers.h"
#include "import/readings.h"

namespace vtprobe::import {
namespace {

constexpr unsigned kMaskEax = 1u << 0;
constexpr unsigned kMaskEcx = 1u << 2;

struct Entry {
  CpuidLeaf leaf;
  CpuidRegisters registers;
};

bool IsComment(std::string_view line) {
  const std::string_view text = Trimmed(line);
  return text.empty() || text.front() == '#';
}

tl::expected<Entry, Error> ParseEntry(const File& file, LineReader* reader) {
  const auto fail = [&](std::string message) {
    return tl::unexpected(reader->ErrorHere(file, std::move(message)));
  };
  const auto mask = ParseDigits<std::uint32_t>(reader->Word(), 16);
  if (!mask || *mask > 0xf) return fail("expected a mask of input registers, 1 to f");
  if ((*mask & kMaskEax) == 0) return fail("expected a mask with bit 0: EAX selects the leaf");

  std::array<std::uint32_t, 8> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i == 4 && reader->Word() != "=>") return fail("expected => after four input registers");
    const auto number = ParseDigits<std::uint32_t>(reader->Word(), 16);
    if (!number) return fail("expected a register in hexadecimal, of at most 32 bits, without 0x");
    numbers[i] = *number;
  }
  if (!reader->Word().empty()) return fail("expected nothing after the fourth output register");
  const std::uint32_t subleaf = (*mask & kMaskEcx) != 0 ? numbers[2] : 0;
  return Entry{{numbers[0], subleaf}, {numbers[4], numbers[5], numbers[6], numbers[7]}};
}

Confidence Looks(const File& file) {
  LineReader reader(file.content);
  while (reader.Next()) {
    if (reader.line().starts_with("# mask e[abcd]x =>")) return Confidence::kCertain;
    if (IsComment(reader.line())) continue;
    return ParseEntry(file, &reader) ? Confidence::kCertain : Confidence::kNone;
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

std::optional<Error> ReadFile(const File& file, LogicalCpu cpu, Readings* readings) {
  readings->AddCpu(cpu);
  LineReader reader(file.content);
  while (reader.Next()) {
    if (IsComment(reader.line())) continue;
    const auto entry = ParseEntry(file, &reader);
    if (!entry) return entry.error();
    readings->AddCpuid(cpu, entry->leaf, PartialCpuid{entry->registers});
  }
  return std::nullopt;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  Readings readings;
  std::vector<bool> seen(kMaxCpuNumber + 1);
  bool is_numbered = true;
  for (const File& file : files) {
    auto cpu = CpuOf(file.name);
    if (!cpu && files.size() > 1) {
      return tl::unexpected(
          Error{file.name, 0, 0, "expected a file named puN: the name tells which CPU it is of"});
    }
    if (!cpu) {
      is_numbered = false;
      cpu = LogicalCpu{0};
    }
    if (seen[Number(*cpu)]) {
      return tl::unexpected(
          Error{file.name, 0, 0,
                fmt::format("another file is of CPU {} too: give the files of one machine only",
                            Number(*cpu))});
    }
    seen[Number(*cpu)] = true;
    if (auto error = ReadFile(file, *cpu, &readings)) return tl::unexpected(*std::move(error));
  }
  if (readings.empty()) {
    return tl::unexpected(Error{files.front().name, 0, 0, "expected at least one CPUID entry"});
  }
  Imported imported = std::move(readings).Build();
  imported.snapshot.mutable_metadata().Set(meta::kTool, "hwloc-gather-cpuid");
  if (!is_numbered) {
    imported.snapshot.mutable_metadata().Set("cpu_numbers", "unknown");
    imported.notes.emplace_back(
        "the file's name is not puN, so its CPU is not known: it is called 0");
  }
  return imported;
}

}  // namespace

const Importer kHwloc{
    .name = "hwloc", .title = "hwloc-gather-cpuid's puN files", .detect = Looks, .import = Import};

}  // namespace vtprobe::import
