// A register's eight bytes, read from the msr driver's file by a program that
// shows bytes: xxd, od, hexdump, with dd before it or not, and rdmsr -r.
//
//   # xxd -s 0x3a -l 8 /dev/cpu/0/msr
//   0000003a: 0500 0000 0000 0000                      ........
//
// The place in the file is the register's address [linux]
// arch/x86/kernel/msr.c; the least significant byte comes first.

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "characters.h"
#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

constexpr std::size_t kBytes = 8;

// The words of a command, with a value behind a short option as its own word:
// "-s", "0x3a" for "-s0x3a".
class Words {
 public:
  explicit Words(std::string_view text) {
    for (Scanner scanner(text); scanner.SkipBlanks() || !scanner.AtEnd();) {
      if (!scanner.AtEnd()) words_.push_back(scanner.TakeWord());
    }
  }

  std::optional<std::size_t> Find(std::string_view program) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::string_view word = words_[i];
      const std::size_t slash = word.rfind('/');
      const bool is_file = word.starts_with("/dev/");
      if (!is_file && word.substr(slash == std::string_view::npos ? 0 : slash + 1) == program) {
        return i;
      }
    }
    return std::nullopt;
  }

  // Of "-s 58", "-s58" behind that word, up to a bar.
  std::optional<std::string_view> Option(std::size_t from, std::string_view name) const {
    for (std::size_t i = from + 1; i < words_.size() && words_[i] != "|"; ++i) {
      if (words_[i] == name && i + 1 < words_.size()) return words_[i + 1];
      if (words_[i].starts_with(name)) return words_[i].substr(name.size());
    }
    return std::nullopt;
  }

  bool Has(std::size_t from, std::string_view word) const {
    for (std::size_t i = from + 1; i < words_.size() && words_[i] != "|"; ++i) {
      if (words_[i] == word) return true;
    }
    return false;
  }

  // "bs=8" of dd.
  std::optional<std::string_view> Setting(std::string_view name) const {
    for (const std::string_view word : words_) {
      if (word.starts_with(name)) return word.substr(name.size());
    }
    return std::nullopt;
  }

 private:
  std::vector<std::string_view> words_;
};

std::optional<std::uint32_t> Number(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  Scanner scanner(*text);
  const auto number = scanner.TakeCNumber();
  return number && scanner.AtEnd() ? number : std::nullopt;
}

// What od and hexdump print by their options.
std::optional<ShownBytes> FormatOfOd(const Words& words, std::size_t od) {
  ShownBytes shown;
  shown.base = 8;
  shown.unit = 2;
  shown.has_offset = true;
  if (words.Has(od, "-x")) shown.base = 16;
  if (words.Has(od, "-An") || words.Option(od, "-A") == "n") shown.has_offset = false;
  if (const auto type = words.Option(od, "-t")) {
    Scanner scanner(*type);
    if (!scanner.Take('x')) return std::nullopt;
    shown.base = 16;
    const auto unit = scanner.TakeDecimal();
    if (!unit || !scanner.AtEnd()) return std::nullopt;
    shown.unit = *unit;
  }
  return shown;
}

std::optional<ShownBytes> FormatOf(const Words& words) {
  ShownBytes shown;
  shown.has_offset = true;
  if (const auto xxd = words.Find("xxd")) {
    shown.is_xxd = true;
    shown.unit = 1;
    if (words.Has(*xxd, "-p") || words.Has(*xxd, "-ps")) shown.has_offset = false;
    if (words.Has(*xxd, "-b") || words.Has(*xxd, "-i")) return std::nullopt;
    if (words.Has(*xxd, "-e")) shown.unit = Number(words.Option(*xxd, "-g")).value_or(4);
    shown.offset = Number(words.Option(*xxd, "-s")).value_or(0);
    shown.length = Number(words.Option(*xxd, "-l"));
    return shown;
  }
  if (const auto od = words.Find("od")) {
    auto format = FormatOfOd(words, *od);
    if (!format) return std::nullopt;
    format->offset = Number(words.Option(*od, "-j")).value_or(0);
    format->length = Number(words.Option(*od, "-N"));
    return format;
  }
  auto hexdump = words.Find("hexdump");
  const auto hd = words.Find("hd");
  if (!hexdump && !hd) return std::nullopt;
  const bool is_canonical = hd || words.Has(*hexdump, "-C");
  if (!hexdump) hexdump = hd;
  if (words.Option(*hexdump, "-e")) return std::nullopt;
  shown.unit = is_canonical ? 1 : 2;
  shown.offset = Number(words.Option(*hexdump, "-s")).value_or(0);
  shown.length = Number(words.Option(*hexdump, "-n"));
  return shown;
}

// Where dd begins, and how much it copies.
bool TakeDd(const Words& words, ShownBytes* shown) {
  if (!words.Find("dd")) return true;
  const std::uint32_t unit =
      Number(words.Setting("bs=")).value_or(Number(words.Setting("ibs=")).value_or(512));
  const auto count = Number(words.Setting("count="));
  const auto skip = Number(words.Setting("skip="));
  if (!count || !skip || shown->offset != 0) return false;
  const auto flags = words.Setting("iflag=");
  const bool skips_bytes = flags && flags->find("skip_bytes") != std::string_view::npos;
  const bool counts_bytes = flags && flags->find("count_bytes") != std::string_view::npos;
  shown->begins = std::uint64_t{*skip} * (skips_bytes ? 1 : unit);
  shown->length = static_cast<std::uint32_t>(std::uint64_t{*count} * (counts_bytes ? 1 : unit));
  return true;
}

// As many digits of one unit as it always has.
std::size_t DigitsOf(const ShownBytes& shown) {
  if (shown.base == 16) return std::size_t{2} * shown.unit;
  return 6;  // of two bytes in octal
}

// "05", "0500", "0000000000000005": the units of the eight bytes, the least
// significant first.
std::optional<std::uint64_t> TakeUnits(Scanner* scanner, const ShownBytes& shown) {
  std::uint64_t value = 0;
  for (std::size_t at = 0; at < kBytes; at += shown.unit) {
    // Only xxd writes bytes without a blank between them.
    if (!scanner->SkipBlanks() && at != 0 && !(shown.is_xxd && shown.unit == 1)) {
      return std::nullopt;
    }
    std::uint64_t unit = 0;
    for (std::size_t i = 0; i < DigitsOf(shown); ++i) {
      if (scanner->AtEnd()) return std::nullopt;
      const char c = scanner->rest().front();
      const std::uint8_t digit = HexDigit(c);
      if (digit >= shown.base) return std::nullopt;
      unit = unit * shown.base + digit;
      scanner->Take(c);
    }
    value |= unit << (8 * at);
  }
  return value;
}

}  // namespace

bool OpenShownBytes(std::string_view command, Reading* reading) {
  const Words words(command);
  auto shown = FormatOf(words);
  const bool is_known =
      shown && (shown->unit == 1 || shown->unit == 2 || shown->unit == 4 || shown->unit == 8) &&
      TakeDd(words, &*shown);
  if (!is_known) return false;
  shown->register_at = shown->begins + shown->offset;
  reading->bytes = *shown;
  reading->table = TableKind::kShownBytes;
  return true;
}

// The command, with the file in it.
Fate SeeDeviceFile(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kFolder = "/dev/cpu/";
  const std::size_t at = line.text.find(kFolder);
  if (at == std::string_view::npos) return Fate::kNothing;
  const Words words(line.text);
  if (!words.Find("xxd") && !words.Find("od") && !words.Find("hexdump") && !words.Find("hd")) {
    return Fate::kNothing;
  }
  Scanner scanner(line.text.substr(at + kFolder.size()));
  const auto cpu = CpuOf(scanner.TakeDecimal());
  if (!cpu || !scanner.Take("/msr")) return Fate::kNotUnderstood;
  if (!OpenShownBytes(line.text, reading)) return Fate::kNotUnderstood;
  if (reading->bytes->length != kBytes || reading->bytes->register_at > 0xffff'ffff) {
    reading->table = TableKind::kNone;
    return Fate::kNotUnderstood;
  }
  reading->bytes->cpu = *cpu;
  reading->bytes->address = MsrAddress{static_cast<std::uint32_t>(reading->bytes->register_at)};
  return Fate::kUsed;
}

Fate SeeShownBytes(const PeeledLine& line, Reading* reading) {
  ShownBytes& shown = *reading->bytes;
  for (const std::string_view word : {" records in", " records out", " copied"}) {
    if (line.text.find(word) != std::string_view::npos) return Fate::kKnown;
  }
  Scanner scanner(line.text);
  if (shown.has_offset) {
    const std::string_view offset = scanner.TakeWord();
    const bool is_offset = !offset.empty() && std::all_of(offset.begin(), offset.end(), [](char c) {
      return IsHexDigit(c) || c == ':';
    });
    if (!is_offset) return Fate::kNothing;
    // Behind the last byte od and hexdump say where they ended.
    if (shown.is_read && scanner.AtEnd()) return Fate::kKnown;
  }
  if (shown.is_read) return Fate::kNothing;
  const auto value = TakeUnits(&scanner, shown);
  if (!value) return Fate::kNothing;
  // The characters of the bytes, if any, stand apart.
  if (!scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
  shown.is_read = true;
  reading->evidence.AddMsr(shown.cpu, shown.address, *value, line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
