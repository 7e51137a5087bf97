// rdmsr and what is run as it: the command that gives the numbers below it a
// meaning, why there is none, and the answer in a sentence.

#include <algorithm>
#include <array>
#include <utility>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "rdmsr_failure.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

// rdmsr's own lines: what it was asked, and why it has no answer.
Fate SeeFailure(const PeeledLine& line, const RdmsrFailure& failure, Reading* reading) {
  std::optional<MsrAddress> address = failure.address;
  std::optional<Whose> whose = CpuOf(failure.cpu);
  if (failure.cpu && !whose) return Fate::kNotUnderstood;
  if (reading->expected) {
    const RdmsrCall call = TakeFailureOfRdmsr(line.number, reading);
    if (!address) address = call.address;
    if (!whose && call.cpu == RdmsrCall::Cpu::kNumber) whose = CpuOf(call.number);
    if (!whose && call.cpu == RdmsrCall::Cpu::kFirst) whose = Whose::First();
  }
  if (!address) return Fate::kNotUnderstood;
  AccessCode code = failure.code;
  if (failure.says_no_node) {
    code = reading->evidence.has_readings() ? AccessCode::kCpuOffline : AccessCode::kNoDriver;
  }
  reading->evidence.AddMsr(whose.value_or(Whose::One()), *address, tl::unexpected(code),
                           line.number);
  return Fate::kUsed;
}

// "`rdmsr 0x3a` returns 5": the answer in the sentence itself.
std::optional<std::pair<std::string_view, std::string_view>> SplitAnswer(std::string_view text) {
  constexpr std::array<std::string_view, 11> kSigns = {
      " returns ", " returned ", " gives ", " gave ", " shows ", " says ",
      " reads ",   " is ",       " = ",     " => ",   " -> "};
  const std::size_t name = text.find("rdmsr ");
  if (name == std::string_view::npos) return std::nullopt;
  for (const std::string_view sign : kSigns) {
    const std::size_t at = text.find(sign, name);
    if (at != std::string_view::npos) {
      return std::pair(text.substr(name, at - name), text.substr(at + sign.size()));
    }
  }
  return std::nullopt;
}

// "rdmsr -r 0x3a | xxd": it prints the eight bytes themselves.
Fate ExpectBytes(const ShellLine& shell, const PeeledLine& line, Reading* reading) {
  const RdmsrCall& call = shell.calls.front();
  const bool is_one = shell.calls.size() == 1 && !shell.is_loop && call.address &&
                      (call.cpu == RdmsrCall::Cpu::kFirst || call.cpu == RdmsrCall::Cpu::kNumber);
  const bool is_whole = call.high == 63 && call.low == 0;
  const std::size_t bar = line.text.find('|');
  if (!is_one || !is_whole || bar == std::string_view::npos) return Fate::kNotUnderstood;
  const auto cpu = call.cpu == RdmsrCall::Cpu::kNumber ? CpuOf(call.number) : Whose::First();
  if (!cpu || !OpenShownBytes(line.text.substr(bar + 1), reading)) return Fate::kNotUnderstood;
  EndExpected(reading);
  reading->bytes->cpu = *cpu;
  reading->bytes->address = *call.address;
  return Fate::kUsed;
}

Fate SeeAnswerInSentence(const PeeledLine& line, Reading* reading) {
  const auto parts = SplitAnswer(line.text);
  if (!parts) return Fate::kNothing;
  const auto shell = ParseShellLine(parts->first);
  if (!shell || shell->is_loop || shell->calls.size() != 1) return Fate::kNothing;
  const RdmsrCall& call = shell->calls[0];
  std::string_view word = Scanner(Trimmed(parts->second)).TakeWord();
  constexpr std::string_view kAround = "`'\".,;:)(";
  while (!word.empty() && kAround.find(word.front()) != std::string_view::npos) {
    word.remove_prefix(1);
  }
  while (!word.empty() && kAround.find(word.back()) != std::string_view::npos) {
    word.remove_suffix(1);
  }
  const auto value = ParseRdmsrNumber(word, call.base);
  const bool is_one = call.cpu != RdmsrCall::Cpu::kAll && call.address && !call.is_raw;
  if (!value || !is_one) return Fate::kNotUnderstood;
  const Whose whose = call.cpu == RdmsrCall::Cpu::kNumber
                          ? CpuOf(call.number).value_or(Whose::One())
                          : Whose::First();
  reading->evidence.AddAskedBits(whose, *call.address, call.high, call.low, *value, line.number);
  return Fate::kUsed;
}

// The prompts name another machine: what follows is not of the same one.
void SeeHost(const PeeledLine& line, Reading* reading) {
  const std::string_view host = HostOf(line.text);
  if (host.empty()) return;
  if (!reading->host.empty() && host != reading->host) {
    EndExpected(reading);
    reading->evidence.StartAnotherTime(line.number);
  }
  reading->host = host;
}

// "0: kd> rdmsr 3a": WinDbg, whose output names the register (SeeWinDbg). "lkd>" is
// on whatever processor it is on.
Fate SeeKernelDebugger(const PeeledLine& line, Reading* reading) {
  const std::size_t at = line.text.find("kd> rdmsr");
  if (at == std::string_view::npos) return Fate::kNothing;
  Scanner scanner(line.text.substr(0, at));
  const auto cpu = CpuOf(scanner.TakeDecimal());
  reading->debugged = cpu && scanner.Take(": ") && scanner.AtEnd() ? cpu : std::nullopt;
  EndExpected(reading);
  return Fate::kKnown;
}

}  // namespace

Fate SeeRdmsr(const PeeledLine& line, Reading* reading) {
  if (const Fate fate = SeeKernelDebugger(line, reading); fate != Fate::kNothing) return fate;
  if (const auto failure = ParseRdmsrFailure(line.text)) return SeeFailure(line, *failure, reading);
  // ESXi: vsish -e get /hardware/msr/pcpu/N/addr/0x3a
  constexpr std::string_view kNode = "/hardware/msr/pcpu/";
  if (const std::size_t at = line.text.find(kNode); at != std::string_view::npos) {
    Scanner scanner(line.text.substr(at + kNode.size()));
    RdmsrCall call;
    const auto cpu = scanner.TakeDecimal();
    if (!cpu || !scanner.Take("/addr/")) return Fate::kNotUnderstood;
    const auto address = scanner.TakeCNumber();
    if (!address) return Fate::kNotUnderstood;
    call.cpu = RdmsrCall::Cpu::kNumber;
    call.number = *cpu;
    call.address = MsrAddress{*address};
    ShellLine shell;
    shell.has_prompt = !line.text.starts_with("vsish");
    shell.calls.push_back(call);
    Expect(std::move(shell), line, reading);
    return Fate::kUsed;
  }
  if (IsUnfinishedLoop(line.text) || IsUnfinishedCommand(line.text)) {
    EndExpected(reading);
    reading->command = line.text;
    reading->command_lines = {line.number};
    return Fate::kUsed;
  }
  if (const Fate fate = SeeAnswerInSentence(line, reading); fate == Fate::kUsed) return fate;
  if (auto shell = ParseShellLine(line.text)) {
    const bool is_raw = std::any_of(shell->calls.begin(), shell->calls.end(),
                                    [](const RdmsrCall& call) { return call.is_raw; });
    if (is_raw) return ExpectBytes(*shell, line, reading);
    SeeHost(line, reading);
    // What such a pipe prints is not known.
    const bool is_known = shell->pipe != ShellLine::Pipe::kOther;
    Expect(*std::move(shell), line, reading);
    return is_known ? Fate::kUsed : Fate::kNotUnderstood;
  }
  return RunsAtPrompt(line.text) ? Fate::kNotUnderstood : Fate::kNothing;
}

}  // namespace vtprobe::import
