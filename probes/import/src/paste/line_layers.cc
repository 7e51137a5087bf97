#include "paste/line_layers.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "characters.h"
#include "scanner.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

constexpr char kEscape = '\x1b';

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsAlphanumeric(char c) { return IsLetter(c) || IsDecimalDigit(c); }

// Takes one layer off the front; false if it does not stand there.
using TakesLayer = bool (*)(Scanner* line);

// Digits and what stands between them in "2024-07-10T12:00:01.123456+02:00".
bool TakeClock(Scanner* line) {
  Scanner ahead = *line;
  std::size_t digits = 0;
  std::size_t colons = 0;
  while (!ahead.AtEnd()) {
    const char c = ahead.rest().front();
    if (IsDecimalDigit(c)) {
      ++digits;
    } else if (c == ':') {
      ++colons;
    } else if (c != '-' && c != '.' && c != ',' && c != '+' && c != 'T' && c != 'Z' && c != '/') {
      break;
    }
    ahead.Take(c);
  }
  // At least "12:00:01"; a PCI address such as 0000:00:1f.0 has letters or a
  // width that no clock has.
  if (digits < 5 || colons < 2) return false;
  *line = ahead;
  return true;
}

// "2024-07-10 12:00:01", "12:00:01.123", "2024-07-10T12:00:01Z".
bool TakeDateAndTime(Scanner* line) {
  Scanner ahead = *line;
  if (!TakeClock(&ahead)) {
    // The date alone, with the time as the next word.
    std::string_view date = ahead.TakeWord();
    constexpr std::size_t kDate = 10;
    if (date.size() != kDate || !IsDecimalDigit(date[0]) || (date[4] != '-' && date[4] != '/')) {
      return false;
    }
    ahead.SkipBlanks();
    if (!TakeClock(&ahead)) return false;
  }
  if (!ahead.AtBlankOrEnd() && !ahead.rest().starts_with(':')) return false;
  ahead.Take(':');
  *line = ahead;
  return true;
}

bool IsMonth(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return std::find(kMonths.begin(), kMonths.end(), word) != kMonths.end();
}

// "Jul 10 12:00:01".
bool TakeSyslogTime(Scanner* line) {
  Scanner ahead = *line;
  if (!IsMonth(ahead.TakeWord()) || !ahead.SkipBlanks()) return false;
  if (!ahead.TakeDecimal() || !ahead.SkipBlanks() || !TakeClock(&ahead)) return false;
  *line = ahead;
  return true;
}

// The host and the unit that stand behind a syslog's or a journal's time:
// "host kernel: ", "host tool[123]: ".
void TakeHostAndUnit(Scanner* line) {
  Scanner ahead = *line;
  ahead.SkipBlanks();
  const std::string_view host = ahead.TakeWord();
  if (host.empty() || !ahead.SkipBlanks()) return;
  const std::string_view unit = ahead.TakeWord();
  if (!unit.ends_with(':') || unit.size() < 2) return;
  const bool is_unit = unit == "kernel:" || unit.ends_with("]:");
  if (is_unit) *line = ahead;
}

bool TakeStampWithHost(Scanner* line) {
  bool is_stamped = TakeSyslogTime(line);
  if (!is_stamped) is_stamped = TakeDateAndTime(line);
  if (is_stamped) TakeHostAndUnit(line);
  return is_stamped;
}

// "[   12.345678]", "[   12.345678] [T123]" and what else stands in brackets and
// is a time: "[Wed Jul 10 12:00:01 2024]", "[2024-07-10 12:00:01]".
bool TakeBracketedTime(Scanner* line) {
  Scanner ahead = *line;
  if (!ahead.Take('[')) return false;
  const std::size_t end = ahead.rest().find(']');
  constexpr std::size_t kLongest = 40;
  if (end > kLongest) return false;  // also where there is none
  const std::string_view inside = ahead.rest().substr(0, end);
  Scanner time(inside);
  time.SkipBlanks();
  Scanner seconds = time;
  const bool is_seconds =
      seconds.TakeDecimal() && seconds.Take('.') && seconds.TakeDecimal() && seconds.AtBlankOrEnd();
  Scanner date = time;
  if (!is_seconds && !TakeDateAndTime(&date)) {
    date = time;
    date.TakeWord();  // the day of the week
    date.SkipBlanks();
    if (!TakeSyslogTime(&date)) return false;
  }
  *line = Scanner(ahead.rest().substr(end + 1));
  return true;
}

// The thread that printk names behind its time: "[    T1]", "[  C3]".
bool TakeCaller(Scanner* line) {
  Scanner ahead = *line;
  if (!ahead.Take('[')) return false;
  ahead.SkipBlanks();
  if (!ahead.Take('T') && !ahead.Take('C')) return false;
  if (!ahead.TakeDecimal() || !ahead.Take(']')) return false;
  *line = ahead;
  return true;
}

// "[INFO ]", "[DEBUG]", "<6>", "kern  :info  :".
bool TakeLevel(Scanner* line) {
  constexpr std::array<std::string_view, 12> kLevels = {"EMERG", "ALERT", "CRIT",    "ERROR",
                                                        "ERR",   "WARN",  "WARNING", "NOTICE",
                                                        "INFO",  "NOTE",  "DEBUG",   "SPEW"};
  Scanner ahead = *line;
  if (ahead.Take('<')) {
    if (!ahead.TakeDecimal() || !ahead.Take('>')) return false;
    *line = ahead;
    return true;
  }
  if (ahead.Take("kern")) {
    if (!ahead.SkipBlanks() || !ahead.Take(':')) return false;
    while (!ahead.AtEnd() && IsLetter(ahead.rest().front())) ahead.Take(ahead.rest().front());
    ahead.SkipBlanks();
    if (!ahead.Take(':')) return false;
    *line = ahead;
    return true;
  }
  if (!ahead.Take('[')) return false;
  const std::size_t end = ahead.rest().find(']');
  if (end == std::string_view::npos) return false;
  const std::string_view word = Trimmed(ahead.rest().substr(0, end));
  if (std::find(kLevels.begin(), kLevels.end(), word) == kLevels.end()) return false;
  *line = Scanner(ahead.rest().substr(end + 1));
  return true;
}

constexpr std::array<TakesLayer, 4> kLogLayers = {TakeStampWithHost, TakeBracketedTime, TakeCaller,
                                                  TakeLevel};

// The marks of a reply, also as a web page writes them, and the bar of a chat.
bool TakeQuote(Scanner* line) {
  if (line->Take('>') || line->Take("&gt;")) return true;
  Scanner bar = *line;
  if (!bar.Take("| ")) return false;
  *line = bar;
  return true;
}

// The one that belongs to the mark of a reply.
std::string_view WithoutOneBlank(std::string_view text) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

// "- `rdmsr 0x3a`" of a list; a dash before anything else stays.
bool TakeBullet(Scanner* line) {
  Scanner ahead = *line;
  if (!ahead.Take("- ") && !ahead.Take("* ") && !ahead.Take("\xe2\x80\xa2 ")) return false;
  ahead.SkipBlanks();
  if (!ahead.rest().starts_with('`') && !ahead.rest().starts_with("rdmsr")) return false;
  *line = ahead;
  return true;
}

// Markup that opens or closes a block and is no part of what it holds.
constexpr std::array<std::string_view, 12> kMarks = {
    "[code]",  "[/code]",  "{code}", "{noformat}", "<pre>",     "</pre>",
    "[quote]", "[/quote]", "<code>", "</code>",    "[spoiler]", "[/spoiler]"};

std::string_view WithoutMarks(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view mark : kMarks) {
      if (text.starts_with(mark)) {
        text = Trimmed(text.substr(mark.size()));
        again = true;
      }
      if (text.ends_with(mark)) {
        text = WithoutBlanksAtEnd(text.substr(0, text.size() - mark.size()));
        again = true;
      }
    }
  }
  return text;
}

// Blanks that do not break, quotes and dashes of typography, and characters as HTML
// escapes them.
struct OfPages {
  std::string_view written;
  std::string_view plain;
};
constexpr std::array kOfPages = {
    OfPages{"\xc2\xa0", " "},     OfPages{"\xe2\x80\xaf", " "},  OfPages{"\xe2\x80\x8b", ""},
    OfPages{"\xe2\x80\x93", "-"}, OfPages{"\xe2\x80\x94", "--"}, OfPages{"\xe2\x80\x98", "'"},
    OfPages{"\xe2\x80\x99", "'"}, OfPages{"\xe2\x80\x9c", "\""}, OfPages{"\xe2\x80\x9d", "\""},
    OfPages{"&nbsp;", " "},       OfPages{"&amp;", "&"},         OfPages{"&lt;", "<"},
    OfPages{"&gt;", ">"},         OfPages{"&quot;", "\""},       OfPages{"&#39;", "'"},
};

bool IsFence(std::string_view text) {
  if (text.starts_with("```") || text.starts_with("~~~")) {
    return std::all_of(text.begin() + 3, text.end(), [](char c) {
      return IsAlphanumeric(c) || c == '-' || c == '`' || c == '~';
    });
  }
  return false;
}

// `...` around all of it, and around nothing less.
std::string_view WithoutTicks(std::string_view text) {
  std::string_view inside = text;
  while (inside.size() >= 2 && inside.front() == '`' && inside.back() == '`') {
    inside = inside.substr(1, inside.size() - 2);
  }
  return inside.find('`') == std::string_view::npos ? Trimmed(inside) : text;
}

// The bytes that belong to a terminal's code behind its ESC. ECMA-48, 5.4.
std::size_t LengthOfSequence(std::string_view behind) {
  if (behind.empty()) return 0;
  std::size_t end = std::string_view::npos;
  switch (behind.front()) {
    case ']':  // a title of the window, up to BEL or ESC \.
      end = behind.find_first_of("\a\\");
      break;
    case '[':
      end = static_cast<std::size_t>(std::distance(
          behind.begin(), std::find_if(behind.begin() + 1, behind.end(),
                                       [](char c) { return IsLetter(c) || c == '~'; })));
      break;
    case '(':
    case ')':
      end = 1;
      break;
    default:
      end = 0;
      break;
  }
  return end < behind.size() ? end + 1 : behind.size();
}

}  // namespace

std::size_t Columns(std::string_view text) {
  // Bytes that go on a character of UTF-8 take none.
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::size_t WidestLine(std::string_view text) {
  std::size_t widest = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = WithoutBlanksAtEnd(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    Scanner scanner(line);
    while (TakeQuote(&scanner)) {
      line = WithoutOneBlank(scanner.rest());
      scanner.SkipBlanks();
    }
    widest = std::max(widest, Columns(line));
  }
  return widest;
}

std::size_t FirstLineNumber(std::string_view text) {
  constexpr std::size_t kLooked = 200;
  constexpr std::size_t kLeast = 4;
  TextLines lines(text);
  std::size_t first = 0;
  std::size_t count = 0;
  bool has_words = false;
  while (count < kLooked && lines.Next()) {
    Scanner scanner(lines.line());
    if (scanner.AtEnd()) return 0;
    const auto number = scanner.TakeDecimal();
    if (!number || *number == 0) return 0;
    if (count == 0) first = *number;
    if (*number != first + count) return 0;
    scanner.Take(':');
    scanner.Take('|');
    if (!scanner.AtBlankOrEnd()) return 0;
    scanner.SkipBlanks();
    // A column of numbers and values is a table of CPUs.
    has_words |= !scanner.AtEnd() && !IsHexDigit(scanner.rest().front());
    ++count;
  }
  return count >= kLeast && has_words ? first : 0;
}

std::string_view LinePeeler::WithoutTerminalCodes(std::string_view raw) {
  while (!raw.empty() && (raw.back() == '\r' || IsBlank(raw.back()))) raw.remove_suffix(1);
  const bool has_codes = std::any_of(raw.begin(), raw.end(), [](char c) {
    return c == kEscape || c == '\r' || c == '\b' || c == '\a' || c == '\0' || c == '\x0f';
  });
  if (!has_codes) return raw;
  scratch_.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '\r') {
      scratch_.clear();  // what follows was written over it
    } else if (c == '\b') {
      if (!scratch_.empty()) scratch_.pop_back();
    } else if (c == '\a' || c == '\0' || c == '\x0f') {
      continue;
    } else if (c != kEscape) {
      scratch_ += c;
    } else {
      i += LengthOfSequence(raw.substr(i + 1));
    }
  }
  return scratch_;
}

bool HasCharactersOfPages(std::string_view line) {
  // Each by itself: a search for one byte is a library's fast path.
  return line.find('\xc2') != std::string_view::npos ||
         line.find("\xe2\x80") != std::string_view::npos ||
         line.find('&') != std::string_view::npos;
}

std::string_view LinePeeler::InPlainCharacters(std::string_view text) {
  if (!HasCharactersOfPages(text)) return text;
  plain_.clear();
  while (!text.empty()) {
    const auto found = std::find_if(kOfPages.begin(), kOfPages.end(), [&](const OfPages& row) {
      return text.starts_with(row.written);
    });
    if (found != kOfPages.end()) {
      plain_ += found->plain;
      text.remove_prefix(found->written.size());
    } else {
      plain_ += text.front();
      text.remove_prefix(1);
    }
  }
  return plain_;
}

PeeledLine LinePeeler::Peel(std::string_view raw, std::size_t number) {
  PeeledLine line;
  line.number = number;
  Scanner scanner(InPlainCharacters(WithoutTerminalCodes(WithoutByteOrderMark(raw))));
  if (first_number_ != 0) {
    Scanner ahead = scanner;
    ahead.SkipBlanks();
    if (ahead.TakeDecimal() == first_number_ + number - 1) {
      if (!ahead.Take(':')) ahead.Take('|');
      if (ahead.AtBlankOrEnd()) scanner = ahead;
    }
  }
  line.shown = scanner.rest();
  for (bool again = true; again;) {
    scanner.SkipBlanks();
    again = TakeQuote(&scanner);
    if (again) line.shown = WithoutOneBlank(scanner.rest());
    again = again || TakeBullet(&scanner);
    for (const TakesLayer take : kLogLayers) {
      Scanner ahead = scanner;
      if (!take(&ahead)) continue;
      scanner = ahead;
      line.is_logged = true;
      again = true;
      break;
    }
  }
  std::string_view text = WithoutMarks(Trimmed(scanner.rest()));
  line.is_fence = IsFence(text);
  line.text = line.is_fence ? std::string_view() : WithoutTicks(text);
  return line;
}

}  // namespace vtprobe::import
