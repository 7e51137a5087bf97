// What turbostat prints of MSRs before it starts to measure (versions before
// 2016 with --debug):
//
//   cpu0: MSR_IA32_FEATURE_CONTROL: 0x00040005 (Locked SGX)
//
// It reads most registers on one CPU and names them as the Linux source does.

#include <optional>
#include <utility>

#include "broken_number.h"
#include "cpu_collector.h"
#include "importers.h"
#include "register_names.h"
#include "scanner.h"
#include "single_file.h"
#include "text_lines.h"
#include "turbostat_names.h"

namespace vtprobe::import {
namespace {

struct Line {
  std::string_view cpu_text;
  std::uint32_t cpu = 0;
  std::string_view name;              // empty: given by its address
  std::optional<MsrAddress> address;  // nothing: the name is unknown
  MsrReading reading;
  bool ends_in_value = false;
};

// "cpu0: MSR_PLATFORM_INFO: 0x804043df1011500", behind the CPU. Some versions
// have a comma in the place of the second colon.
bool ParseValue(Scanner scanner, Line* line) {
  const std::string_view text = scanner.rest();
  if (!scanner.Take("MSR_")) return false;
  const std::size_t length = text.find_first_of(":, ");
  if (length == std::string_view::npos) return false;
  line->name = text.substr(0, length);
  scanner = Scanner(text.substr(length + 1));
  scanner.SkipBlanks();
  const auto value = scanner.TakePrefixedHex<std::uint64_t>();
  if (!value || !scanner.AtBlankOrEnd()) return false;
  line->ends_in_value = scanner.AtEnd();
  line->address = FindRegister(kTurbostatNames, line->name);
  line->reading = *value;
  return true;
}

// "cpu0: msr offset 0x1ad read failed: Input/output error", behind the CPU.
bool ParseFailure(Scanner scanner, Line* line) {
  if (!scanner.Take("msr offset ")) return false;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take(" read failed")) return false;
  line->name = {};
  line->address = MsrAddress{*address};
  const std::string_view reason = scanner.rest();
  // The driver's EIO of a read is the CPU's #GP, its ENXIO a CPU that went
  // offline.
  const AccessCode code =
      reason.find("Input/output error") != std::string_view::npos ? AccessCode::kGeneralProtection
      : reason.find("No such device or address") != std::string_view::npos ? AccessCode::kCpuOffline
                                                                           : AccessCode::kIo;
  line->reading = tl::unexpected(code);
  return true;
}

std::optional<Line> ParseLine(std::string_view text) {
  Scanner scanner(text);
  scanner.Take("turbostat: ");
  if (!scanner.Take("cpu")) return std::nullopt;
  Line line;
  line.cpu_text = scanner.rest();
  const auto cpu = scanner.TakeDecimal();
  if (!cpu || !scanner.Take(": ")) return std::nullopt;
  line.cpu = *cpu;
  if (ParseValue(scanner, &line) || ParseFailure(scanner, &line)) return line;
  return std::nullopt;
}

// Whether a terminal broke the value that ended the line before this one.
bool GoesOn(const std::optional<Line>& before, std::string_view line) {
  return before && before->ends_in_value && HexDigitsAtBeginning(line) != 0;
}

// Two heads are two runs, at two times, and broken lines were copied from a terminal:
// the reader of pastes knows of both.
Confidence Recognize(const File& file) {
  TextLines lines(Head(file.content));
  std::size_t heads = 0;
  bool has_line = false;
  std::optional<Line> before;
  while (lines.Next()) {
    const std::string_view line = lines.line();
    if (GoesOn(before, line)) return Confidence::kNone;
    before = ParseLine(line);
    has_line |= before.has_value();
    if (line.starts_with("turbostat version ")) ++heads;
  }
  if (heads > 1) return Confidence::kNone;
  return heads == 1 || has_line ? Confidence::kCertain : Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  CpuCollector collector;
  TextLines lines((*file)->content);
  std::optional<Line> line;
  while (lines.Next()) {
    const std::string_view text = lines.line();
    if (GoesOn(line, text)) {
      return tl::unexpected(Error{(*file)->name, lines.number() - 1, 1,
                                  "the value in this line may go on in the next one"});
    }
    if (text.starts_with("turbostat version ")) {
      // Behind the dash stands its author.
      collector.metadata().Set(meta::kTool, text.substr(0, text.find(" - ")));
    }
    line = ParseLine(text);
    if (!line) continue;
    if (!line->address) {
      collector.AddUnknownRegister(line->name, lines.number());
    } else if (collector.OpenCpu(line->cpu)) {
      collector.AddMsr(*line->address, line->reading, lines.number());
    } else {
      return tl::unexpected(CpuNumberError(**file, lines, line->cpu_text));
    }
  }
  return std::move(collector).Build(**file);
}

}  // namespace

const Importer kTurbostat{
    .name = "turbostat", .title = "output of turbostat", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
