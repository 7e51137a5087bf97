#include "paste/sightings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "characters.h"
#include "rdmsr_failure.h"
#include "register_names.h"
#include "scanner.h"
#include "turbostat_names.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/lowercase.h"
#include "vtprobe/hal/numbers.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::import {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kFeatureControl = 0x3a;
constexpr std::uint32_t kSignatureLeaf = 1;
constexpr std::uint32_t kExtendedLeaf = 0x8000'0000;

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::optional<Whose> CpuOf(std::optional<std::uint32_t> number) {
  if (!number || *number > kMaxCpuNumber) return std::nullopt;
  return Whose::Cpu(*number);
}

// "cpu0: ", "[CPU0] ", "CPU 0: " before what is said of that CPU.
std::optional<Whose> TakeCpu(Scanner* scanner) {
  Scanner ahead = *scanner;
  const bool is_bracketed = ahead.Take('[');
  if (!ahead.Take("cpu") && !ahead.Take("CPU") && !ahead.Take("Cpu")) return std::nullopt;
  ahead.SkipBlanks();
  const auto number = ahead.TakeDecimal();
  if (!number || *number > kMaxCpuNumber) return std::nullopt;
  if (is_bracketed ? !ahead.Take(']') : !ahead.Take(':') && !ahead.Take(',')) return std::nullopt;
  ahead.SkipBlanks();
  *scanner = ahead;
  return Whose::Cpu(*number);
}

// The address of a register by whatever name a program gives it.
std::optional<MsrAddress> AddressOf(std::string_view name) {
  const std::string upper = [&] {
    std::string text(name);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }();
  const auto find = [](std::string_view wanted) -> std::optional<MsrAddress> {
    if (const MsrDef* const msr = registers::FindMsr(wanted)) return msr->address;
    return FindRegister(kTurbostatNames, wanted);
  };
  std::string_view rest = upper;
  if (const auto found = find(rest)) return found;
  if (rest.ends_with("_MSR")) rest.remove_suffix(4);
  if (rest.starts_with("MSR_")) rest.remove_prefix(4);
  for (const std::string_view prefix : {"", "MSR_", "IA32_", "MSR_IA32_"}) {
    if (const auto found = find(std::string(prefix) + std::string(rest))) return found;
  }
  // The names of the Linux source and of programs that differ from the manual's.
  static constexpr std::array kOthers = {
      RegisterName{"FEAT_CTL", kFeatureControl},
      RegisterName{"IA32_FEAT_CTL", kFeatureControl},
      RegisterName{"IA32_MISC_ENABLES", 0x1a0},
  };
  static_assert(AreAscending(kOthers));
  return FindRegister(kOthers, rest);
}

// A number of which it is clear that it is hexadecimal, as a whole word: with
// its 0x, or of a register's width.
std::optional<std::uint64_t> TakeClearHex(Scanner* scanner) {
  Scanner ahead = *scanner;
  const bool is_prefixed = ahead.TakeHexPrefix();
  const std::size_t before = ahead.rest().size();
  const auto value = ahead.TakeHex<std::uint64_t>();
  const std::size_t digits = before - ahead.rest().size();
  if (!value || (!is_prefixed && digits != 8 && digits != 16)) return std::nullopt;
  const std::string_view rest = ahead.rest();
  if (!rest.empty() && IsWordCharacter(rest.front())) return std::nullopt;
  *scanner = ahead;
  return value;
}

// rdmsr's own lines: what it was asked, and why it has no answer.
Fate SeeFailure(const PeeledLine& line, const RdmsrFailure& failure, Reading* reading) {
  std::optional<MsrAddress> address = failure.address;
  std::optional<Whose> whose = CpuOf(failure.cpu);
  if (failure.cpu && !whose) return Fate::kNotUnderstood;
  if (reading->expected) {
    const ShellLine& shell = reading->expected->shell;
    const RdmsrCall& call = shell.calls[reading->expected->taken % shell.calls.size()];
    if (!address) address = call.address;
    if (!whose && call.cpu == RdmsrCall::Cpu::kNumber) whose = CpuOf(call.number);
    if (!whose && call.cpu == RdmsrCall::Cpu::kFirst) whose = Whose::First();
    ++reading->expected->taken;
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

void Expect(ShellLine shell, const PeeledLine& line, Reading* reading) {
  EndExpected(reading);
  Expected expected;
  expected.lists.resize(shell.calls.size());
  expected.shell = std::move(shell);
  expected.line = line.number;
  reading->expected = std::move(expected);
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
  reading->evidence.AddBits(whose, *call.address, call.high, call.low, *value, line.number);
  return Fate::kUsed;
}

Fate SeeRdmsr(const PeeledLine& line, Reading* reading) {
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
    shell.calls.push_back(call);
    Expect(std::move(shell), line, reading);
    return Fate::kUsed;
  }
  if (IsUnfinishedLoop(line.text)) {
    EndExpected(reading);
    reading->loop = line.text;
    return Fate::kUsed;
  }
  if (const Fate fate = SeeAnswerInSentence(line, reading); fate == Fate::kUsed) return fate;
  if (auto shell = ParseShellLine(line.text)) {
    const bool is_raw = std::any_of(shell->calls.begin(), shell->calls.end(),
                                    [](const RdmsrCall& call) { return call.is_raw; });
    if (is_raw) return Fate::kNotUnderstood;
    Expect(*std::move(shell), line, reading);
    return Fate::kUsed;
  }
  return Fate::kNothing;
}

bool TakeRegister(Scanner* scanner, std::string_view name, std::uint32_t* value) {
  Scanner ahead = *scanner;
  ahead.SkipBlanks();
  if (!ahead.Take(name)) return false;
  const std::size_t before = ahead.rest().size();
  const auto number = ahead.TakePrefixedHex<std::uint32_t>();
  if (!number || !ahead.AtBlankOrEnd()) return false;
  // Fewer than eight digits were cut off.
  if (before - ahead.rest().size() != std::string_view("0x00000000").size()) return false;
  *value = *number;
  *scanner = ahead;
  return true;
}

// As many of "eax=0x... ebx=0x..." as stand here, on top of those that stood
// before.
bool TakeRegisters(Scanner* scanner, PartialCpuid* answer) {
  CpuidRegisters& r = answer->registers;
  const std::array<std::pair<std::string_view, std::uint32_t*>, 4> names = {
      std::pair("eax=", &r.eax), std::pair("ebx=", &r.ebx), std::pair("ecx=", &r.ecx),
      std::pair("edx=", &r.edx)};
  bool has_one = false;
  for (unsigned i = 0; i < names.size(); ++i) {
    const auto mask = static_cast<CpuidRegisterMask>(1u << i);
    if ((answer->recorded & mask) != 0) continue;
    if (!TakeRegister(scanner, names[i].first, names[i].second)) break;
    answer->recorded = static_cast<CpuidRegisterMask>(answer->recorded | mask);
    has_one = true;
  }
  return has_one;
}

void Finish(CpuidLeaf leaf, const PartialCpuid& answer, const PeeledLine& line, Reading* reading) {
  reading->unfinished.reset();
  if (answer.recorded != kAllCpuidRegisters) reading->unfinished = std::pair(leaf, answer);
  if (answer.recorded != 0) {
    reading->evidence.AddCpuid(reading->Current(), leaf, answer, line.number);
  }
}

// cpuid -r, also where a mail broke the line.
Fate SeeCpuidTool(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto leaf = scanner.TakePrefixedHex<std::uint32_t>();
  if (!leaf) return Fate::kNothing;
  std::optional<std::uint32_t> subleaf;
  if (scanner.SkipBlanks()) subleaf = scanner.TakePrefixedHex<std::uint32_t>();
  if (!scanner.Take(':')) return Fate::kNothing;
  PartialCpuid answer{{}, 0};
  if (!TakeRegisters(&scanner, &answer)) return Fate::kNotUnderstood;
  // Without a subleaf, each repetition is the next one.
  const CpuidLeaf key =
      subleaf ? CpuidLeaf{*leaf, *subleaf} : reading->subleaves.Number(*leaf, answer.registers);
  Finish(key, answer, line, reading);
  return Fate::kUsed;
}

// Headers that open a CPU: "CPU 0:", "CPU:", "CPU Thread: 5", "MSR Core #2",
// "UNIQUE MSRs  (core 0)", "SHARED MSRs (All Cores)", AIDA's "Logical CPU #3".
Fate SeeCpuHeader(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  const std::string_view text = lower;
  const auto open = [&](std::optional<std::uint32_t> number) {
    reading->cpu = CpuOf(number);
    reading->subleaves.Restart();
    return Fate::kUsed;
  };
  Scanner scanner(text);
  if (scanner.Take("cpu")) {
    Scanner rest = scanner;
    rest.SkipBlanks();
    const auto number = rest.TakeDecimal();
    if (rest.Take(':') && rest.AtEnd()) return open(number);
    rest = scanner;
    if (rest.Take(" thread: ")) return open(rest.TakeDecimal());
  }
  scanner = Scanner(text);
  if (scanner.Take("msr core #")) {
    // The monitor counts cores from 1 and shows the first thread of each.
    reading->evidence.NumberCores();
    return open(scanner.TakeDecimal());
  }
  if (text.find("shared msrs (all cores)") != std::string_view::npos) return open(std::nullopt);
  for (const std::string_view head :
       {"unique msrs  (core ", "unique msrs (core ", "logical cpu #", "cpuid registers (cpu #"}) {
    const std::size_t at = text.find(head);
    if (at == std::string_view::npos) continue;
    return open(Scanner(text.substr(at + head.size())).TakeDecimal());
  }
  return Fate::kNothing;
}

std::optional<std::uint32_t> ValueBehind(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  Scanner scanner(text.substr(at + name.size()));
  scanner.SkipBlanks();
  return scanner.TakePrefixedHex<std::uint32_t>();
}

// [cpu] CPUID in : EAX=0x00000001, ECX=0x00000000
// [cpu] CPUID out: EAX=0x000406C4, EBX=..., ECX=..., EDX=...
Fate SeeChipsecCpuid(const PeeledLine& line, Reading* reading) {
  const std::string_view text = line.text;
  const auto eax = ValueBehind(text, "EAX=");
  const auto ecx = ValueBehind(text, "ECX=");
  if (!eax || !ecx) return Fate::kNothing;
  if (text.find("CPUID in") != std::string_view::npos) {
    reading->asked = CpuidLeaf{*eax, *ecx};
    return Fate::kUsed;
  }
  const auto ebx = ValueBehind(text, "EBX=");
  const auto edx = ValueBehind(text, "EDX=");
  if (!ebx || !edx || !reading->asked) return Fate::kNotUnderstood;
  const CpuidLeaf leaf = *std::exchange(reading->asked, std::nullopt);
  reading->evidence.AddCpuid(reading->Current(), leaf, PartialCpuid{{*eax, *ebx, *ecx, *edx}},
                             line.number);
  return Fate::kUsed;
}

// [cpu0] RDMSR( 0xfe ): EAX = 0x00001D08, EDX = 0x00000000
Fate SeeChipsecMsr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto cpu = TakeCpu(&scanner);
  const std::string_view text = line.text;
  const auto address = ValueBehind(text, "RDMSR(");
  const auto eax = ValueBehind(text, "EAX =");
  const auto edx = ValueBehind(text, "EDX =");
  if (!cpu || !address || !eax || !edx) return Fate::kNothing;
  reading->evidence.AddMsr(*cpu, MsrAddress{*address}, std::uint64_t{*edx} << 32 | *eax,
                           line.number);
  return Fate::kUsed;
}

// [*] NAME = 0xVALUE << text (MSR 0xADDR Thread 0xN)
Fate SeeChipsecRegister(const PeeledLine& line, Reading* reading) {
  const std::string_view text = line.text;
  const std::size_t equals = text.find(" = ");
  const std::size_t shifted = text.find(" << ");
  const std::size_t at = text.rfind("(MSR 0x");
  if (equals == std::string_view::npos || shifted == std::string_view::npos ||
      at == std::string_view::npos || at < shifted || shifted < equals) {
    return Fate::kNothing;
  }
  Scanner value_text(text.substr(equals + 3));
  const auto value = value_text.TakePrefixedHex<std::uint64_t>();
  Scanner scanner(text.substr(at + 5));
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!value || !address || !value_text.AtBlankOrEnd()) return Fate::kNotUnderstood;
  std::optional<Whose> whose;
  if (scanner.Take(" Thread ")) whose = CpuOf(scanner.TakePrefixedHex<std::uint32_t>());
  reading->evidence.AddMsr(whose.value_or(Whose::One()), MsrAddress{*address}, *value, line.number);
  return Fate::kUsed;
}

// [CPU0] SMRR_PHYSBASE = 0000000088400004, SMRR_PHYSMASK = 00000000FFC00800
Fate SeeChipsecSmrr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto cpu = TakeCpu(&scanner);
  if (!cpu) return Fate::kNothing;
  scanner.Take("IA32_");
  if (!scanner.Take("SMRR_PHYSBASE = ")) return Fate::kNothing;
  const auto base = TakeClearHex(&scanner);
  if (!base || !scanner.Take(", ")) return Fate::kNotUnderstood;
  scanner.Take("IA32_");
  if (!scanner.Take("SMRR_PHYSMASK = ")) return Fate::kNotUnderstood;
  const auto mask = TakeClearHex(&scanner);
  if (!mask) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(*cpu, MsrAddress{0x1f2}, *base, line.number);
  reading->evidence.AddMsr(*cpu, MsrAddress{0x1f3}, *mask, line.number);
  return Fate::kUsed;
}

// cpu0: IA32_FEATURE_CONTROL Lock = 1
Fate SeeChipsecLock(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  Scanner scanner(lower);
  scanner.Take("[*] ");
  const auto cpu = TakeCpu(&scanner);
  if (!cpu || !scanner.Take("ia32_feature_control lock = ")) return Fate::kNothing;
  const auto bit = scanner.TakeDecimal();
  if (!bit || *bit > 1 || !scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddBits(*cpu, MsrAddress{kFeatureControl}, 0, 0, *bit, line.number);
  return Fate::kUsed;
}

// inteltool: "MSR 0x0000003A = 0x00000000:0x0000FF07 (NAME)"; cpucontrol: "MSR
// 0x3a: 0x00000000 0x00000005"; both high before low. BITS and people: "MSR
// 0x1c8: 0x0", "CPU 0: MSR 0x3a = 0x5".
Fate SeeMsrLine(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto cpu = TakeCpu(&scanner);
  if (!scanner.Take("MSR ") && !scanner.Take("msr ")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address) return Fate::kNothing;
  scanner.SkipBlanks();
  if (!scanner.Take('=') && !scanner.Take(':')) return Fate::kNothing;
  scanner.SkipBlanks();
  const auto first = scanner.TakePrefixedHex<std::uint64_t>();
  if (!first) return Fate::kNotUnderstood;
  std::uint64_t value = *first;
  Scanner ahead = scanner;
  if (ahead.Take(':') || ahead.Take(' ')) {
    if (const auto low = ahead.TakePrefixedHex<std::uint32_t>()) {
      if (value >> 32 != 0) return Fate::kNotUnderstood;
      value = value << 32 | *low;
      scanner = ahead;
    }
  }
  if (!scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(cpu ? *cpu : reading->Current(), MsrAddress{*address}, value,
                           line.number);
  return Fate::kUsed;
}

// MSR: 0x0000002a=0x00000000 : 00000000 00000000 00000000 00000000
// The bits behind it repeat the value.
Fate SeeX86info(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (!scanner.Take("MSR: ")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take('=')) return Fate::kNothing;
  const auto value = scanner.TakePrefixedHex<std::uint64_t>();
  if (!value || !scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(reading->Current(), MsrAddress{*address}, *value, line.number);
  return Fate::kUsed;
}

// msr[0x0000ce]=00 00 10 00 70 01 21 00: the most significant byte comes first.
Fate SeeMsrBytes(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (!scanner.Take("msr[")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take("]=")) return Fate::kNothing;
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    std::uint8_t byte = 0;
    if (i > 0 && !scanner.SkipBlanks()) return Fate::kNotUnderstood;
    if (!scanner.TakeHexDigits(&byte)) return Fate::kNotUnderstood;
    value = value << 8 | byte;
  }
  scanner.SkipBlanks();
  if (!scanner.AtEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(reading->Current(), MsrAddress{*address}, value, line.number);
  return Fate::kUsed;
}

Fate SeeMonitorTable(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const bool is_msr = scanner.Take("MSR ");
  if (!is_msr && !scanner.Take("Function ")) return Fate::kNothing;
  reading->table = is_msr ? TableKind::kMonitorMsr : TableKind::kMonitorCpuid;
  reading->subleaves.Restart();
  return Fate::kUsed;
}

// CPUID 00000001: 000306C3-00100800-7FFAFBBF-BFEBFBFF [SL 00]
Fate SeeAidaCpuid(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t leaf = 0;
  if (!scanner.Take("CPUID ") || !scanner.TakeHexDigits(&leaf)) return Fate::kNothing;
  scanner.Take(':');
  scanner.SkipBlanks();
  CpuidRegisters r;
  if (!scanner.TakeHexDigits(&r.eax) || !scanner.Take('-') || !scanner.TakeHexDigits(&r.ebx) ||
      !scanner.Take('-') || !scanner.TakeHexDigits(&r.ecx) || !scanner.Take('-') ||
      !scanner.TakeHexDigits(&r.edx) || !scanner.AtBlankOrEnd()) {
    return Fate::kNotUnderstood;
  }
  scanner.SkipBlanks();
  std::uint8_t subleaf = 0;
  CpuidLeaf key{leaf, 0};
  if (scanner.Take("[SL ") && scanner.TakeHexDigits(&subleaf)) {
    key.subleaf = subleaf;
    reading->subleaves.Follow(key);
  } else {
    key = reading->subleaves.Number(leaf, r);
  }
  reading->evidence.AddCpuid(reading->Current(), key, PartialCpuid{r}, line.number);
  return Fate::kUsed;
}

// MSR 0000003A: 0000-0000-0000-0005
Fate SeeAidaMsr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t address = 0;
  if (!scanner.Take("MSR ") || !scanner.TakeHexDigits(&address)) return Fate::kNothing;
  scanner.Take(':');
  scanner.SkipBlanks();
  if (scanner.Take("< FAILED >")) {
    reading->evidence.AddMsr(reading->Current(), MsrAddress{address},
                             tl::unexpected(AccessCode::kGeneralProtection), line.number);
    return Fate::kUsed;
  }
  std::uint64_t value = 0;
  for (int i = 0; i < 4; ++i) {
    std::uint16_t part = 0;
    if (i > 0 && !scanner.Take('-')) return Fate::kNothing;
    if (!scanner.TakeHexDigits(&part)) return Fate::kNothing;
    value = value << 16 | part;
  }
  if (!scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(reading->Current(), MsrAddress{address}, value, line.number);
  return Fate::kUsed;
}

// "eax: 906ea ebx: 5100800 ecx: 7ffafbff edx: bfebfbff" below a line that names
// the leaf: "... (EAX=07H, ECX=0H)". test-sgx.c
Fate SeeTestSgx(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  if (const std::size_t at = lower.find("(eax="); at != std::string::npos) {
    Scanner scanner{std::string_view{lower}.substr(at + 5)};
    const auto leaf = scanner.TakeHex<std::uint32_t>();
    if (!leaf || !scanner.Take('h')) return Fate::kNothing;
    scanner.Take(',');
    scanner.SkipBlanks();
    std::optional<std::uint32_t> subleaf = 0;
    if (scanner.Take("ecx=")) subleaf = scanner.TakeHex<std::uint32_t>();
    if (!subleaf) return Fate::kNothing;
    reading->asked = CpuidLeaf{*leaf, *subleaf};
    return Fate::kUsed;
  }
  Scanner scanner(lower);
  CpuidRegisters r;
  for (const auto& [name, value] : {std::pair("eax: "sv, &r.eax), std::pair("ebx: "sv, &r.ebx),
                                    std::pair("ecx: "sv, &r.ecx), std::pair("edx: "sv, &r.edx)}) {
    scanner.SkipBlanks();
    if (!scanner.Take(name)) return Fate::kNothing;
    const auto number = scanner.TakeHex<std::uint32_t>();
    if (!number || !scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
    *value = *number;
  }
  if (!reading->asked) return Fate::kNotUnderstood;
  const CpuidLeaf leaf = *std::exchange(reading->asked, std::nullopt);
  reading->evidence.AddCpuid(reading->Current(), leaf, PartialCpuid{r}, line.number);
  return Fate::kUsed;
}

// SYSCFG, 0xC0010010, {'3fc0000'}: the values that CPUs gave, each once.
Fate SeeBraced(const PeeledLine& line, Reading* reading) {
  const std::size_t comma = line.text.find(", 0x");
  const std::size_t brace = line.text.find('{');
  if (comma == std::string_view::npos || brace == std::string_view::npos) return Fate::kNothing;
  Scanner scanner(line.text.substr(comma + 2));
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address) return Fate::kNothing;
  std::vector<std::uint64_t> values;
  Scanner set(line.text.substr(brace + 1));
  while (set.Take('\'')) {
    set.TakeHexPrefix();
    const auto value = set.TakeHex<std::uint64_t>();
    if (!value || !set.Take('\'')) return Fate::kNotUnderstood;
    values.push_back(*value);
    set.Take(',');
    set.SkipBlanks();
  }
  if (values.empty() || !set.Take('}')) return Fate::kNotUnderstood;
  if (values.size() == 1) {
    reading->evidence.AddMsr(Whose::One(), MsrAddress{*address}, values[0], line.number);
    return Fate::kUsed;
  }
  const std::uint32_t list = reading->evidence.NewList(line.number);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    reading->evidence.AddMsr(Whose::Listed(list, i), MsrAddress{*address}, values[i], line.number);
  }
  return Fate::kUsed;
}

// AppleIntelInfo: "MSR_PMG_CST_CONFIG_CONTROL.(0xE2)  : 0x1E000403"; people:
// "IA32_FEATURE_CONTROL (0x3a) = 0x5".
Fate SeeAddressed(const PeeledLine& line, Reading* reading) {
  const std::size_t at = line.text.find("(0x");
  std::string_view name = line.text.substr(0, at);
  while (!name.empty() && (name.back() == '.' || IsBlank(name.back()))) name.remove_suffix(1);
  Scanner before(name);
  const auto cpu = TakeCpu(&before);
  name = before.rest();
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), IsWordCharacter) &&
                       name.find('_') != std::string_view::npos;
  Scanner scanner(line.text.substr(at + 1));
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!is_name || !address || !scanner.Take(')')) return Fate::kNothing;
  scanner.SkipBlanks();
  if (!scanner.Take(':') && !scanner.Take('=')) return Fate::kNothing;
  scanner.SkipBlanks();
  const auto value = TakeClearHex(&scanner);
  if (!value) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(cpu ? *cpu : reading->Current(), MsrAddress{*address}, *value,
                           line.number);
  return Fate::kUsed;
}

// "cpu0: MSR_IA32_FEATURE_CONTROL: 0x00020005 (Locked )", "TBOOT:
// IA32_FEATURE_CONTROL_MSR: 0000ff07", "Raw IA32_FEATURE_CONTROL: 0000000000060001",
// "HM: MSR_PLATFORM_INFO = 0x...".
Fate SeeNamed(const PeeledLine& line, Reading* reading) {
  const std::string_view text = line.text;
  Scanner start(text);
  start.Take("turbostat: ");
  const auto cpu = TakeCpu(&start);
  const std::string_view rest = start.rest();
  for (std::size_t i = 0; i < rest.size();) {
    if (!IsWordCharacter(rest[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < rest.size() && IsWordCharacter(rest[end])) ++end;
    const std::string_view word = rest.substr(i, end - i);
    Scanner scanner(rest.substr(end));
    scanner.SkipBlanks();
    const bool is_assigned = scanner.Take(':') || scanner.Take('=') || scanner.Take(',');
    scanner.SkipBlanks();
    if (is_assigned && word.find('_') != std::string_view::npos) {
      const auto address = AddressOf(word);
      const auto value = TakeClearHex(&scanner);
      if (address && value) {
        reading->evidence.AddMsr(cpu ? *cpu : reading->Current(), *address, *value, line.number);
        return Fate::kUsed;
      }
      if (value || (address && !scanner.AtEnd() && IsHexDigit(scanner.rest().front()))) {
        return Fate::kNotUnderstood;
      }
    }
    i = end;
  }
  return Fate::kNothing;
}

std::uint32_t Signature(std::uint32_t family, std::uint32_t model, std::uint32_t stepping) {
  // [intel/sdm-vol2] CPUID, figure of the version information
  const std::uint32_t base = std::min<std::uint32_t>(family, 0xf);
  return (family - base) << 20 | (model >> 4) << 16 | base << 8 | (model & 0xf) << 4 | stepping;
}

bool IsSignature(std::uint32_t family, std::uint32_t model, std::uint32_t stepping) {
  return family <= 0xf + 0xff && model <= 0xff && stepping <= 0xf;
}

void AddSignature(Whose cpu, std::uint32_t family, std::uint32_t model, std::uint32_t stepping,
                  std::size_t line, Reading* reading) {
  PartialCpuid answer{{}, MaskOf(CpuidRegister::kEax)};
  answer.registers.eax = Signature(family, model, stepping);
  reading->evidence.AddCpuid(cpu, {kSignatureLeaf, 0}, answer, line);
}

// The twelve letters of a vendor, as leaf 0 gives them.
bool AddVendor(Whose cpu, std::string_view vendor, std::optional<std::uint32_t> highest,
               std::size_t line, Reading* reading) {
  constexpr std::size_t kLength = 12;
  if (vendor.size() != kLength) return false;
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(vendor[at + i]);
    }
    return value;
  };
  PartialCpuid answer{{highest.value_or(0), word(0), word(8), word(4)}, kAllCpuidRegisters};
  if (!highest) answer = answer.Masked(0xe);
  reading->evidence.AddCpuid(cpu, {0, 0}, answer, line);
  return true;
}

// cpu2: msr offset 0x3a read failed: Input/output error
Fate SeeTurbostatFailure(Whose cpu, Scanner scanner, const PeeledLine& line, Reading* reading) {
  if (!scanner.Take("msr offset ")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take(" read failed")) return Fate::kNothing;
  const bool is_fault = scanner.rest().find("Input/output error") != std::string_view::npos;
  reading->evidence.AddMsr(
      cpu, MsrAddress{*address},
      tl::unexpected(is_fault ? AccessCode::kGeneralProtection : AccessCode::kIo), line.number);
  return Fate::kUsed;
}

// CPUID(0): GenuineIntel 0x1b CPUID levels; 0x80000008 xlevels;
// In older versions "11 CPUID levels".
Fate SeeTurbostatVendor(Scanner scanner, const PeeledLine& line, Reading* reading) {
  if (!scanner.Take("CPUID(0): ")) return Fate::kNothing;
  const std::string_view vendor = scanner.TakeWord();
  scanner.SkipBlanks();
  const auto highest = scanner.TakeCNumber();
  const bool has_highest = highest && scanner.rest().starts_with(" CPUID levels");
  if (!AddVendor(Whose::One(), vendor, has_highest ? highest : std::nullopt, line.number,
                 reading)) {
    return Fate::kNotUnderstood;
  }
  const std::string_view before = scanner.rest().substr(0, scanner.rest().find(" xlevels"));
  const std::size_t at = before.rfind("0x");
  if (before.size() == scanner.rest().size() || at == std::string_view::npos) return Fate::kUsed;
  if (const auto top = Scanner(before.substr(at)).TakePrefixedHex<std::uint32_t>()) {
    const PartialCpuid answer{{*top, 0, 0, 0}, MaskOf(CpuidRegister::kEax)};
    reading->evidence.AddCpuid(Whose::One(), {kExtendedLeaf, 0}, answer, line.number);
  }
  return Fate::kUsed;
}

// family:model:stepping 0x6:7e:5 (6:126:5) microcode 0xa6
Fate SeeTurbostatSignature(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kSignature = "family:model:stepping ";
  const std::size_t at = line.text.find(kSignature);
  if (at == std::string_view::npos) return Fate::kNothing;
  Scanner numbers(line.text.substr(at + kSignature.size()));
  const auto family = numbers.TakePrefixedHex<std::uint32_t>();
  if (!family || !numbers.Take(':')) return Fate::kNotUnderstood;
  const auto model = numbers.TakeHex<std::uint32_t>();
  if (!model || !numbers.Take(':')) return Fate::kNotUnderstood;
  const auto stepping = numbers.TakeHex<std::uint32_t>();
  if (!stepping || !IsSignature(*family, *model, *stepping)) return Fate::kNotUnderstood;
  AddSignature(Whose::One(), *family, *model, *stepping, line.number, reading);
  if (const auto revision = ValueBehind(line.text, "microcode ")) {
    reading->evidence.SetMeta(meta::kMicrocode, fmt::format("{:#x}", *revision));
  }
  return Fate::kUsed;
}

// turbostat's head. Its second one begins another run.
Fate SeeTurbostat(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (line.text.starts_with("turbostat version ")) {
    if (reading->has_turbostat) reading->evidence.StartAnotherTime(line.number);
    reading->has_turbostat = true;
    reading->evidence.SetMeta(meta::kTool, Trimmed(line.text.substr(0, line.text.find(" - "))));
    return Fate::kUsed;
  }
  if (const auto cpu = TakeCpu(&scanner)) return SeeTurbostatFailure(*cpu, scanner, line, reading);
  // Old versions have both on a line.
  const Fate vendor = SeeTurbostatVendor(scanner, line, reading);
  const Fate signature = SeeTurbostatSignature(line, reading);
  if (vendor == Fate::kNotUnderstood || signature == Fate::kNotUnderstood) {
    return Fate::kNotUnderstood;
  }
  if (vendor == Fate::kUsed || signature == Fate::kUsed) return Fate::kUsed;
  if (!line.text.starts_with("CPUID(")) return Fate::kNothing;
  // Its lists of features hold a few of each leaf, and "-" or "No-" for others.
  reading->evidence.AddWords(Speaker::kTool, line.text, line.number);
  return Fate::kUsed;
}

// What firmware's consoles say of IA32_FEATURE_CONTROL: src/cpu/intel/common and
// src/security/intel/txt of [coreboot/coreboot].
struct StatedPart {
  std::string_view words;
  std::uint8_t high;
  std::uint8_t low;
  std::uint64_t field;
};
constexpr std::array kStatedParts = {
    StatedPart{"vmxon in smx enable: true", 1, 1, 1},
    StatedPart{"vmxon in smx enable: false", 1, 1, 0},
    StatedPart{"vmxon outside smx enable: true", 2, 2, 1},
    StatedPart{"vmxon outside smx enable: false", 2, 2, 0},
    StatedPart{"register is locked: true", 0, 0, 1},
    StatedPart{"register is locked: false", 0, 0, 0},
    // false: not all of them are set, so each alone is unknown.
    StatedPart{"getsec (all instructions) is enabled: true", 15, 8, 0xff},
    StatedPart{"ia32_feature_control already locked", 0, 0, 1},
    StatedPart{"ia32_feature_control status: locked", 0, 0, 1},
    StatedPart{"ia32_feature_control status: unlocked", 0, 0, 0},
    StatedPart{"vmx status: enabled", 2, 2, 1},
    StatedPart{"vmx status: disabled", 2, 2, 0},
    StatedPart{"vmx status: enabled, locked", 0, 0, 1},
    StatedPart{"vmx status: disabled, locked", 0, 0, 1},
    StatedPart{"vmx status: enabled, unlocked", 0, 0, 0},
    StatedPart{"vmx status: disabled, unlocked", 0, 0, 0},
};

Fate SeeStatedPart(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  Fate fate = Fate::kNothing;
  for (const StatedPart& part : kStatedParts) {
    const std::size_t at = lower.find(part.words);
    if (at == std::string::npos) continue;
    const std::size_t end = at + part.words.size();
    if (end < lower.size() && IsWordCharacter(lower[end])) continue;
    reading->evidence.AddBits(reading->Current(), MsrAddress{kFeatureControl}, part.high, part.low,
                              part.field, line.number);
    reading->evidence.SetMeta(meta::kStage, "pre-os");
    fate = Fate::kUsed;
  }
  if (fate == Fate::kUsed) {
    reading->evidence.AddWords(Speaker::kFirmware, line.text, line.number);
  }
  return fate;
}

// The reports of those who set up TDX: each number is what rdmsr printed, so
// hexadecimal. canonical/tdx, setup-tdx-host.sh and check-production.sh
struct NumberedPart {
  std::string_view words;
  std::uint32_t address;
  std::uint8_t high;
  std::uint8_t low;
};
constexpr std::array kNumberedParts = {
    NumberedPart{"MK_TME_ENABLED bit: ", 0x982, 1, 1},
    NumberedPart{"HW_ENCRYPT_ENABLE bit: ", 0x982, 1, 1},
    NumberedPart{"SEAM_RR bit: ", 0x1401, 11, 11},
    NumberedPart{"NUM_TDX_PRIV_KEYS: ", 0x87, 63, 32},
    NumberedPart{"SGX_AND_MCHECK_STATUS: ", 0xa0, 63, 0},
};

Fate SeeNumberedPart(const PeeledLine& line, Reading* reading) {
  for (const NumberedPart& part : kNumberedParts) {
    if (!line.text.starts_with(part.words)) continue;
    Scanner scanner(line.text.substr(part.words.size()));
    scanner.TakeHexPrefix();
    const auto field = scanner.TakeHex<std::uint64_t>();
    const unsigned width = part.high - part.low + 1u;
    const bool fits = field && (width == 64 || *field >> width == 0);
    if (!fits || !scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
    reading->evidence.AddBits(Whose::One(), MsrAddress{part.address}, part.high, part.low, *field,
                              line.number);
    return Fate::kUsed;
  }
  constexpr std::string_view kPlatform = "Production platform: ";
  if (!line.text.starts_with(kPlatform)) return Fate::kNothing;
  const std::string_view word = Scanner(line.text.substr(kPlatform.size())).TakeWord();
  if (word != "Production" && word != "Pre-production") return Fate::kNotUnderstood;
  reading->evidence.AddBits(Whose::One(), MsrAddress{0xce}, 27, 27, word == "Production" ? 1 : 0,
                            line.number);
  return Fate::kUsed;
}

Fate SeeKernelRelease(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kBanner = "Linux version ";
  if (line.text.starts_with(kBanner)) {
    reading->evidence.SetMeta(meta::kKernel, Scanner(line.text.substr(kBanner.size())).TakeWord());
    return Fate::kUsed;
  }
  if (line.text.find("uname -") == std::string_view::npos) return Fate::kNothing;
  reading->expects_release = true;
  return Fate::kKnown;
}

// "key : value" of /proc/cpuinfo, "Key:   value" of lscpu.
std::optional<std::string_view> ValueOf(std::string_view text, std::string_view key) {
  if (!text.starts_with(key)) return std::nullopt;
  text.remove_prefix(key.size());
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  if (!text.starts_with(':')) return std::nullopt;
  return Trimmed(text.substr(1));
}

// The numbers of a signature, until all three are there.
Fate SeeSignature(const PeeledLine& line, Reading* reading) {
  StatedIdentity& identity = reading->identity;
  const std::array<std::pair<std::string_view, std::optional<std::uint32_t>*>, 6> numbers = {
      std::pair("cpu family", &identity.family), std::pair("CPU family", &identity.family),
      std::pair("model", &identity.model),       std::pair("Model", &identity.model),
      std::pair("stepping", &identity.stepping), std::pair("Stepping", &identity.stepping)};
  for (const auto& [key, target] : numbers) {
    const auto value = ValueOf(line.text, key);
    if (!value) continue;
    *target = ParseDigits<std::uint32_t>(*value, 10);
    if (!*target) return Fate::kNothing;
    if (identity.family && identity.model && identity.stepping &&
        IsSignature(*identity.family, *identity.model, *identity.stepping)) {
      AddSignature(reading->Current(), *identity.family, *identity.model, *identity.stepping,
                   line.number, reading);
      identity = {};
    }
    return Fate::kUsed;
  }
  return Fate::kNothing;
}

// Only what stands there says something: a kernel leaves a flag out for many
// reasons.
void TakeFlags(std::string_view flags, std::size_t line, Reading* reading) {
  for (Scanner words(flags); !words.AtEnd(); words.SkipBlanks()) {
    const std::string_view flag = words.TakeWord();
    if (flag == "vmx" || flag == "svm" || flag == "hypervisor") {
      reading->evidence.AddWords(Speaker::kTool, fmt::format("flags: {}", flag), line);
    }
  }
}

Fate SeeIdentity(const PeeledLine& line, Reading* reading) {
  const std::string_view text = line.text;
  if (const auto number = ValueOf(text, "processor")) {
    const auto cpu = CpuOf(ParseDigits<std::uint32_t>(*number, 10));
    if (!cpu) return Fate::kNotUnderstood;
    reading->cpu = cpu;
    reading->identity = {};
    return Fate::kUsed;
  }
  auto vendor = ValueOf(text, "vendor_id");
  if (!vendor) vendor = ValueOf(text, "Vendor ID");
  if (vendor) {
    // txt-stat prints one too: the PCI identifier of the chipset's maker.
    if (vendor->starts_with("0x")) return Fate::kKnown;
    return AddVendor(reading->Current(), *vendor, std::nullopt, line.number, reading)
               ? Fate::kUsed
               : Fate::kNotUnderstood;
  }
  if (const auto flags = ValueOf(text, "flags")) {
    TakeFlags(*flags, line.number, reading);
    return Fate::kUsed;
  }
  if (const auto revision = ValueOf(text, "microcode")) {
    if (!revision->starts_with("0x")) return Fate::kNothing;
    reading->evidence.SetMeta(meta::kMicrocode, *revision);
    return Fate::kUsed;
  }
  return SeeSignature(line, reading);
}

Fate SeeDmi(const PeeledLine& line, Reading* reading) {
  if (line.text != "BIOS Information") return Fate::kNothing;
  reading->table = TableKind::kDmi;
  return Fate::kUsed;
}

// txt-stat. A launch of which tboot says that the CPU has no SMX did not come
// about, so its word alone does not count.
Fate SeeMeasuredLaunch(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  if (lower.ends_with("true")) reading->measured_launch = true;
  if (lower.ends_with("false")) reading->measured_launch = false;
  reading->evidence.AddWords(Speaker::kTool, line.text, line.number);
  return Fate::kUsed;
}

Fate SeeMonitorCpuid(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t leaf = 0;
  CpuidRegisters r;
  if (!scanner.TakeHexDigits(&leaf)) return Fate::kNothing;
  for (std::uint32_t* const value : {&r.eax, &r.ebx, &r.ecx, &r.edx}) {
    if (!scanner.SkipBlanks() || !scanner.TakeHexDigits(value)) return Fate::kNothing;
  }
  if (!scanner.AtBlankOrEnd()) return Fate::kNothing;
  reading->evidence.AddCpuid(reading->Current(), reading->subleaves.Number(leaf, r),
                             PartialCpuid{r}, line.number);
  return Fate::kUsed;
}

Fate SeeMonitorMsr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t address = 0;
  std::uint32_t edx = 0;
  std::uint32_t eax = 0;
  if (!scanner.TakeHexDigits(&address)) return Fate::kNothing;
  for (std::uint32_t* const value : {&edx, &eax}) {
    if (!scanner.SkipBlanks() || !scanner.TakeHexDigits(value)) return Fate::kNothing;
  }
  if (!scanner.AtBlankOrEnd()) return Fate::kNothing;
  reading->evidence.AddMsr(reading->Current(), MsrAddress{address}, std::uint64_t{edx} << 32 | eax,
                           line.number);
  return Fate::kUsed;
}

Fate SeeDmiLine(const PeeledLine& line, Reading* reading) {
  const std::array<std::pair<std::string_view, std::string_view>, 3> keys = {
      std::pair(std::string_view("Vendor"), meta::kFirmwareVendor),
      std::pair(std::string_view("Version"), meta::kFirmwareVersion),
      std::pair(std::string_view("Release Date"), meta::kFirmwareDate)};
  for (const auto& [name, key] : keys) {
    if (const auto value = ValueOf(line.text, name)) {
      reading->evidence.SetMeta(key, *value);
      return Fate::kUsed;
    }
  }
  return Fate::kNothing;
}

constexpr std::array kSightings = {
#define VTPROBE_SIGHTING(function, name, trigger) Sighting{name, trigger, function},
#include "paste/sightings.def"
#undef VTPROBE_SIGHTING
};

}  // namespace

std::span<const Sighting> AllSightings() { return kSightings; }

Fate SeeTableRow(const PeeledLine& line, Reading* reading) {
  if (reading->unfinished) {
    auto [leaf, answer] = *std::exchange(reading->unfinished, std::nullopt);
    Scanner scanner(line.text);
    if (TakeRegisters(&scanner, &answer)) {
      Finish(leaf, answer, line, reading);
      return Fate::kUsed;
    }
  }
  switch (reading->table) {
    case TableKind::kNone:
      return Fate::kNothing;
    case TableKind::kMonitorCpuid:
      return SeeMonitorCpuid(line, reading);
    case TableKind::kMonitorMsr:
      return SeeMonitorMsr(line, reading);
    case TableKind::kDmi:
      return SeeDmiLine(line, reading);
  }
  return Fate::kNothing;
}

}  // namespace vtprobe::import
