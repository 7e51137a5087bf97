// A serial console's log of GRUB, in which somebody typed its command rdmsr:
//
//   grub> rdmsr 0x3a
//   0x5
//
// It is the best witness there is of what firmware left: no operating system
// has run yet. GRUB runs on the boot processor, which becomes Linux's CPU 0.
// The log holds what a terminal would have obeyed: cursor movements, colours,
// corrections of what was typed.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "characters.h"
#include "cpu_collector.h"
#include "importers.h"
#include "scanner.h"
#include "single_file.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBackspace = '\b';

// The lines of a log as they stood on the screen, more or less: without escape
// sequences, with corrections applied, and with a new line wherever the cursor
// went to the start of one.
class ScreenLines {
 public:
  explicit ScreenLines(std::string_view text) : rest_(text) {}

  bool Next();
  std::string_view line() const { return line_; }
  // Of the log.
  std::size_t number() const { return number_; }

 private:
  // Takes the sequence behind an ESC; true if it moves to the start of a line.
  bool TakeSequence();

  std::string_view rest_;
  std::string line_;
  std::size_t number_ = 0;
  std::size_t newlines_ = 0;
};

// [ecma-48] 5.4: CSI, parameters, intermediate bytes, a final byte.
bool ScreenLines::TakeSequence() {
  if (rest_.empty() || rest_.front() != '[') {
    // "ESC ( B" selects a character set, others are one byte long.
    const std::size_t length = !rest_.empty() && rest_.find_first_of("()*+#%") == 0 ? 2 : 1;
    rest_.remove_prefix(std::min(length, rest_.size()));
    return false;
  }
  std::size_t end = 1;
  while (end < rest_.size() && rest_[end] >= ' ' && rest_[end] <= '?') ++end;
  const std::string_view parameters = rest_.substr(1, end - 1);
  const char final = end < rest_.size() ? rest_[end] : '\0';
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (final == 'J') return true;
  if (final != 'H' && final != 'f') return false;
  const std::size_t separator = parameters.find(';');
  if (separator == std::string_view::npos) return true;
  const std::string_view column = parameters.substr(separator + 1);
  return column.empty() || column == "1";
}

bool ScreenLines::Next() {
  if (rest_.empty()) return false;
  line_.clear();
  number_ = newlines_ + 1;
  while (!rest_.empty()) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++newlines_;
    if (c == '\n' || c == '\r') break;
    if (c == kEscape) {
      if (TakeSequence()) break;
    } else if (c == kBackspace) {
      if (!line_.empty()) line_.pop_back();
    } else if (c != '\0') {
      line_.push_back(c);
    }
  }
  return true;
}

// The command behind GRUB's prompt; nothing if there is no prompt.
std::optional<std::string_view> FindCommand(std::string_view line) {
  for (const std::string_view prompt : {"grub>", "grub rescue>"}) {
    const std::size_t at = line.rfind(prompt);
    if (at == std::string_view::npos) continue;
    Scanner scanner(line.substr(at + prompt.size()));
    scanner.SkipBlanks();
    return WithoutBlanksAtEnd(scanner.rest());
  }
  return std::nullopt;
}

// The register that the command prints. With -v it sets a variable instead.
std::optional<MsrAddress> ParseCommand(std::string_view command) {
  Scanner scanner(command);
  if (!scanner.Take("rdmsr") || !scanner.SkipBlanks()) return std::nullopt;
  const auto address = scanner.TakeCNumber();
  scanner.SkipBlanks();
  if (!address || !scanner.AtEnd()) return std::nullopt;
  return MsrAddress{*address};
}

// The whole line is a number.
std::optional<std::uint64_t> ParseValue(std::string_view line) {
  Scanner scanner(line);
  scanner.SkipBlanks();
  const auto value = scanner.TakePrefixedHex<std::uint64_t>();
  scanner.SkipBlanks();
  if (!value || !scanner.AtEnd()) return std::nullopt;
  return value;
}

Confidence Recognize(const File& file) {
  const std::string_view head = Head(file.content);
  // Without either there is no prompt, not even one in pieces.
  if (head.find("grub") == std::string_view::npos && head.find(kEscape) == std::string_view::npos) {
    return Confidence::kNone;
  }
  ScreenLines lines(head);
  while (lines.Next()) {
    const auto command = FindCommand(lines.line());
    if (command && ParseCommand(*command)) return Confidence::kCertain;
  }
  return Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  CpuCollector collector;
  std::optional<MsrAddress> asked;
  ScreenLines lines((*file)->content);
  while (lines.Next()) {
    const std::string_view line = WithoutBlanksAtEnd(lines.line());
    if (line.empty()) continue;
    if (const auto command = FindCommand(line)) {
      asked = ParseCommand(*command);
      continue;
    }
    const auto value = ParseValue(line);
    if (!asked || !value) {
      // A command without its prompt, as people paste it.
      asked = ParseCommand(line);
      continue;
    }
    // The boot processor is a CPU that can be numbered.
    static_cast<void>(collector.OpenCpu(0));
    collector.AddMsr(*std::exchange(asked, std::nullopt), *value, lines.number());
  }
  collector.metadata().Set(meta::kStage, "pre-os");
  return std::move(collector).Build(**file);
}

}  // namespace

const Importer kGrub{
    .name = "grub", .title = "serial log of GRUB's rdmsr", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
