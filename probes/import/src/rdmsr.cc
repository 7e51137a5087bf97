// What rdmsr of msr-tools prints: one number and nothing else, or why there is
// none.
//
//   5
//   rdmsr: CPU 2 cannot read MSR 0x0000003a
//
// The numbers alone name neither a register nor a CPU: the register comes from
// the caller, and the CPUs stay without known numbers, since `rdmsr -a` walks a
// directory in whatever order the kernel has it. Where the shell's own lines
// stand between them, the text is a paste.

#include <optional>
#include <utility>

#include "cpu_collector.h"
#include "importers.h"
#include "paste/command_line.h"
#include "paste/paste.h"
#include "rdmsr_failure.h"
#include "single_file.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

constexpr unsigned kBase = 16;

bool HasNumber(std::string_view content) {
  TextLines lines(content);
  while (lines.Next()) {
    if (ParseRdmsrNumber(lines.line(), kBase)) return true;
  }
  return false;
}

bool HasCommand(std::string_view content) {
  TextLines lines(content);
  while (lines.Next()) {
    if (ParseShellLine(lines.line())) return true;
  }
  return false;
}

class Reader {
 public:
  Reader(const File& file, const Options& options)
      : file_(file),
        options_(options),
        lines_(file.content),
        has_number_(HasNumber(file.content)) {}

  tl::expected<Imported, Error> Read();

 private:
  void ReadNumber(std::string_view line, std::uint64_t value);
  void ReadFailure(const RdmsrFailure& failure);
  // False, with an error at that part of the line, if it can't.
  bool OpenCpu(std::optional<std::uint32_t> number, std::string_view part);
  bool HasRegister(std::string_view part);

  const File& file_;
  const Options& options_;
  TextLines lines_;
  const bool has_number_;  // so that the driver is there
  CpuCollector collector_;
  std::optional<Error> error_;
  bool may_be_decimal_ = false;
  bool is_hexadecimal_ = false;
};

bool Reader::HasRegister(std::string_view part) {
  if (options_.msr) return true;
  error_ = Error{file_.name, lines_.number(), lines_.ColumnOf(part),
                 "rdmsr's output does not name the register: say which it was, as vtprobe import "
                 "--register 0x3a does"};
  return false;
}

bool Reader::OpenCpu(std::optional<std::uint32_t> number, std::string_view part) {
  if (number ? collector_.OpenCpu(*number) : collector_.OpenNextUnnumberedCpu()) return true;
  error_ = CpuNumberError(file_, lines_, part);
  return false;
}

void Reader::ReadNumber(std::string_view line, std::uint64_t value) {
  if (!HasRegister(line) || !OpenCpu(std::nullopt, line)) return;
  collector_.AddMsr(*options_.msr, value, lines_.number());
  if (line.find_first_not_of("0123456789") != std::string_view::npos) {
    is_hexadecimal_ = true;
  } else if (line.size() > 1) {
    may_be_decimal_ = true;
  }
}

void Reader::ReadFailure(const RdmsrFailure& failure) {
  const std::string_view part = failure.cpu ? failure.cpu_text : lines_.line();
  if (!failure.address && !HasRegister(part)) return;
  if (!OpenCpu(failure.cpu, part)) return;
  AccessCode code = failure.code;
  if (failure.says_no_node) code = has_number_ ? AccessCode::kCpuOffline : AccessCode::kNoDriver;
  collector_.AddMsr(failure.address ? *failure.address : *options_.msr, tl::unexpected(code),
                    lines_.number());
}

tl::expected<Imported, Error> Reader::Read() {
  while (lines_.Next()) {
    const std::string_view line = lines_.line();
    if (const auto failure = ParseRdmsrFailure(line)) {
      ReadFailure(*failure);
    } else if (const auto value = ParseRdmsrNumber(line, kBase)) {
      ReadNumber(line, *value);
    }
    if (error_) return tl::unexpected(*error_);
  }
  if (may_be_decimal_ && !is_hexadecimal_) {
    collector_.AddNote(
        "the numbers are read as hexadecimal: nothing tells whether rdmsr was asked for decimal "
        "ones (-d, -u)");
  }
  return std::move(collector_).Build(file_);
}

Confidence Recognize(const File& file) {
  TextLines lines(Head(file.content));
  bool has_failure = false;
  bool has_number = false;
  bool has_command = false;
  bool has_other = false;
  while (lines.Next()) {
    const std::string_view line = lines.line();
    if (line.empty()) continue;
    if (ParseRdmsrFailure(line)) {
      has_failure = true;
    } else if (ParseRdmsrNumber(line, kBase)) {
      has_number = true;
    } else if (!line.starts_with("grub>") && ParseShellLine(line)) {
      has_command = true;
    } else {
      has_other = true;
    }
  }
  if (has_failure) return Confidence::kCertain;
  const bool is_column = has_number && !has_other;
  return has_command || is_column ? Confidence::kPossible : Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options& options) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  if (HasCommand((*file)->content)) return ReadPaste(**file);
  return Reader(**file, options).Read();
}

}  // namespace

const Importer kRdmsr{
    .name = "rdmsr", .title = "output of rdmsr (msr-tools)", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
