// What rdmsr of msr-tools prints: one number and nothing else, or why there is
// none.
//
//   # rdmsr -p 3 0x3a
//   5
//   rdmsr: CPU 2 cannot read MSR 0x0000003a
//
// The numbers alone name neither a register nor a CPU. Where the shell's own
// lines stand between them, the command says both; otherwise the register comes
// from the caller, and the CPUs stay without known numbers: `rdmsr -a` walks a
// directory in whatever order the kernel has it.

#include <optional>
#include <utility>

#include "characters.h"
#include "cpu_collector.h"
#include "importers.h"
#include "scanner.h"
#include "single_file.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

struct Command {
  enum class Cpu : std::uint8_t { kKnown, kUnknown, kAll };

  std::optional<MsrAddress> address;
  Cpu cpu = Cpu::kKnown;
  std::uint32_t number = 0;  // rdmsr's default
  unsigned base = 16;
  bool is_whole = true;  // the output is the whole register as a number
};

// A shell's prompt, or the command before on the same line, may end so. What a
// reply or GRUB's prompt ends with is not among them.
bool EndsPrompt(char c) {
  return c == '$' || c == '#' || c == '%' || c == '+' || c == ';' || c == '&';
}

void RemoveLastWord(std::string_view word, std::string_view* text) {
  if (!text->ends_with(word)) return;
  text->remove_suffix(word.size());
  *text = WithoutBlanksAtEnd(*text);
}

// What stands behind the word "rdmsr" if the line is a command: at its start,
// behind a prompt or in a loop, with or without sudo. Up to a redirection or
// another command.
std::optional<std::string_view> FindArguments(std::string_view line) {
  constexpr std::string_view kName = "rdmsr";
  for (std::size_t at = line.find(kName); at != std::string_view::npos;
       at = line.find(kName, at + 1)) {
    const std::string_view behind = line.substr(at + kName.size());
    if (behind.empty() || !IsBlank(behind.front())) continue;
    std::string_view before = WithoutBlanksAtEnd(line.substr(0, at));
    RemoveLastWord("sudo", &before);
    RemoveLastWord("do", &before);
    if (before.empty() || EndsPrompt(before.back())) {
      return behind.substr(0, behind.find_first_of("|;&<>"));
    }
  }
  return std::nullopt;
}

// Another command than rdmsr, behind a prompt such as "user@host:~$ ".
bool IsOtherCommand(std::string_view line) {
  const std::size_t at = line.find_first_of("$#%");
  if (at == std::string_view::npos || at + 1 >= line.size() || !IsBlank(line[at + 1])) return false;
  const std::string_view prompt = line.substr(0, at);
  return prompt.empty() || prompt.find_first_of("@:~[") != std::string_view::npos;
}

class CommandParser {
 public:
  explicit CommandParser(std::string_view arguments) : scanner_(arguments) {}

  Command Parse();

 private:
  void ParseLongOption(std::string_view option);
  void ParseShortOptions(std::string_view letters);
  // The value of an option: the rest of its word or the next word.
  std::string_view ValueOf(std::string_view rest_of_word);
  void SetCpu(std::string_view text);

  Scanner scanner_;
  Command command_;
};

std::string_view CommandParser::ValueOf(std::string_view rest_of_word) {
  if (!rest_of_word.empty()) return rest_of_word;
  scanner_.SkipBlanks();
  return scanner_.TakeWord();
}

// A loop's "-p $i" is not known.
void CommandParser::SetCpu(std::string_view text) {
  Scanner number(text);
  const auto cpu = number.TakeCNumber();
  command_.cpu = cpu ? Command::Cpu::kKnown : Command::Cpu::kUnknown;
  command_.number = cpu.value_or(0);
}

void CommandParser::ParseShortOptions(std::string_view letters) {
  while (!letters.empty()) {
    const char letter = letters.front();
    letters.remove_prefix(1);
    switch (letter) {
      case 'a':
        command_.cpu = Command::Cpu::kAll;
        break;
      case 'p':
        SetCpu(ValueOf(letters));
        return;
      case 'f':
        command_.is_whole = false;
        static_cast<void>(ValueOf(letters));
        return;
      case 'r':
        command_.is_whole = false;
        break;
      case 'd':
      case 'u':
        command_.base = 10;
        break;
      case 'o':
        command_.base = 8;
        break;
      default:  // -x, -X, -0, -c: hexadecimal all of them
        break;
    }
  }
}

void CommandParser::ParseLongOption(std::string_view option) {
  const std::size_t equals = option.find('=');
  const std::string_view name = option.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
  if (name == "all") {
    command_.cpu = Command::Cpu::kAll;
  } else if (name == "processor" || name == "cpu") {
    SetCpu(ValueOf(value));
  } else if (name == "bitfield") {
    command_.is_whole = false;
    static_cast<void>(ValueOf(value));
  } else if (name == "raw") {
    command_.is_whole = false;
  } else if (name == "decimal" || name == "signed" || name == "unsigned") {
    command_.base = 10;
  } else if (name == "octal") {
    command_.base = 8;
  }
}

Command CommandParser::Parse() {
  while (scanner_.SkipBlanks() && !scanner_.AtEnd()) {
    if (!command_.address) {
      Scanner number = scanner_;
      if (const auto address = number.TakeCNumber()) {
        command_.address = MsrAddress{*address};
        scanner_ = number;
        continue;
      }
    }
    const std::string_view word = scanner_.TakeWord();
    if (word.starts_with("--")) {
      ParseLongOption(word.substr(2));
    } else if (word.starts_with('-')) {
      ParseShortOptions(word.substr(1));
    }
  }
  return command_;
}

// A line that is one number and nothing else. "-1" is what -d makes of a
// register of ones.
std::optional<std::uint64_t> ParseNumber(std::string_view line, unsigned base) {
  Scanner scanner(line);
  if (base == 16) {
    scanner.TakeHexPrefix();
    const auto value = scanner.TakeHex<std::uint64_t>();
    return scanner.AtEnd() ? value : std::nullopt;
  }
  const bool is_negative = scanner.Take('-');
  std::uint64_t value = 0;
  if (scanner.AtEnd()) return std::nullopt;
  for (const char c : scanner.rest()) {
    const std::uint8_t digit = HexDigit(c);
    constexpr std::uint64_t kMax = ~std::uint64_t{0};
    if (digit >= base || value > (kMax - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return is_negative ? ~value + 1 : value;
}

struct Failure {
  std::optional<std::uint32_t> cpu;
  std::string_view cpu_text;
  std::optional<MsrAddress> address;
  AccessCode code = AccessCode::kIo;
  bool says_no_node = false;  // no device node: no driver, or no such CPU
};

// strerror() of why the driver's file could not be opened or read.
void ParseReason(std::string_view reason, bool is_read, Failure* failure) {
  if (reason.ends_with("Permission denied")) {
    failure->code = AccessCode::kPermissionDenied;
  } else if (reason.ends_with("Operation not permitted")) {
    failure->code = is_read ? AccessCode::kLockedDown : AccessCode::kPermissionDenied;
  } else if (reason.ends_with("No such file or directory")) {
    failure->says_no_node = true;
  } else if (reason.ends_with("No such device or address")) {
    failure->code = AccessCode::kCpuOffline;
  }
}

// The messages of rdmsr.c. "cannot read" stands for the driver's EIO, which is
// the CPU's #GP, "No CPU" for its ENXIO.
std::optional<Failure> ParseFailure(std::string_view line) {
  const std::size_t start = line.find("rdmsr: ");
  if (start == std::string_view::npos) return std::nullopt;
  Scanner scanner(line.substr(start));
  scanner.Take("rdmsr: ");
  Failure failure;
  const bool is_read = scanner.Take("pread: ");
  if (is_read || scanner.Take("open: ")) {
    ParseReason(scanner.rest(), is_read, &failure);
    return failure;
  }
  const bool is_absent = scanner.Take("No CPU ");
  if (!is_absent && !scanner.Take("CPU ")) return std::nullopt;
  failure.cpu_text = scanner.rest();
  failure.cpu = scanner.TakeDecimal();
  if (!failure.cpu) return std::nullopt;
  if (is_absent) {
    failure.code = AccessCode::kCpuOffline;
    return failure;
  }
  scanner.SkipBlanks();
  if (scanner.Take("cannot read MSR ")) {
    scanner.TakeHexPrefix();
    if (const auto address = scanner.TakeHex<std::uint32_t>()) {
      failure.address = MsrAddress{*address};
    }
    failure.code = AccessCode::kGeneralProtection;
    return failure;
  }
  if (scanner.Take("doesn't support MSRs")) return failure;
  return std::nullopt;
}

// Whether a number stands anywhere, so that the driver is there.
bool HasNumber(std::string_view content) {
  TextLines lines(content);
  while (lines.Next()) {
    if (ParseNumber(lines.line(), 16)) return true;
  }
  return false;
}

class Reader {
 public:
  Reader(const File& file, const Options& options)
      : file_(file), options_(options), lines_(file.content), has_number_(HasNumber(file.content)) {
    command_ = NoCommand();
  }

  tl::expected<Imported, Error> Read();

 private:
  Command NoCommand() const;
  void ReadLine(std::string_view line);
  void ReadNumber(std::string_view line, std::uint64_t value);
  void ReadFailure(const Failure& failure);
  // False, with an error at that part of the line, if it can't.
  bool OpenCpu(std::optional<std::uint32_t> number, std::string_view part);
  bool HasRegister(std::string_view part);
  void AddNotes();

  const File& file_;
  const Options& options_;
  TextLines lines_;
  const bool has_number_;
  CpuCollector collector_;
  std::optional<Error> error_;
  Command command_;
  bool has_command_ = false;
  bool is_listening_ = true;  // what stands now may be rdmsr's output
  bool has_parts_ = false;    // of registers, not whole ones
  bool may_be_decimal_ = false;
  bool is_hexadecimal_ = false;
};

// What output without a command before it is taken for.
Command Reader::NoCommand() const {
  Command command;
  command.address = options_.msr;
  command.cpu = Command::Cpu::kAll;
  return command;
}

bool Reader::HasRegister(std::string_view part) {
  if (command_.address) return true;
  error_ = Error{file_.name, lines_.number(), lines_.ColumnOf(part),
                 "rdmsr's output does not name the register: say which with --register"};
  return false;
}

bool Reader::OpenCpu(std::optional<std::uint32_t> number, std::string_view part) {
  if (number ? collector_.OpenCpu(*number) : collector_.OpenNextUnnumberedCpu()) return true;
  error_ = CpuNumberError(file_, lines_, part);
  return false;
}

void Reader::ReadNumber(std::string_view line, std::uint64_t value) {
  if (!is_listening_) {
    collector_.AddUnreadableLine(lines_.number());
    return;
  }
  std::optional<std::uint32_t> cpu;
  if (command_.cpu == Command::Cpu::kKnown) {
    cpu = command_.number;
    is_listening_ = false;
  }
  if (!command_.is_whole) {
    has_parts_ = true;
    return;
  }
  if (!HasRegister(line) || !OpenCpu(cpu, line)) return;
  collector_.AddMsr(*command_.address, value, lines_.number());
  if (has_command_) return;
  if (line.find_first_not_of("0123456789") != std::string_view::npos) {
    is_hexadecimal_ = true;
  } else if (line.size() > 1) {
    may_be_decimal_ = true;
  }
}

void Reader::ReadFailure(const Failure& failure) {
  const std::string_view part = failure.cpu ? failure.cpu_text : lines_.line();
  std::optional<std::uint32_t> cpu = failure.cpu;
  if (command_.cpu == Command::Cpu::kKnown) {
    if (!cpu) cpu = command_.number;
    is_listening_ = false;
  }
  if (!failure.address && !HasRegister(part)) return;
  if (!OpenCpu(cpu, part)) return;
  AccessCode code = failure.code;
  if (failure.says_no_node) code = has_number_ ? AccessCode::kCpuOffline : AccessCode::kNoDriver;
  collector_.AddMsr(failure.address ? *failure.address : *command_.address, tl::unexpected(code),
                    lines_.number());
}

void Reader::ReadLine(std::string_view line) {
  if (const auto failure = ParseFailure(line)) {
    ReadFailure(*failure);
  } else if (const auto arguments = FindArguments(line)) {
    command_ = CommandParser(*arguments).Parse();
    if (!command_.address) command_.address = options_.msr;
    has_command_ = true;
    is_listening_ = true;
  } else if (IsOtherCommand(line)) {
    command_ = NoCommand();
    is_listening_ = false;
  } else if (const auto value = ParseNumber(line, command_.base)) {
    ReadNumber(line, *value);
  }
}

void Reader::AddNotes() {
  if (has_parts_) collector_.AddNote("parts of registers (rdmsr -f or -r) are left out");
  if (may_be_decimal_ && !is_hexadecimal_) {
    collector_.AddNote(
        "the numbers are read as hexadecimal: nothing tells whether rdmsr was asked for decimal "
        "ones (-d, -u)");
  }
}

tl::expected<Imported, Error> Reader::Read() {
  while (lines_.Next()) {
    ReadLine(lines_.line());
    if (error_) return tl::unexpected(*error_);
  }
  AddNotes();
  return std::move(collector_).Build(file_);
}

Confidence Recognize(const File& file) {
  TextLines lines(Head(file.content));
  bool is_command = false;
  bool has_number = false;
  bool has_other = false;
  while (lines.Next()) {
    const std::string_view line = lines.line();
    if (line.empty()) continue;
    if (ParseFailure(line)) return Confidence::kCertain;
    if (ParseNumber(line, 16)) {
      has_number = true;
    } else {
      has_other = true;
      is_command |= FindArguments(line).has_value();
    }
  }
  if (is_command) return Confidence::kLikely;
  return has_number && !has_other ? Confidence::kPossible : Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options& options) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  return Reader(**file, options).Read();
}

}  // namespace

const Importer kRdmsr{
    .name = "rdmsr", .title = "output of rdmsr (msr-tools)", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
