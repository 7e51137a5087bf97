// The numbers below a line that ran rdmsr.

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
  const bool has_word = TakeAnyCase("cpu", &scanner) || TakeAnyCase("core", &scanner) ||
                        TakeAnyCase("processor", &scanner) || TakeAnyCase("thread", &scanner);
  if (!scanner.Take('#')) scanner.SkipBlanks();
  labelled.cpu = scanner.TakeDecimal();
  if (!labelled.cpu || *labelled.cpu > kMaxCpuNumber) return std::nullopt;
  const bool is_separated = scanner.rest().starts_with(':') || scanner.rest().starts_with(" =");
  if (!is_separated && !(has_word && scanner.AtBlankOrEnd())) return std::nullopt;
  return parse_rest(scanner);
}

class Taker {
 public:
  Taker(const PeeledLine& line, Reading* reading)
      : line_(line), reading_(*reading), expected_(*reading->expected) {}

  bool Take() {
    const ShellLine& shell = expected_.shell;
    if (shell.pipe == ShellLine::Pipe::kOther) return false;
    if (shell.pipe == ShellLine::Pipe::kCounted) return TakeCounted();
    if (!shell.is_loop && shell.calls.size() > 1 && HasAll()) return Hold();
    const std::optional<std::size_t> call = NextCall();
    if (!call) return false;
    if (shell.calls[*call].is_label) {
      constexpr std::size_t kLongest = 40;
      if (line_.text.size() > kLongest) return false;
      ++expected_.taken;
      return true;
    }
    const auto labelled = ParseLabelled(line_.text, shell.calls[*call]);
    return labelled && Add(*call, *labelled);
  }

 private:
  bool HasAll() const {
    const auto& calls = expected_.shell.calls;
    return std::any_of(calls.begin(), calls.end(),
                       [](const RdmsrCall& call) { return call.cpu == RdmsrCall::Cpu::kAll; });
  }

  std::optional<std::size_t> NextCall() const {
    const ShellLine& shell = expected_.shell;
    if (shell.is_loop) {
      const bool is_over =
          !shell.items.empty() && expected_.taken >= shell.items.size() * shell.calls.size();
      if (is_over) return std::nullopt;
      return expected_.taken % shell.calls.size();
    }
    if (shell.calls.size() == 1 && HasAll()) return 0;
    if (expected_.taken >= shell.calls.size()) return std::nullopt;
    return expected_.taken;
  }

  // "     63 5": so many CPUs gave it.
  bool TakeCounted() {
    if (expected_.shell.calls.size() != 1) return false;
    Scanner scanner(line_.text);
    const auto count = scanner.TakeDecimal();
    if (!count || !scanner.SkipBlanks()) return false;
    const auto value = ParseRdmsrNumber(scanner.rest(), expected_.shell.calls[0].base);
    const std::uint32_t before = expected_.lists[0].size;
    if (!value || *count == 0 || *count > kMostCpus - before) return false;
    for (std::uint32_t i = 0; i < *count; ++i) Put(0, NextOf(0), *value, line_.number);
    expected_.taken += *count;
    return true;
  }

  // Several lists in a row have no mark between them.
  bool Hold() {
    const auto value = ParseRdmsrNumber(line_.text, expected_.shell.calls[0].base);
    if (!value || expected_.held.size() >= std::size_t{kMostCpus} * expected_.shell.calls.size()) {
      return false;
    }
    expected_.held.emplace_back(*value, line_.number);
    ++expected_.taken;
    return true;
  }

  bool Add(std::size_t call, const Labelled& labelled) {
    const RdmsrCall& what = expected_.shell.calls[call];
    const std::size_t round = expected_.taken / expected_.shell.calls.size();
    const auto& items = expected_.shell.items;
    std::optional<Whose> whose;
    if (labelled.cpu) {
      whose = Whose::Cpu(*labelled.cpu);
    } else if (what.cpu == RdmsrCall::Cpu::kFirst) {
      whose = Whose::First();
    } else if (what.cpu == RdmsrCall::Cpu::kNumber) {
      if (what.number > kMaxCpuNumber) return false;
      whose = Whose::Cpu(what.number);
    } else if (what.cpu == RdmsrCall::Cpu::kVariable && !expected_.shell.is_loop) {
      whose = Whose::One();
    } else if (what.cpu == RdmsrCall::Cpu::kVariable && round < items.size()) {
      if (items[round] > kMaxCpuNumber) return false;
      whose = Whose::Cpu(items[round]);
    } else if (expected_.lists[call].size < kMostCpus) {
      whose = NextOf(call);
    }
    if (!whose) return false;
    if (!what.address && round >= items.size()) return false;
    Put(call, *whose, labelled.value, line_.number);
    ++expected_.taken;
    return true;
  }

  Whose NextOf(std::size_t call) {
    auto& list = expected_.lists[call];
    if (list.size == 0) list.id = reading_.evidence.NewList(line_.number);
    return Whose::Listed(list.id, list.size++);
  }

  void Put(std::size_t call, Whose whose, std::uint64_t value, std::size_t line) {
    const RdmsrCall& what = expected_.shell.calls[call];
    const std::size_t round = expected_.taken / expected_.shell.calls.size();
    const MsrAddress address =
        what.address ? *what.address : MsrAddress{expected_.shell.items[round]};
    reading_.evidence.AddBits(whose, address, what.high, what.low, value, line);
  }

  const PeeledLine& line_;
  Reading& reading_;
  Expected& expected_;
};

}  // namespace

bool TakeNumberOfRdmsr(const PeeledLine& line, Reading* reading) {
  return reading->expected && Taker(line, reading).Take();
}

void EndExpected(Reading* reading) {
  if (!reading->expected) return;
  const Expected expected = std::move(*reading->expected);
  reading->expected.reset();
  const std::size_t calls = expected.shell.calls.size();
  if (expected.held.empty()) return;
  if (expected.held.size() % calls != 0) {
    reading->evidence.AddNote("the numbers from line " +
                              std::to_string(expected.held.front().second) +
                              " on don't divide into the lists of several rdmsr: left out");
    return;
  }
  const std::size_t each = expected.held.size() / calls;
  for (std::size_t call = 0; call < calls; ++call) {
    const RdmsrCall& what = expected.shell.calls[call];
    if (!what.address) continue;
    const std::uint32_t list = reading->evidence.NewList(expected.held[call * each].second);
    for (std::size_t i = 0; i < each; ++i) {
      const auto& [value, number] = expected.held[call * each + i];
      reading->evidence.AddBits(Whose::Listed(list, static_cast<std::uint32_t>(i)), *what.address,
                                what.high, what.low, value, number);
    }
  }
}

}  // namespace vtprobe::import
