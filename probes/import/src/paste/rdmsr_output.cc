// The numbers below a line that ran rdmsr.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "characters.h"
#include "paste/reading.h"
#include "rdmsr_failure.h"
#include "scanner.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe::import {
namespace {

constexpr std::uint32_t kMostCpus = kMaxCpuNumber + 1;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes a word of letters in upper or lower case.
bool TakeAnyCase(std::string_view word, Scanner* scanner) {
  const std::string_view text = scanner->rest();
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (Lower(text[i]) != word[i]) return false;
  }
  *scanner = Scanner(text.substr(word.size()));
  return true;
}

struct Labelled {
  std::optional<std::uint32_t> cpu;
  std::uint64_t value = 0;
};

// "5", "CPU 0: 5", "0: 5", "cpu3 0x5", "0x3a: 5".
std::optional<Labelled> ParseLabelled(std::string_view text, const RdmsrCall& call) {
  Labelled labelled;
  if (!call.prefix.empty() && text.starts_with(call.prefix)) {
    text = Trimmed(text.substr(call.prefix.size()));
  }
  if (const auto value = ParseRdmsrNumber(text, call.base)) {
    labelled.value = *value;
    return labelled;
  }
  const auto parse_rest = [&](Scanner rest) -> std::optional<Labelled> {
    rest.Take(':');
    rest.SkipBlanks();
    if (rest.Take('=')) rest.SkipBlanks();
    const auto value = ParseRdmsrNumber(rest.rest(), call.base);
    if (!value) return std::nullopt;
    labelled.value = *value;
    return labelled;
  };
  Scanner scanner(text);
  TakeAnyCase("msr", &scanner);
  scanner.SkipBlanks();
  if (call.address && scanner.rest().starts_with("0x")) {
    if (scanner.TakePrefixedHex<std::uint32_t>() == Number(*call.address)) {
      return parse_rest(scanner);
    }
    return std::nullopt;
  }
  scanner = Scanner(text);
  const bool has_word = TakeAnyCase("/dev/cpu/", &scanner) || TakeAnyCase("cpu", &scanner) ||
                        TakeAnyCase("core", &scanner) || TakeAnyCase("processor", &scanner) ||
                        TakeAnyCase("thread", &scanner);
  if (!scanner.Take('#')) scanner.SkipBlanks();
  labelled.cpu = scanner.TakeDecimal();
  if (!labelled.cpu || *labelled.cpu > kMaxCpuNumber) return std::nullopt;
  const bool is_separated = scanner.rest().starts_with(':') || scanner.rest().starts_with(" =");
  if (!is_separated && !(has_word && scanner.AtBlankOrEnd())) return std::nullopt;
  return parse_rest(scanner);
}

using Call = RdmsrCall;
using Pipe = ShellLine::Pipe;

bool IsOfAll(const Call& call) { return call.cpu == Call::Cpu::kAll; }

// How many lines the calls print; nothing where that is not known.
std::optional<std::size_t> KnownSize(const ShellLine& shell) {
  const auto& calls = shell.calls;
  if (shell.pipe == Pipe::kDistinct || shell.pipe == Pipe::kCounted) return std::nullopt;
  if (shell.is_loop) {
    if (shell.items.empty()) return std::nullopt;
    return shell.items.size() * calls.size();
  }
  if (std::any_of(calls.begin(), calls.end(), IsOfAll)) return std::nullopt;
  return calls.size();
}

// The call that the next line is of, for the base of its number.
const Call& NextCall(const Expected& expected) {
  const auto& calls = expected.shell.calls;
  const std::size_t at = expected.outputs.size();
  return expected.shell.is_loop ? calls[at % calls.size()] : calls[std::min(at, calls.size() - 1)];
}

// "     63 5": so many CPUs gave it.
std::optional<Expected::Output> ParseCounted(std::string_view text, const Call& call) {
  Scanner scanner(text);
  Expected::Output output;
  const auto count = scanner.TakeDecimal();
  if (!count || *count == 0 || *count > kMostCpus || !scanner.SkipBlanks()) return std::nullopt;
  output.count = *count;
  output.value = ParseRdmsrNumber(scanner.rest(), call.base);
  return output.value ? std::optional(output) : std::nullopt;
}

// "MSR 0x3a: 0x00000000 0x00000005"
std::optional<Expected::Output> ParseHighAndLow(std::string_view text, const Call& call) {
  Scanner scanner(text);
  if (!scanner.Take("MSR ")) return std::nullopt;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take(": ")) return std::nullopt;
  if (call.address && *address != Number(*call.address)) return std::nullopt;
  const auto high = scanner.TakePrefixedHex<std::uint32_t>();
  if (!high || !scanner.SkipBlanks()) return std::nullopt;
  const auto low = scanner.TakePrefixedHex<std::uint32_t>();
  if (!low || !scanner.AtBlankOrEnd()) return std::nullopt;
  Expected::Output output;
  output.value = std::uint64_t{*high} << 32 | *low;
  return output;
}

std::optional<Expected::Output> ParseOutput(std::string_view text, const Expected& expected) {
  const Call& call = NextCall(expected);
  if (expected.shell.pipe == Pipe::kCounted) return ParseCounted(text, call);
  Expected::Output output;
  if (call.is_label) {
    constexpr std::size_t kLongest = 40;
    const auto size = KnownSize(expected.shell);
    const bool is_over = size && expected.outputs.size() >= *size;
    const bool is_command = text.find_first_of("$#") != std::string_view::npos;
    if (is_over || is_command || text.size() > kLongest) return std::nullopt;
    return output;
  }
  if (call.form == Call::Form::kHighAndLow) return ParseHighAndLow(text, call);
  const auto labelled = ParseLabelled(text, call);
  if (!labelled) return std::nullopt;
  output.cpu = labelled->cpu;
  output.value = labelled->value;
  return output;
}

// Puts the numbers that were seen on the CPUs and registers of their calls.
class Placer {
 public:
  Placer(const Expected& expected, Reading* reading)
      : shell_(expected.shell),
        outputs_(expected.outputs),
        is_doubtful_(expected.is_doubtful),
        evidence_(reading->evidence) {}

  // False if it can't be said which number is of which call.
  bool Place() {
    // The recording is full, which is an error in the end.
    if (evidence_.first_beyond() != 0) return true;
    if (is_doubtful_) return false;
    if (AreNamed()) {
      PutList(shell_.calls[0], 0, outputs_.size());
      return true;
    }
    const bool is_set = shell_.pipe == Pipe::kDistinct || shell_.pipe == Pipe::kCounted;
    if (is_set) return PlaceSet();
    if (shell_.is_loop) return PlaceLoop();
    return PlaceCalls();
  }

 private:
  void Put(const Call& call, Whose whose, const Expected::Output& output) {
    if (!output.value || !call.address) return;
    evidence_.AddAskedBits(whose, *call.address, call.high, call.low, *output.value, output.line);
  }

  // Each line names its CPU, so that their number says nothing.
  bool AreNamed() const {
    return shell_.calls.size() == 1 && shell_.calls[0].address &&
           std::all_of(outputs_.begin(), outputs_.end(),
                       [](const Expected::Output& output) { return output.cpu || !output.value; });
  }

  static Whose WhoseOf(const Call& call, const Expected::Output& output) {
    if (output.cpu) return Whose::Cpu(*output.cpu);
    if (call.cpu == Call::Cpu::kFirst) return Whose::First();
    return call.cpu == Call::Cpu::kNumber ? Whose::Cpu(call.number) : Whose::One();
  }

  // Of CPUs in an order that is not known, or of those that the lines name.
  void PutList(const Call& call, std::size_t from, std::size_t to) {
    std::optional<std::uint32_t> list;
    std::uint32_t place = 0;
    for (std::size_t i = from; i < to; ++i) {
      const Expected::Output& output = outputs_[i];
      if (!output.value) continue;
      if (output.cpu) {
        Put(call, Whose::Cpu(*output.cpu), output);
        continue;
      }
      if (!list) list = evidence_.NewList(output.line);
      for (std::uint32_t n = 0; n < output.count && place < kMostCpus; ++n) {
        Put(call, Whose::Listed(*list, place++), output);
      }
    }
  }

  // `sort -u` and `uniq -c`: each value once.
  bool PlaceSet() {
    const auto& calls = shell_.calls;
    if (calls.size() != 1) return false;
    const bool is_counted = shell_.pipe == Pipe::kCounted;
    const std::size_t all = shell_.items.size();
    if (shell_.is_loop && !calls[0].address) return false;
    if (shell_.is_loop && all != 0 && outputs_.size() == 1 &&
        (!is_counted || outputs_[0].count == all)) {
      // All that were asked gave it.
      const auto& items = shell_.items;
      if (*std::max_element(items.begin(), items.end()) > kMaxCpuNumber) return false;
      for (const std::uint32_t item : items) Put(calls[0], Whose::Cpu(item), outputs_[0]);
      return true;
    }
    if (!shell_.is_loop && !IsOfAll(calls[0])) {
      if (outputs_.size() != 1 || outputs_[0].count != 1) return false;
      Put(calls[0], WhoseOf(calls[0], outputs_[0]), outputs_[0]);
      return true;
    }
    PutList(calls[0], 0, outputs_.size());
    return true;
  }

  bool PlaceLoop() {
    const auto& calls = shell_.calls;
    const auto& items = shell_.items;
    if (std::any_of(calls.begin(), calls.end(), IsOfAll)) return false;
    if (outputs_.size() % calls.size() != 0) return false;
    const std::size_t rounds = outputs_.size() / calls.size();
    const bool is_ordered = rounds == items.size() && shell_.pipe == Pipe::kNone;
    for (std::size_t c = 0; c < calls.size(); ++c) {
      const Call& call = calls[c];
      if (call.is_label) continue;
      // The loop is over registers.
      const bool takes_items = !call.address || call.cpu == Call::Cpu::kVariable;
      if (takes_items && !is_ordered) {
        if (!call.address || calls.size() != 1 || rounds > Limit()) return false;
        PutList(call, 0, outputs_.size());
        continue;
      }
      if (!takes_items && shell_.pipe != Pipe::kNone) return false;
      // The loop is over something else, such as machines.
      if (!takes_items && !AreAlike(c)) return false;
      for (std::size_t round = 0; round < rounds; ++round) {
        if (!PutRound(call, round, outputs_[round * calls.size() + c])) return false;
      }
    }
    return true;
  }

  // Whether a call of the loop printed the same each time.
  bool AreAlike(std::size_t call) const {
    for (std::size_t i = call; i < outputs_.size(); i += shell_.calls.size()) {
      if (outputs_[i].value != outputs_[call].value) return false;
    }
    return true;
  }

  // As many numbers as the loop can have printed.
  std::size_t Limit() const { return shell_.items.empty() ? kMostCpus : shell_.items.size(); }

  bool PutRound(const Call& call, std::size_t round, const Expected::Output& output) {
    Call of_round = call;
    if (!call.address) of_round.address = MsrAddress{shell_.items[round]};
    if (call.cpu == Call::Cpu::kVariable && call.address) {
      if (shell_.items[round] > kMaxCpuNumber) return false;
      of_round.cpu = Call::Cpu::kNumber;
      of_round.number = shell_.items[round];
    }
    Put(of_round, WhoseOf(of_round, output), output);
    return true;
  }

  // Calls of one CPU print a number each, and those of all as many as there are
  // CPUs: the same each time.
  bool PlaceCalls() {
    const auto& calls = shell_.calls;
    if (std::any_of(calls.begin(), calls.end(), [](const Call& call) { return !call.address; })) {
      return false;
    }
    const auto of_all =
        static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(), IsOfAll));
    // rdmsr -a ends with the first CPU that fails.
    const bool is_broken_off = std::any_of(outputs_.begin(), outputs_.end(),
                                           [](const Expected::Output& o) { return !o.value; });
    if (of_all > 1 && is_broken_off) return false;
    const std::size_t of_one = calls.size() - of_all;
    if (outputs_.size() < of_one) return false;
    const std::size_t left = outputs_.size() - of_one;
    if (of_all == 0 ? left != 0 : left % of_all != 0) return false;
    if (shell_.pipe == Pipe::kSorted && calls.size() > 1) return false;
    std::size_t at = 0;
    for (const Call& call : calls) {
      if (IsOfAll(call)) {
        PutList(call, at, at + left / of_all);
        at += left / of_all;
      } else {
        Put(call, WhoseOf(call, outputs_[at]), outputs_[at]);
        ++at;
      }
    }
    return true;
  }

  const ShellLine& shell_;
  const std::vector<Expected::Output>& outputs_;
  const bool is_doubtful_;
  Evidence& evidence_;
};

bool Runs(const ShellLine& shell, Pipe pipe) { return !shell.is_loop && shell.pipe == pipe; }

}  // namespace

void Expect(ShellLine shell, const PeeledLine& line, Reading* reading) {
  const bool is_below = reading->expected && reading->expected->outputs.empty();
  // No prompt stands before it, so that those above have not printed anything yet.
  const bool goes_on = is_below && !shell.has_prompt && reading->expected->line + 1 >= line.number;
  if (goes_on && Runs(reading->expected->shell, Pipe::kNone) && Runs(shell, Pipe::kNone)) {
    Expected& expected = *reading->expected;
    expected.line = line.number;
    auto& calls = expected.shell.calls;
    calls.insert(calls.end(), shell.calls.begin(), shell.calls.end());
    return;
  }
  EndExpected(reading);
  Expected expected;
  expected.shell = std::move(shell);
  expected.line = line.number;
  expected.is_doubtful = goes_on;
  reading->expected = std::move(expected);
}

bool TakeNumberOfRdmsr(const PeeledLine& line, Reading* reading) {
  if (!reading->expected) return false;
  Expected& expected = *reading->expected;
  const std::size_t most = std::size_t{kMostCpus} * expected.shell.calls.size();
  if (expected.shell.pipe == Pipe::kOther || expected.outputs.size() >= most) return false;
  auto output = ParseOutput(line.text, expected);
  if (!output) return false;
  output->line = line.number;
  expected.outputs.push_back(*output);
  return true;
}

RdmsrCall TakeFailureOfRdmsr(std::size_t line, Reading* reading) {
  Expected& expected = *reading->expected;
  RdmsrCall call = NextCall(expected);
  Expected::Output output;
  output.line = line;
  expected.outputs.push_back(output);
  return call;
}

bool HasAllOutput(const Reading& reading) {
  if (!reading.expected) return false;
  const auto size = KnownSize(reading.expected->shell);
  return size && reading.expected->outputs.size() >= *size;
}

void EndExpected(Reading* reading) {
  if (!reading->expected) return;
  const Expected expected = *std::exchange(reading->expected, std::nullopt);
  if (expected.outputs.empty()) {
    if (reading->silent == 0) reading->silent = expected.line;
    return;
  }
  if (Placer(expected, reading).Place()) return;
  std::size_t first = 0;
  for (const Expected::Output& output : expected.outputs) {
    if (!output.value) continue;
    if (first == 0) first = output.line;
    reading->unplaced.push_back(output.line);
  }
  if (first == 0) return;
  reading->evidence.AddNote(
      fmt::format("which of the numbers from line {} on is of which register is not known: they "
                  "are not as many as the commands above them print. Left out",
                  first));
}

}  // namespace vtprobe::import
