// Any machine's registers, printed as programs print them and pasted as people
// paste, come back as they were; and of what is cut out of a paste nothing is
// made up.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "paste/paste.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe::import {
namespace {

using Registers = std::map<std::uint32_t, std::uint64_t>;
using Machine = std::map<std::uint32_t, Registers>;  // by CPU

// None of those whose values change by themselves.
const std::vector<std::uint32_t> kAddresses = {0x3a, 0xce, 0x1f2, 0x480, 0xc001'0015, 0xc001'0114};

template <typename... Arguments>
std::string Format(const char* format, Arguments... arguments) {
  char text[256];
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the printers are C.
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

unsigned long long Wide(std::uint64_t value) { return value; }

std::size_t UpTo(std::size_t most) { return *rc::gen::inRange<std::size_t>(0, most + 1); }

Machine AnyMachine() {
  Machine machine;
  std::vector<std::uint32_t> addresses;
  for (const std::uint32_t address : kAddresses) {
    if (UpTo(1) == 0) addresses.push_back(address);
  }
  if (addresses.empty()) addresses.push_back(kAddresses[UpTo(kAddresses.size() - 1)]);
  const std::size_t cpus = 1 + UpTo(4);
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) {
    for (const std::uint32_t address : addresses) {
      machine[cpu * 3][address] = *rc::gen::arbitrary<std::uint64_t>();
    }
  }
  return machine;
}

std::string Prompt() {
  return *rc::gen::elementOf(std::vector<std::string>{
      "$ ", "# ", "root@host:~# ", "[root@host ~]# ", "host% ", "\xe2\x9e\x9c  ~ ", "+ ", "",
      "PS C:\\> ", "user@host:~/work$ sudo ", "bash-5.1# "});
}

// One register of one CPU, as one of the programs prints it. Each element is a
// line.
std::vector<std::string> Printed(std::uint32_t cpu, std::uint32_t address, std::uint64_t value) {
  const auto high = static_cast<unsigned>(value >> 32);
  const auto low = static_cast<unsigned>(value);
  switch (UpTo(6)) {
    case 0:
      return {Prompt() + Format("rdmsr -p %u 0x%x", cpu, address), Format("%llx", Wide(value))};
    case 1:
      return {Prompt() + Format("rdmsr -0X --processor=%u %u", cpu, address),
              Format("%016llX", Wide(value))};
    case 2:
      return {Prompt() + Format("rdmsr -u -p%u 0x%x", cpu, address), Format("%llu", Wide(value))};
    case 3:
      return {Format("====================== UNIQUE MSRs  (core %u) ======================", cpu),
              Format(" MSR 0x%08X = 0x%08X:0x%08X (SOME_NAME)", address, high, low)};
    case 4:
      return {Format("[cpu%u] RDMSR( 0x%x ): EAX = 0x%08X, EDX = 0x%08X", cpu, address, low, high)};
    case 5:
      return {Format("CPU %u:", cpu),
              Format("msr[0x%06x]=%02x %02x %02x %02x %02x %02x %02x %02x", address, high >> 24,
                     high >> 16 & 0xff, high >> 8 & 0xff, high & 0xff, low >> 24, low >> 16 & 0xff,
                     low >> 8 & 0xff, low & 0xff)};
    default:
      return {Format("------[ Logical CPU #%u ]------", cpu),
              Format("MSR %08X: %04X-%04X-%04X-%04X", address, high >> 16, high & 0xffff, low >> 16,
                     low & 0xffff)};
  }
}

std::vector<std::string> Lines(const Machine& machine) {
  std::vector<std::string> lines;
  for (const auto& [cpu, registers] : machine) {
    for (const auto& [address, value] : registers) {
      for (std::string& line : Printed(cpu, address, value)) lines.push_back(std::move(line));
      if (UpTo(3) == 0) lines.emplace_back();
    }
  }
  return lines;
}

// What stands around all lines of a paste.
std::string Pasted(const std::vector<std::string>& lines) {
  const std::string before = *rc::gen::elementOf(std::vector<std::string>{
      "", "> ", "> > ", ">> ", "[  12.345678] ", "2024-07-10T12:00:01.5Z ", "&gt; ",
      "[2024-07-10 12:00:01] ", "\x1b[32m", "\t", "Jul 10 12:00:01 host kernel: "});
  const std::string end = *rc::gen::elementOf(std::vector<std::string>{"\n", "\r\n", " \n"});
  std::string text;
  if (UpTo(1) == 0) text += "This is what I get:" + end + "```" + end;
  for (const std::string& line : lines) text += before + line + end;
  return text;
}

PlatformSnapshot Snapshot(const Machine& machine) {
  SnapshotBuilder builder;
  for (const auto& [cpu, registers] : machine) {
    RC_ASSERT(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
    for (const auto& [address, value] : registers) {
      RC_ASSERT(builder.AddMsr(MsrAddress{address}, value));
    }
  }
  return builder.Build();
}

tl::expected<Imported, Error> Read(const std::string& text) {
  const File file{"paste", text};
  return kPaste.import(std::span(&file, 1), {});
}

RC_GTEST_PROP(PasteProperty, WhatIsPrintedIsReadBackTheSame, ()) {
  const Machine machine = AnyMachine();
  const auto imported = Read(Pasted(Lines(machine)));
  RC_ASSERT(imported.has_value());
  RC_ASSERT(imported->snapshot == Snapshot(machine));
}

RC_GTEST_PROP(PasteProperty, WhatStandsTwiceIsReadOnce, ()) {
  const Machine machine = AnyMachine();
  const std::vector<std::string> lines = Lines(machine);
  const auto imported = Read(Pasted(lines) + "\nwrote:\n" + Pasted(lines));
  RC_ASSERT(imported.has_value());
  RC_ASSERT(imported->snapshot == Snapshot(machine));
}

// As a mail program breaks them: at the last blank within the width.
std::vector<std::string> Wrapped(const std::vector<std::string>& lines, std::size_t width) {
  std::vector<std::string> wrapped;
  for (std::string rest : lines) {
    while (rest.size() > width) {
      const std::size_t blank = rest.rfind(' ', width);
      if (blank == std::string::npos || rest.find_first_not_of(' ') >= blank) break;
      wrapped.push_back(rest.substr(0, blank));
      rest.erase(0, blank + 1);
    }
    wrapped.push_back(std::move(rest));
  }
  return wrapped;
}

RC_GTEST_PROP(PasteProperty, WhatAMailBrokeIsPutTogether, ()) {
  SnapshotBuilder builder;
  std::vector<std::string> lines;
  const std::size_t cpus = 1 + UpTo(3);
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) {
    RC_ASSERT(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
    lines.push_back(Format("CPU %u:", cpu));
    for (const std::uint32_t leaf : {0x0u, 0x1u, 0x7u, 0x15u, 0x8000'0001u}) {
      const CpuidRegisters r{
          *rc::gen::arbitrary<std::uint32_t>(), *rc::gen::arbitrary<std::uint32_t>(),
          *rc::gen::arbitrary<std::uint32_t>(), *rc::gen::arbitrary<std::uint32_t>()};
      RC_ASSERT(builder.AddCpuid({leaf, 0}, PartialCpuid{r}));
      lines.push_back(Format("   0x%08x 0x00: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x", leaf,
                             r.eax, r.ebx, r.ecx, r.edx));
    }
  }
  const std::size_t width = UpTo(1) == 0 ? 72 : 80;
  const auto imported = Read(Pasted(Wrapped(lines, width)));
  RC_ASSERT(imported.has_value());
  RC_ASSERT(imported->snapshot == builder.Build());
}

// As `rdmsr -a` prints them, all registers of all CPUs: the numbers are lost and
// nothing else.
RC_GTEST_PROP(PasteProperty, ListsAreOfTheSameCpus, ()) {
  const Machine machine = AnyMachine();
  std::vector<std::string> lines;
  Machine renumbered;
  for (const auto& [address, first] : machine.begin()->second) {
    lines.push_back(Prompt() + Format("rdmsr -a 0x%x", address));
    std::uint32_t place = 0;
    for (const auto& [cpu, registers] : machine) {
      lines.push_back(Format("%llx", Wide(registers.at(address))));
      renumbered[place++][address] = registers.at(address);
    }
  }
  const auto imported = Read(Pasted(lines));
  RC_ASSERT(imported.has_value());
  PlatformSnapshot expected = Snapshot(renumbered);
  expected.mutable_metadata().Set("cpu_numbers", "unknown");
  RC_ASSERT(imported->snapshot == expected);
}

// The values of each register, counted.
std::map<std::pair<std::uint32_t, std::uint64_t>, std::size_t> Counted(
    const PlatformSnapshot& snapshot) {
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::size_t> counts;
  for (const MsrAddress address : snapshot.Everything().msrs) {
    for (const auto& [cpus, reading] : snapshot.Values(address)) {
      if (reading) counts[{Number(address), *reading}] += cpus.Count();
    }
  }
  return counts;
}

RC_GTEST_PROP(PasteProperty, APartOfAPasteSaysNoMoreThanAllOfIt, ()) {
  const Machine machine = AnyMachine();
  // A number below a command is its answer, so whole readings are cut out.
  std::vector<std::string> lines;
  std::vector<std::string> some;
  for (const auto& [cpu, registers] : machine) {
    for (const auto& [address, value] : registers) {
      const std::vector<std::string> reading = Printed(cpu, address, value);
      lines.insert(lines.end(), reading.begin(), reading.end());
      if (UpTo(4) != 0) some.insert(some.end(), reading.begin(), reading.end());
    }
  }
  const auto all = Read(Pasted(lines));
  const auto part = Read(Pasted(some));
  RC_ASSERT(all.has_value());
  if (!part) return;
  RC_ASSERT(part->snapshot.online().Count() <= all->snapshot.online().Count());
  const auto counts = Counted(all->snapshot);
  for (const auto& [value, count] : Counted(part->snapshot)) {
    RC_ASSERT(counts.count(value) == 1u);
    RC_ASSERT(count <= counts.at(value));
  }
}

// As a terminal breaks them at its edge, wherever that is.
std::vector<std::string> Broken(const std::vector<std::string>& lines, std::size_t width) {
  std::vector<std::string> broken;
  for (std::string_view rest : lines) {
    while (rest.size() > width) {
      broken.emplace_back(rest.substr(0, width));
      rest.remove_prefix(width);
    }
    broken.emplace_back(rest);
  }
  return broken;
}

// One register by its name, as programs print it. Of CPUs without a number all
// programs speak of one.
std::string Named(std::uint64_t value) {
  const auto high = static_cast<unsigned>(value >> 32);
  const auto low = static_cast<unsigned>(value);
  switch (UpTo(6)) {
    case 0:
      return Format("cpu0: MSR_IA32_FEATURE_CONTROL: 0x%08llx (Locked )", Wide(value));
    case 1:
      return Format("IA32_FEATURE_CONTROL.......(0x3A) : 0x%llX", Wide(value));
    case 2:
      return Format(" MSR 0x0000003A = 0x%08X:0x%08X (IA32_FEATURE_CONTROL)", high, low);
    case 3:
      return Format("MSR: 0x0000003a=0x%016llx : 00000000 00000000", Wide(value));
    case 4:
      return Format("MSR 0x3a: 0x%08x 0x%08x", high, low);
    case 5:
      return Format("Raw IA32_FEATURE_CONTROL: %016llx", Wide(value));
    default:
      return Format("[cpu0] RDMSR( 0x3a ): EAX = 0x%08X, EDX = 0x%08X", low, high);
  }
}

// Half of a value is another value.
RC_GTEST_PROP(PasteProperty, ABrokenLineGivesNoOtherValue, ()) {
  const auto value = *rc::gen::arbitrary<std::uint64_t>();
  std::vector<std::string> lines;
  const std::string stamp = *rc::gen::elementOf(std::vector<std::string>{
      "", "[  12.345678] ", "2024-07-10T12:00:01.123456+02:00 host tool[12]: "});
  for (std::size_t i = 0; i <= UpTo(2); ++i) lines.push_back(stamp + Named(value));
  const std::size_t width = *rc::gen::elementOf(std::vector<std::size_t>{
      20, 25, 30, 36, 40, 41, 42, 43, 44, 45, 46, 47, 48, 50, 55, 60, 66, 70, 72, 78, 80});
  const auto imported = Read(Pasted(Broken(lines, width)));
  if (!imported) return;
  for (const auto& [reading, count] : Counted(imported->snapshot)) {
    RC_ASSERT(reading.first == 0x3au);
    RC_ASSERT(reading.second == value);
  }
}

// Where no line is as wide as the terminal, nothing is broken.
RC_GTEST_PROP(PasteProperty, TheEdgeOfATerminalIsNoMatter, ()) {
  const Machine machine = AnyMachine();
  const std::vector<std::string> lines = Lines(machine);
  const std::size_t width = UpTo(1) == 0 ? 72 : 80;
  const auto imported = Read(Pasted(Broken(lines, width)));
  RC_ASSERT(imported.has_value());
  RC_ASSERT(imported->snapshot == Snapshot(machine));
}

// Any line may be missing: a command without its answer, an answer without its
// command. A command's answer is the number below it, so a command that has lost its
// own takes no other's: the next line names what it is of.
RC_GTEST_PROP(PasteProperty, AMissingLineAddsNoCpuAndNoRegister, ()) {
  const Machine machine = AnyMachine();
  const std::vector<std::string> lines = Lines(machine);
  std::vector<std::string> some;
  for (const std::string& line : lines) {
    if (UpTo(5) != 0) some.push_back(line);
  }
  const auto all = Read(Pasted(lines));
  const auto part = Read(Pasted(some));
  RC_ASSERT(all.has_value());
  if (!part) return;
  RC_ASSERT(part->snapshot.online().Count() <= all->snapshot.online().Count());
  const Selection known = all->snapshot.Everything();
  for (const MsrAddress address : part->snapshot.Everything().msrs) {
    RC_ASSERT(std::count(known.msrs.begin(), known.msrs.end(), address) == 1);
  }
}

// Where one is missing, no number becomes another register's.
RC_GTEST_PROP(PasteProperty, OneMissingLineAddsNoValue, ()) {
  const Machine machine = AnyMachine();
  std::vector<std::string> lines = Lines(machine);
  const auto known = Counted(Snapshot(machine));
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(UpTo(lines.size() - 1)));
  const auto part = Read(Pasted(lines));
  if (!part) return;
  for (const auto& [value, count] : Counted(part->snapshot)) RC_ASSERT(known.count(value) == 1u);
}

// Lines of logs and of programs that hold numbers and names of registers and say
// nothing of this machine's.
std::string Noise() {
  const auto number = Wide(*rc::gen::arbitrary<std::uint64_t>());
  const auto half = static_cast<unsigned>(number);
  const std::vector<std::string> all = {
      Format("[    1.%06u] unchecked MSR access error: RDMSR from 0x852 at rIP: 0x%llx",
             half % 1000000, number),
      Format("[    1.%06u] unchecked MSR access error: WRMSR to 0x3a (tried to write 0x%llx)",
             half % 1000000, number),
      Format("kvm [1234]: vcpu0, guest rIP: 0x%llx ignored rdmsr: 0x3a data 0x0", number),
      Format("kvm [1234]: ignored wrmsr: 0x611 data 0x%llx", number),
      Format("#define MSR_IA32_FEATURE_CONTROL 0x%x", 0x3a),
      "MSR_IA32_FEATURE_CONTROL = 0x3a,",
      Format("RAX: %016llx RBX: %016llx RCX: 000000000000003a", number, number),
      Format("00000000: %08x %08x %08x %08x  ................", half, half, half, half),
      Format("BIOS-e820: [mem 0x%016llx-0x%016llx] usable", number, number),
      Format("pci 0000:00:1f.0: [8086:9d4e] reg 0x10: [mem 0x%08x-0x%08x]", half, half),
      Format("%u", half),
      Format("%x", half),
      Format("0x%llx", number),
      Format("  %u %x", half, half),
      "Please run rdmsr -a 0x3a and tell us what it prints.",
      "rdmsr [options] regno",
      "Usage: rdmsr [options] regno",
      "You should see IA32_FEATURE_CONTROL: 0x5 here",
      "MSR 0x3a should be 0x5",
      "The CPU supports Intel Virtualization Technology (VMX) and EPT",
      "Is virtualization enabled in the BIOS?",
      "processor : nothing",
      "model name: something",
      "(gdb) info registers",
      "EFER=0000000000000d01",
      "$ nproc",
      "commit 5a5a5a5a5a"};
  return *rc::gen::elementOf(all);
}

RC_GTEST_PROP(PasteProperty, NoiseIsNoEvidence, ()) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i <= UpTo(30); ++i) lines.push_back(Noise());
  RC_ASSERT(!Read(Pasted(lines)));
}

// What is embedded in noise is found all the same, and nothing else.
RC_GTEST_PROP(PasteProperty, EvidenceIsFoundInNoise, ()) {
  const Machine machine = AnyMachine();
  std::vector<std::string> lines;
  for (const auto& [cpu, registers] : machine) {
    for (const auto& [address, value] : registers) {
      // A shell's prompt ends what the command before it printed.
      for (std::size_t i = UpTo(3); i > 0; --i) lines.push_back(Noise());
      lines.emplace_back("user@host:~$ true");
      for (std::string& line : Printed(cpu, address, value)) lines.push_back(std::move(line));
      lines.emplace_back("user@host:~$ true");
    }
  }
  const auto imported = Read(Pasted(lines));
  RC_ASSERT(imported.has_value());
  RC_ASSERT(imported->snapshot == Snapshot(machine));
}

RC_GTEST_PROP(PasteProperty, ProseIsNoEvidence, (const std::string& text)) {
  RC_PRE(std::none_of(text.begin(), text.end(), [](char c) { return c == '_' || c == 'x'; }));
  RC_ASSERT(!Read("Nobody ran anything.\n" + text));
}

}  // namespace
}  // namespace vtprobe::import
