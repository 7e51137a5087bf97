#include "paste/command_line.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <limits>
#include <utility>

#include "characters.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

struct Program {
  std::string_view name;
  RdmsrCall::Form form;
};
constexpr std::array kPrograms = {Program{"rdmsr", RdmsrCall::Form::kNumber},
                                  Program{"cpucontrol", RdmsrCall::Form::kHighAndLow}};

constexpr std::size_t kMostItems = 65536;

// What may stand before a command besides a prompt: it changes nothing of what
// is printed.
constexpr std::array<std::string_view, 13> kWrappers = {
    "sudo",    "doas", "pkexec", "time",   "nice",    "env",  "exec",
    "command", "do",   "then",   "chroot", "busybox", "xargs"};

// The signs of prompts that are no ASCII: of zsh, fish, starship, lambda.
constexpr std::array<std::string_view, 8> kPromptSigns = {
    "\xe2\x9e\x9c", "\xe2\x9d\xaf", "\xce\xbb",     "\xc2\xbb",
    "\xe2\x80\xba", "\xe2\x96\xb6", "\xe2\x9d\xb1", "\xe2\x95\xb0"};

bool EndsWord(std::string_view text) {
  return text.empty() || IsBlank(text.front()) || text.front() == '\'' || text.front() == '"' ||
         text.front() == '`' || text.front() == ')';
}

bool IsWrapper(std::string_view word) {
  return std::find(kWrappers.begin(), kWrappers.end(), word) != kWrappers.end();
}

// Without the programs that only start another one.
std::string_view WithoutWrappers(std::string_view before) {
  before = WithoutBlanksAtEnd(before);
  while (!before.empty()) {
    const std::string_view word = LastWord(before);
    const bool is_option = word.starts_with('-') && word.size() > 1;
    const bool is_setting = word.find('=') != std::string_view::npos;
    if (!IsWrapper(word) && !is_option && !is_setting) break;
    before = WithoutBlanksAtEnd(before.substr(0, before.size() - word.size()));
  }
  return before;
}

// Whether this may stand before a command: nothing, a prompt, or another
// command that leads to it.
bool IsPrompt(std::string_view before) {
  constexpr std::string_view kSigns = "$#%>+;&|(:`'\"";
  before = WithoutWrappers(before);
  if (before.empty() || kSigns.find(before.back()) != std::string_view::npos) return true;
  if (before.find("ssh ") != std::string_view::npos) return true;
  return std::any_of(kPromptSigns.begin(), kPromptSigns.end(), [&](std::string_view sign) {
    return before.find(sign) != std::string_view::npos;
  });
}

struct Found {
  std::size_t at = std::string_view::npos;
  Program program = kPrograms[0];

  explicit operator bool() const { return at != std::string_view::npos; }
  std::size_t end() const { return at + program.name.size(); }
};

// The first place of a program's name as a word, or behind a path.
Found FindProgram(std::string_view text) {
  Found found;
  for (const Program& program : kPrograms) {
    for (std::size_t at = text.find(program.name); at != std::string_view::npos;
         at = text.find(program.name, at + 1)) {
      const char before = at == 0 ? ' ' : text[at - 1];
      constexpr std::string_view kBefore = " \t/;&|(`'\"$#%>";
      const std::string_view behind = text.substr(at + program.name.size());
      if (kBefore.find(before) == std::string_view::npos || !EndsWord(behind)) continue;
      if (at < found.at) found = {at, program};
      break;
    }
  }
  return found;
}

std::string_view WithoutPath(std::string_view before) {
  while (!before.empty() && before.back() == '/') {
    const std::size_t blank = before.find_last_of(" \t");
    before = blank == std::string_view::npos ? std::string_view() : before.substr(0, blank);
  }
  return before;
}

// The words of one call behind the program's name.
class CallParser {
 public:
  CallParser(RdmsrCall::Form form, std::string_view arguments) : scanner_(arguments) {
    call_.form = form;
  }

  // Nothing without a register.
  std::optional<RdmsrCall> Parse() {
    while (scanner_.SkipBlanks() || !scanner_.AtEnd()) {
      if (scanner_.AtEnd() || scanner_.rest().starts_with('#')) break;
      const Scanner before = scanner_;
      if (!TakeOne()) {
        scanner_ = before;
        break;
      }
    }
    if (!has_register_) return std::nullopt;
    return call_;
  }
  // What was not taken: prose, or punctuation.
  std::string_view rest() const { return scanner_.rest(); }

 private:
  std::string_view Word() {
    scanner_.SkipBlanks();
    std::string_view word = scanner_.TakeWord();
    constexpr std::string_view kQuotes = "'\"`,.:)";
    while (!word.empty() && kQuotes.find(word.back()) != std::string_view::npos) {
      word.remove_suffix(1);
    }
    while (!word.empty() && kQuotes.find(word.front()) != std::string_view::npos) {
      word.remove_prefix(1);
    }
    return word;
  }

  bool TakeOne() {
    const std::string_view word = Word();
    if (word.empty()) return true;
    if (word.starts_with("2>") || word.starts_with("1>") || word.starts_with('<')) return true;
    if (call_.form == RdmsrCall::Form::kHighAndLow) return TakeOfCpucontrol(word);
    if (word.starts_with("--")) return TakeLongOption(word.substr(2));
    if (word.starts_with('-') && word.size() > 1) return TakeShortOptions(word.substr(1));
    if (has_register_) return false;
    if (word.starts_with('$')) {
      has_register_ = true;
      return true;
    }
    Scanner number(word);
    const auto address = number.TakeCNumber();
    if (!address || !number.AtEnd()) return false;
    call_.address = MsrAddress{*address};
    has_register_ = true;
    return true;
  }

  // "-m 0x3a /dev/cpuctl0". It takes the address as hexadecimal with or without
  // its 0x; one with a sign behind it is written.
  bool TakeOfCpucontrol(std::string_view word) {
    constexpr std::string_view kDevice = "/dev/cpuctl";
    if (word.starts_with(kDevice)) return SetCpu(word.substr(kDevice.size()));
    if (word.starts_with('$')) return SetCpu(word);
    if (word == "-v") return true;
    if (!word.starts_with("-m")) return false;
    Scanner number(ValueOf(word.substr(2)));
    number.TakeHexPrefix();
    const auto address = number.TakeHex<std::uint32_t>();
    if (!address || !number.AtEnd()) return false;
    call_.address = MsrAddress{*address};
    has_register_ = true;
    return true;
  }

  std::string_view ValueOf(std::string_view rest_of_word) {
    return rest_of_word.empty() ? Word() : rest_of_word;
  }

  bool SetCpu(std::string_view text) {
    Scanner number(text);
    const auto cpu = number.TakeCNumber();
    const bool is_variable =
        text.starts_with('$') || text.starts_with('{') || text.starts_with('%');
    if (!cpu && !is_variable) return false;
    call_.cpu = cpu ? RdmsrCall::Cpu::kNumber : RdmsrCall::Cpu::kVariable;
    call_.number = cpu.value_or(0);
    return true;
  }

  // "-f 63:32"
  bool SetBits(std::string_view text) {
    Scanner scanner(text);
    const auto high = scanner.TakeDecimal();
    if (!high || !scanner.Take(':')) return false;
    const auto low = scanner.TakeDecimal();
    if (!low || !scanner.AtEnd() || *high > 63 || *low > *high) return false;
    call_.high = *high;
    call_.low = *low;
    return true;
  }

  bool TakeShortOptions(std::string_view letters) {
    while (!letters.empty()) {
      const char letter = letters.front();
      letters.remove_prefix(1);
      switch (letter) {
        case 'a':
          call_.cpu = RdmsrCall::Cpu::kAll;
          break;
        case 'p':
          return SetCpu(ValueOf(letters));
        case 'f':
          return SetBits(ValueOf(letters));
        case 'r':
          call_.is_raw = true;
          break;
        case 'd':
        case 'u':
          call_.base = 10;
          break;
        case 'o':
          call_.base = 8;
          break;
        case 'x':
        case 'X':
        case '0':
        case 'c':
          break;
        default:
          return false;
      }
    }
    return true;
  }

  bool TakeLongOption(std::string_view option) {
    const std::size_t equals = option.find('=');
    const std::string_view name = option.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
    if (name == "processor" || name == "cpu") return SetCpu(ValueOf(value));
    if (name == "bitfield") return SetBits(ValueOf(value));
    if (name == "all") {
      call_.cpu = RdmsrCall::Cpu::kAll;
    } else if (name == "raw") {
      call_.is_raw = true;
    } else if (name == "decimal" || name == "signed" || name == "unsigned") {
      call_.base = 10;
    } else if (name == "octal") {
      call_.base = 8;
    }
    return true;
  }

  Scanner scanner_;
  RdmsrCall call_;
  bool has_register_ = false;
};

// Adds first to last; false if there are too many or none.
bool AddRange(std::uint32_t first, std::uint32_t last, std::vector<std::uint32_t>* items) {
  if (last < first || last - first >= kMostItems) return false;
  for (std::uint32_t i = first; i <= last; ++i) items->push_back(i);
  return true;
}

// "$(seq 0 3)" and "`seq 4`", behind "seq ".
bool AddSequence(std::string_view text, std::vector<std::uint32_t>* items) {
  std::vector<std::uint32_t> numbers;
  Scanner scanner(text);
  while (scanner.SkipBlanks() || !scanner.AtEnd()) {
    if (scanner.Take(')') || scanner.Take('`')) break;
    const auto number = scanner.TakeDecimal();
    if (!number) return false;
    numbers.push_back(*number);
  }
  if (numbers.size() == 1) return AddRange(1, numbers[0], items);
  if (numbers.size() == 2) return AddRange(numbers[0], numbers[1], items);
  if (numbers.size() != 3 || numbers[1] == 0) return false;
  if (numbers[2] < numbers[0] || (numbers[2] - numbers[0]) / numbers[1] >= kMostItems) return false;
  for (std::uint64_t i = numbers[0]; i <= numbers[2]; i += numbers[1]) {
    items->push_back(static_cast<std::uint32_t>(i));
  }
  return true;
}

// The list of a loop, "0 1 2 3", "{0..3}", "$(seq 0 3)"; empty where it is not
// written out.
std::vector<std::uint32_t> ItemsOf(std::string_view list) {
  std::vector<std::uint32_t> items;
  list = Trimmed(list);
  const std::size_t seq = list.find("seq ");
  if (seq != std::string_view::npos) {
    const bool is_known = AddSequence(list.substr(seq + 4), &items);
    return is_known ? items : std::vector<std::uint32_t>();
  }
  Scanner scanner(list);
  while (scanner.SkipBlanks() || !scanner.AtEnd()) {
    if (scanner.AtEnd()) break;
    if (scanner.Take('{')) {
      const auto first = scanner.TakeDecimal();
      if (!first || !scanner.Take("..")) return {};
      const auto last = scanner.TakeDecimal();
      if (!last || !scanner.Take('}') || !AddRange(*first, *last, &items)) return {};
      continue;
    }
    const auto number = scanner.TakeCNumber();
    if (!number || items.size() == kMostItems) return {};
    items.push_back(*number);
  }
  return items;
}

// "for ((i=0; i<4; i++))", behind "((".
std::vector<std::uint32_t> ItemsOfArithmetic(std::string_view text) {
  const std::size_t set = text.find('=');
  const std::size_t less = text.find('<');
  if (set == std::string_view::npos || less == std::string_view::npos) return {};
  Scanner from(Trimmed(text.substr(set + 1)));
  Scanner to(text.substr(less + 1));
  const bool is_inclusive = to.Take('=');
  to.SkipBlanks();
  const auto first = from.TakeDecimal();
  const auto last = to.TakeDecimal();
  std::vector<std::uint32_t> items;
  if (!first || !last || (*last == 0 && !is_inclusive)) return {};
  AddRange(*first, is_inclusive ? *last : *last - 1, &items);
  return items;
}

struct Loop {
  std::string_view body;
  std::vector<std::uint32_t> items;
};

std::size_t FindLoop(std::string_view line) {
  for (std::size_t at = line.find("for "); at != std::string_view::npos;
       at = line.find("for ", at + 1)) {
    const bool is_word = at == 0 || !IsHexDigit(line[at - 1]);
    if (is_word && IsPrompt(line.substr(0, at)) &&
        (line.find(" in ", at) != std::string_view::npos ||
         line.find("((", at) != std::string_view::npos)) {
      return at;
    }
  }
  return std::string_view::npos;
}

std::optional<Loop> ParseLoop(std::string_view line) {
  const std::size_t at = FindLoop(line);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t body = line.find("do ", at);
  if (body == std::string_view::npos) return std::nullopt;
  std::string_view head = line.substr(at, body - at);
  while (!head.empty() && (IsBlank(head.back()) || head.back() == ';')) head.remove_suffix(1);
  Loop loop;
  loop.body = line.substr(body + 3);
  const std::size_t end = loop.body.rfind("done");
  if (end != std::string_view::npos) loop.body = loop.body.substr(0, end);
  const std::size_t arithmetic = head.find("((");
  const std::size_t in = head.find(" in ");
  if (arithmetic != std::string_view::npos && in == std::string_view::npos) {
    loop.items = ItemsOfArithmetic(head.substr(arithmetic + 2));
  } else if (in != std::string_view::npos) {
    loop.items = ItemsOf(head.substr(in + 4));
  }
  return loop;
}

// What the commands behind the bars make of the numbers.
ShellLine::Pipe PipeOf(std::string_view pipes) {
  ShellLine::Pipe pipe = ShellLine::Pipe::kNone;
  while (!pipes.empty()) {
    pipes.remove_prefix(1);
    const std::size_t next = pipes.find('|');
    const std::string_view command = Trimmed(pipes.substr(0, next));
    pipes = next == std::string_view::npos ? std::string_view() : pipes.substr(next);
    Scanner words(command);
    std::string_view name = words.TakeWord();
    if (IsWrapper(name)) {
      words.SkipBlanks();
      name = words.TakeWord();
    }
    const bool counts = command.find(" -c") != std::string_view::npos;
    if (name == "uniq") {
      pipe = counts ? ShellLine::Pipe::kCounted : ShellLine::Pipe::kDistinct;
    } else if (name == "sort") {
      if (command.find(" -u") != std::string_view::npos) {
        pipe = ShellLine::Pipe::kDistinct;
      } else if (pipe == ShellLine::Pipe::kNone) {
        pipe = ShellLine::Pipe::kSorted;
      }
    } else if (name != "tee" && name != "cat" && name != "less" && name != "more") {
      return ShellLine::Pipe::kOther;
    }
  }
  return pipe;
}

// What `echo -n TEXT` and `printf TEXT` put before the output of the next command:
// nothing where a variable or a format stands in it.
std::string_view PrefixOf(std::string_view command) {
  std::string_view text;
  if (command.starts_with("echo -n ")) {
    text = Trimmed(command.substr(8));
  } else if (command.starts_with("printf ")) {
    text = Trimmed(command.substr(7));
  } else {
    return {};
  }
  const bool is_quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                         text.back() == text.front();
  if (is_quoted) text = text.substr(1, text.size() - 2);
  return text.find_first_of("$%\\`'\"") == std::string_view::npos ? text : std::string_view();
}

// The commands of a line or of a loop's body, up to each ";" and "&&". True if
// each that runs rdmsr could be read; `rest` is what stands behind the last.
// `prefix` is what was printed before the first of them, on its line.
bool ParseCalls(std::string_view text, std::string_view prefix, ShellLine* line,
                std::string_view* rest) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(";&");
    std::string_view command = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::size_t bar = command.find('|');
    const std::string_view pipes =
        bar == std::string_view::npos ? std::string_view() : command.substr(bar);
    command = command.substr(0, bar);
    const Found found = FindProgram(command);
    if (!found) {
      const std::string_view trimmed = Trimmed(command);
      prefix = PrefixOf(trimmed);
      const bool prints_line =
          trimmed.starts_with("echo ") && trimmed.find(" -n") == std::string_view::npos;
      if (prints_line && line->is_loop) {
        line->calls.emplace_back();
        line->calls.back().is_label = true;
      }
      continue;
    }
    const std::string_view arguments = command.substr(found.end());
    const std::size_t redirected = arguments.find(" >");
    if (redirected != std::string_view::npos) return false;  // its output went to a file
    CallParser parser(found.program.form, arguments);
    const auto call = parser.Parse();
    if (!call) return false;
    line->calls.push_back(*call);
    line->calls.back().prefix = std::exchange(prefix, {});
    *rest = Trimmed(parser.rest());
    if (!pipes.empty()) line->pipe = PipeOf(pipes);
  }
  return true;
}

bool TakeLoop(const Loop& loop, std::string_view line, ShellLine* shell) {
  shell->is_loop = true;
  shell->items = loop.items;
  shell->has_prompt = FindLoop(line) != 0;
  const std::size_t done = line.rfind("done");
  if (done != std::string_view::npos) {
    const std::string_view behind = line.substr(done + 4);
    const std::size_t bar = behind.find('|');
    if (bar != std::string_view::npos) shell->pipe = PipeOf(behind.substr(bar));
  }
  std::string_view rest;
  return ParseCalls(loop.body, {}, shell, &rest);
}

// xargs runs the command for each word that it reads, and may add the word.
void RepeatByXargs(ShellLine* shell) {
  shell->is_loop = true;
  for (RdmsrCall& call : shell->calls) {
    if (call.cpu == RdmsrCall::Cpu::kFirst) call.cpu = RdmsrCall::Cpu::kVariable;
  }
}

// `before` stands before the first of the commands.
bool TakeCommands(std::string_view before, std::string_view commands, ShellLine* shell) {
  std::string_view rest;
  std::string_view echo = WithoutBlanksAtEnd(before);
  if (echo.ends_with(';')) {
    echo.remove_suffix(1);
    echo =
        echo.substr(std::min(echo.size(), std::min(echo.find("echo -n "), echo.find("printf "))));
  } else {
    echo = {};
  }
  if (!ParseCalls(commands, PrefixOf(echo), shell, &rest)) return false;
  shell->has_prompt = !WithoutWrappers(before).empty();
  if (before.find("xargs ") != std::string_view::npos) RepeatByXargs(shell);
  // Of a group "(rdmsr A; rdmsr B) | sort" it is not known which is which.
  const bool is_group = before.find_first_of("({") != std::string_view::npos;
  if (is_group && shell->calls.size() > 1 && shell->pipe != ShellLine::Pipe::kNone) {
    shell->pipe = ShellLine::Pipe::kOther;
  }
  // In prose the command must end the line: it is the caption of what follows.
  const bool is_prose = !rest.empty() && !rest.starts_with('#');
  return IsPrompt(before) || (!is_prose && shell->calls.size() == 1);
}

}  // namespace

std::string_view HostOf(std::string_view line) {
  const Found found = FindProgram(line);
  if (!found) return {};
  const std::string_view before = line.substr(0, found.at);
  // The last one: an ssh behind a prompt leads to another machine.
  const std::size_t at = before.rfind('@');
  std::string_view host = before.substr(at == std::string_view::npos ? 0 : at + 1);
  if (at == std::string_view::npos) {
    // "host1$ "; a shell's own name is none.
    if (host.find_first_of("$#%") == std::string_view::npos) return {};
    if (host.starts_with("bash") || host.starts_with("sh-")) return {};
  }
  std::size_t length = 0;
  while (length < host.size() && (std::isalnum(static_cast<unsigned char>(host[length])) != 0 ||
                                  host[length] == '-' || host[length] == '_')) {
    ++length;
  }
  const std::string_view name = host.substr(0, length);
  const bool ends = length < host.size() &&
                    std::string_view(":~ $#%].").find(host[length]) != std::string_view::npos;
  const bool is_bare = at == std::string_view::npos;
  if (is_bare && length < host.size() &&
      std::string_view("$#%").find(host[length]) == std::string_view::npos) {
    return {};
  }
  return ends ? name : std::string_view();
}

bool HasPrompt(std::string_view line) {
  const std::size_t at = line.find_first_of("$#%");
  if (at == std::string_view::npos) return false;
  if (at + 1 < line.size() && !IsBlank(line[at + 1])) return false;
  const std::string_view prompt = line.substr(0, at);
  return prompt.empty() || prompt.find_first_of("@:~[") != std::string_view::npos;
}

bool IsUnfinishedCommand(std::string_view line) {
  const Found first = FindProgram(line);
  if (!first || !IsPrompt(WithoutPath(line.substr(0, first.at)))) return false;
  const std::size_t begin = line.find_last_of(";&|");
  if (begin != std::string_view::npos && begin > first.at) {
    const std::string_view last = Trimmed(line.substr(begin + 1));
    if (last.empty() || last == "\\") return true;
    // What starts another program is nothing by itself.
    if (!FindProgram(last)) return WithoutWrappers(last).empty();
    line = last;
  }
  if (line.ends_with('\\')) return true;
  const Found found = FindProgram(line);
  CallParser parser(found.program.form, line.substr(found.end()));
  return !parser.Parse() && parser.rest().empty();
}

bool RunsAtPrompt(std::string_view line) {
  const bool names_register = line.find("0x") != std::string_view::npos;
  const bool prints_here = line.find(" >") == std::string_view::npos;
  return names_register && prints_here && FindProgram(line) && HasPrompt(line);
}

bool IsUnfinishedLoop(std::string_view line) {
  return FindLoop(line) != std::string_view::npos && line.find("done") == std::string_view::npos;
}

std::optional<ShellLine> ParseShellLine(std::string_view line) {
  const Found first = FindProgram(line);
  if (!first) return std::nullopt;
  ShellLine shell;
  const auto loop = ParseLoop(line);
  const bool is_one =
      loop ? TakeLoop(*loop, line, &shell)
           : TakeCommands(WithoutPath(line.substr(0, first.at)), line.substr(first.at), &shell);
  if (!is_one) return std::nullopt;
  const bool runs = std::any_of(shell.calls.begin(), shell.calls.end(),
                                [](const RdmsrCall& call) { return !call.is_label; });
  return runs ? std::optional(std::move(shell)) : std::nullopt;
}

}  // namespace vtprobe::import
