// Any machine, written as another program would print it, comes back as it was:
// no CPU, no leaf and no value lost, and none added. The printers are written
// here after the programs' output, apart from what reads it.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "importers.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe::import {
namespace {

struct Cpu {
  std::map<CpuidLeaf, CpuidRegisters> leaves;
  std::map<std::uint32_t, MsrReading> msrs;
};
using Machine = std::map<std::uint32_t, Cpu>;

const std::vector<std::uint32_t> kPlainLeaves = {
    0, 1, 2, 5, 6, 0xa, 0x15, 0x4000'0000, 0x8000'0000, 0x8000'0001, 0x8000'0008, 0xc000'0001};
const std::vector<std::uint32_t> kLeavesWithSubleaves = {
    4, 7, 0xb, 0xd, 0x12, 0x14, 0x1f, 0x18, 0x8000'001d, 0x8000'0026};
const std::vector<std::uint32_t> kMsrs = {0x10,  0x17,  0x1b,        0x3a,        0x8b,
                                          0x480, 0x491, 0xc000'0080, 0xc001'0114, 0xffff'ffff};

template <typename... Arguments>
std::string Format(const char* format, Arguments... arguments) {
  std::array<char, 256> text{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the printers are C.
  std::snprintf(text.data(), text.size(), format, arguments...);
  return text.data();
}

std::uint32_t AnyNumber() {
  return *rc::gen::oneOf(rc::gen::arbitrary<std::uint32_t>(),
                         rc::gen::inRange<std::uint32_t>(0, 16), rc::gen::just(0xffff'ffffu));
}

std::uint64_t AnyValue() { return std::uint64_t{AnyNumber()} << 32 | AnyNumber(); }

CpuidRegisters AnyAnswer() { return {AnyNumber(), AnyNumber(), AnyNumber(), AnyNumber()}; }

bool Coin() { return *rc::gen::inRange(0, 2) == 1; }

std::size_t UpTo(std::size_t most) { return *rc::gen::inRange<std::size_t>(0, most + 1); }

std::uint32_t OneOf(const std::vector<std::uint32_t>& choices) {
  return *rc::gen::elementOf(choices);
}

// Subleaves from 0 on without gaps, or any.
enum class Subleaves : std::uint8_t { kDense, kAny };

std::map<CpuidLeaf, CpuidRegisters> AnyLeaves(Subleaves kind) {
  std::map<CpuidLeaf, CpuidRegisters> leaves;
  for (std::size_t i = UpTo(6); i > 0; --i) leaves[{OneOf(kPlainLeaves), 0}] = AnyAnswer();
  for (std::size_t i = UpTo(3); i > 0; --i) {
    const std::uint32_t leaf = OneOf(kLeavesWithSubleaves);
    for (auto count = static_cast<std::uint32_t>(UpTo(3)); count > 0; --count) {
      if (kind == Subleaves::kDense) {
        leaves[{leaf, count - 1}] = AnyAnswer();
      } else {
        leaves[{leaf, *rc::gen::inRange<std::uint32_t>(0, 64)}] = AnyAnswer();
      }
    }
  }
  if (kind == Subleaves::kDense) {
    // A leaf that was chosen twice may have more the first time.
    for (auto at = leaves.begin(); at != leaves.end();) {
      const CpuidLeaf leaf = at->first;
      const bool fits = leaf.subleaf == 0 || leaves.contains({leaf.leaf, leaf.subleaf - 1});
      at = fits ? std::next(at) : leaves.erase(at);
    }
  }
  return leaves;
}

// Values, and failures for the reason given.
std::map<std::uint32_t, MsrReading> AnyMsrs(std::optional<AccessCode> failure) {
  std::map<std::uint32_t, MsrReading> msrs;
  for (std::size_t i = UpTo(5); i > 0; --i) {
    const std::uint32_t address = OneOf(kMsrs);
    msrs.insert_or_assign(
        address, failure && Coin() ? MsrReading(tl::unexpected(*failure)) : MsrReading(AnyValue()));
  }
  return msrs;
}

Machine AnyMachine(Subleaves subleaves, bool has_msrs, std::optional<AccessCode> failure) {
  Machine machine;
  const std::size_t count = UpTo(5) + 1;
  while (machine.size() < count) {
    Cpu& cpu = machine[*rc::gen::inRange<std::uint32_t>(0, 300)];
    cpu.leaves = AnyLeaves(subleaves);
    if (has_msrs) cpu.msrs = AnyMsrs(failure);
  }
  return machine;
}

bool IsEmpty(const Machine& machine) {
  return std::all_of(machine.begin(), machine.end(), [](const auto& row) {
    return row.second.leaves.empty() && row.second.msrs.empty();
  });
}

PlatformSnapshot SnapshotOf(const Machine& machine) {
  SnapshotBuilder builder;
  for (const auto& [number, cpu] : machine) {
    RC_ASSERT(builder.OpenBlock(CpuSet(LogicalCpu{number})));
    for (const auto& [leaf, answer] : cpu.leaves) {
      RC_ASSERT(builder.AddCpuid(leaf, PartialCpuid{answer}));
    }
    for (const auto& [address, reading] : cpu.msrs) {
      RC_ASSERT(builder.AddMsr(MsrAddress{address}, reading));
    }
  }
  return builder.Build();
}

// The text is recognised, and imported with this metadata and nothing else it
// is the machine.
void ExpectMachine(const Importer& importer, const std::string& text, const Machine& machine,
                   const Metadata& metadata = {}) {
  RC_LOG() << text;
  const File file{"file", text};
  const auto imported = importer.import(std::span(&file, 1), {});
  if (IsEmpty(machine)) {
    RC_ASSERT(!imported.has_value());
    return;
  }
  RC_ASSERT(imported.has_value());
  PlatformSnapshot expected = SnapshotOf(machine);
  expected.mutable_metadata() = metadata;
  RC_ASSERT(imported->snapshot == expected);
  RC_ASSERT(importer.detect(file) != Confidence::kNone);
}

std::string LineEnd(bool is_dos) { return is_dos ? "\r\n" : "\n"; }

Metadata UnknownNumbers() {
  Metadata metadata;
  metadata.Set("cpu_numbers", "unknown");
  return metadata;
}

RC_GTEST_PROP(TextProperty, Cpuid, ()) {
  const Machine machine = AnyMachine(Subleaves::kAny, false, std::nullopt);
  const std::string end = LineEnd(Coin());
  std::string text;
  for (const auto& [number, cpu] : machine) {
    text += Format("CPU %u:", number) + end;
    for (const auto& [leaf, r] : cpu.leaves) {
      text += Format("   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x", leaf.leaf,
                     leaf.subleaf, r.eax, r.ebx, r.ecx, r.edx) +
              end;
    }
  }
  ExpectMachine(kCpuidTool, text, machine);
}

enum class AidaStyle : std::uint8_t { kModern, kOldest, kMasks };

std::string AidaHeader(AidaStyle style, std::string_view list, std::uint32_t number) {
  switch (style) {
    case AidaStyle::kModern:
      return Format("------[ %s Registers / Logical CPU #%u ]------", list.data(), number);
    case AidaStyle::kOldest:
      return Format("%s Registers (CPU #%u):", list.data(), number + 1);
    case AidaStyle::kMasks:
      return Format("CPU#%03u AffMask: 0x%016" PRIX64, number, std::uint64_t{1} << number % 64);
  }
  return "";
}

// One line of each kind of colon.
std::string AidaColon(std::size_t kind) {
  const std::array<std::string, 4> colons = {": ", " ", "  \t", " :"};
  return colons[kind];
}

RC_GTEST_PROP(TextProperty, Aida, ()) {
  const bool has_labels = Coin();
  Machine machine =
      AnyMachine(has_labels ? Subleaves::kAny : Subleaves::kDense, true, AccessCode::kIo);
  const auto style = static_cast<AidaStyle>(UpTo(2));
  // What is counted from 1 has a CPU 1.
  if (style == AidaStyle::kOldest) machine.try_emplace(0);
  const std::string colon = AidaColon(UpTo(3));
  const std::string end = LineEnd(Coin());
  const bool is_upper = Coin();
  std::string text = "Program\xae" + end + end;
  for (const auto& [number, cpu] : machine) {
    text += AidaHeader(style, "CPUID", number) + end + end;
    for (const auto& [leaf, r] : cpu.leaves) {
      text +=
          Format(is_upper ? "CPUID %08X%s%08X-%08X-%08X-%08X" : "CPUID %08x%s%08x-%08x-%08x-%08x",
                 leaf.leaf, colon.c_str(), r.eax, r.ebx, r.ecx, r.edx);
      if (has_labels && (leaf.subleaf != 0 || Coin())) text += Format(" [SL %02X]", leaf.subleaf);
      if (Coin()) text += " [a comment]";
      text += end;
    }
  }
  for (const auto& [number, cpu] : machine) {
    text += AidaHeader(style, "MSR", number) + end;
    for (const auto& [address, reading] : cpu.msrs) {
      text += Format("MSR %08X%s", address, colon.c_str());
      if (reading) {
        const std::uint64_t value = *reading;
        const auto group = [value](unsigned shift) {
          return static_cast<unsigned>(value >> shift & 0xffff);
        };
        text += Format("%04X-%04X-%04X-%04X", group(48), group(32), group(16), group(0));
      } else {
        text += "< FAILED >";
      }
      text += end;
    }
  }
  ExpectMachine(kAida, text, machine);
}

// libcpuid writes whole arrays: what lies above the maxima is anything.
RC_GTEST_PROP(TextProperty, Libcpuid, ()) {
  constexpr std::uint32_t kLength = 32;
  struct Fixed {
    const char* name;
    std::uint32_t leaf;
    std::uint32_t length;
  };
  constexpr std::array kFixed = {Fixed{"intel_fn4", 4, 8}, Fixed{"intel_fn11", 0xb, 4},
                                 Fixed{"intel_fn12h", 0x12, 4}, Fixed{"intel_fn14h", 0x14, 4},
                                 Fixed{"amd_fn8000001dh", 0x8000'001d, 4}};
  Machine machine;
  std::string text;
  for (std::size_t i = UpTo(3) + 1; i > 0; --i) {
    const auto number = *rc::gen::inRange<std::uint32_t>(0, 300);
    if (machine.contains(number)) continue;
    auto& leaves = machine[number].leaves;
    const auto highest = static_cast<std::uint32_t>(UpTo(kLength + 8));
    const auto highest_extended = 0x8000'0000 + static_cast<std::uint32_t>(UpTo(kLength + 8));
    const auto print = [&](const char* name, std::uint32_t index, CpuidLeaf leaf) {
      CpuidRegisters r = AnyAnswer();
      if (leaf.leaf == 0) r.eax = highest;
      if (leaf.leaf == 0x8000'0000) r.eax = highest_extended;
      const bool exists =
          leaf.leaf < 0x8000'0000 ? leaf.leaf <= highest : leaf.leaf <= highest_extended;
      if (exists) r = leaves.try_emplace(leaf, r).first->second;
      text += Format("%s[%u]=%08x %08x %08x %08x\n", name, index, r.eax, r.ebx, r.ecx, r.edx);
    };
    text += Format("_________________ Logical CPU #%u _________________\n", number);
    for (std::uint32_t n = 0; n < kLength; ++n) print("basic_cpuid", n, {n, 0});
    for (std::uint32_t n = 0; n < kLength; ++n) print("ext_cpuid", n, {0x8000'0000 + n, 0});
    for (const Fixed& fixed : kFixed) {
      for (std::uint32_t n = 0; n < fixed.length; ++n) print(fixed.name, n, {fixed.leaf, n});
    }
  }
  text += std::string(80, '-') + "\nbasic_cpuid[0]=00000000 00000000 00000000 00000000\n";
  ExpectMachine(kLibcpuidRaw, text, machine);
}

RC_GTEST_PROP(TextProperty, RdmsrTranscript, ()) {
  Machine machine = AnyMachine(Subleaves::kDense, true, AccessCode::kGeneralProtection);
  std::string text;
  for (auto& [number, cpu] : machine) {
    cpu.leaves.clear();
    for (const auto& [address, reading] : cpu.msrs) {
      const bool is_decimal = Coin();
      text += Format(is_decimal ? "root@host:~# rdmsr -p %u -u %u\n" : "# rdmsr -p %u 0x%x\n",
                     number, address);
      text += reading ? Format(is_decimal ? "%" PRIu64 "\n" : "%" PRIx64 "\n", *reading)
                      : Format("rdmsr: CPU %u cannot read MSR 0x%08x\n", number, address);
    }
  }
  // A CPU that was not asked is not spoken of.
  std::erase_if(machine, [](const auto& row) { return row.second.msrs.empty(); });
  if (machine.empty()) return;
  ExpectMachine(kRdmsr, text, machine);
}

RC_GTEST_PROP(TextProperty, RdmsrOnAllCpus, ()) {
  Machine machine;
  std::string text = "# rdmsr -a 0x3a\n";
  const auto count = static_cast<std::uint32_t>(UpTo(20) + 1);
  for (std::uint32_t number = 0; number < count; ++number) {
    const std::uint64_t value = AnyValue();
    machine[number].msrs[0x3a] = value;
    text += Format("%" PRIx64 "\n", value);
  }
  ExpectMachine(kRdmsr, text, machine, UnknownNumbers());
}

RC_GTEST_PROP(TextProperty, Turbostat, ()) {
  const std::map<std::string, std::uint32_t> names = {
      {"MSR_IA32_FEATURE_CONTROL", 0x3a},   {"MSR_PLATFORM_INFO", 0xce},
      {"MSR_IA32_MISC_ENABLE", 0x1a0},      {"MSR_TURBO_RATIO_LIMIT", 0x1ad},
      {"MSR_PKG_CST_CONFIG_CONTROL", 0xe2}, {"MSR_RAPL_POWER_UNIT", 0x606},
      {"MSR_CONFIG_TDP_CONTROL", 0x64b},    {"MSR_PM_ENABLE", 0x770}};
  Machine machine;
  std::string text = "turbostat version\n10 * 100.0 = 1000.0 MHz max efficiency frequency\n";
  for (std::size_t i = UpTo(10) + 1; i > 0; --i) {
    const auto number = *rc::gen::inRange<std::uint32_t>(0, 300);
    const auto& [name, address] = *std::next(names.begin(), static_cast<int>(UpTo(7)));
    MsrReading reading = AnyValue();
    const bool fails = Coin();
    if (fails) reading = tl::unexpected(AccessCode::kGeneralProtection);
    if (!machine[number].msrs.try_emplace(address, reading).second) continue;
    text += fails
                ? Format("turbostat: cpu%u: msr offset 0x%x read failed: Input/output error\n",
                         number, address)
                : Format("cpu%u: %s: 0x%08" PRIx64 " (decoded)\n", number, name.c_str(), *reading);
  }
  ExpectMachine(kTurbostat, text, machine);
}

RC_GTEST_PROP(TextProperty, VirtualBox, ()) {
  const std::map<std::string, std::uint32_t> names = {
      {"IA32_FEATURE_CONTROL", 0x3a},    {"IA32_VMX_BASIC", 0x480},
      {"IA32_VMX_PINBASED_CTLS", 0x481}, {"IA32_VMX_PROCBASED_CTLS2", 0x48b},
      {"IA32_VMX_EPT_VPID_CAP", 0x48c},  {"IA32_VMX_TRUE_ENTRY_CTLS", 0x490}};
  Machine machine;
  Cpu& cpu = machine[0];
  std::string text;
  for (std::size_t i = UpTo(6); i > 0; --i) {
    const auto& [name, address] = *std::next(names.begin(), static_cast<int>(UpTo(5)));
    const std::uint64_t value = AnyValue();
    if (!cpu.msrs.try_emplace(address, value).second) continue;
    text += Format(Coin() ? "00:00:04.809261 HM: MSR_%-30s = %#" PRIx64 "\n"
                          : "00:00:00.683 HWACCM: MSR_%-30s = %" PRIx64 "\n",
                   name.c_str(), value);
  }
  cpu.leaves = AnyLeaves(Subleaves::kAny);
  for (const auto& [leaf, r] : cpu.leaves) {
    const CpuidRegisters g = AnyAnswer();
    if (Coin()) {
      text += Format("00:00:04.8 Gst: %08x/%04x  %08x %08x %08x %08x\n", leaf.leaf, leaf.subleaf,
                     g.eax, g.ebx, g.ecx, g.edx);
      text += Format("00:00:04.8 Hst:                %08x %08x %08x %08x\n", r.eax, r.ebx, r.ecx,
                     r.edx);
    } else {
      text += Format("00:00:04.8 Hst: %08x/%04x  %08x %08x %08x %08x\n", leaf.leaf, leaf.subleaf,
                     r.eax, r.ebx, r.ecx, r.edx);
    }
  }
  ExpectMachine(kVirtualBox, text, machine, UnknownNumbers());
}

RC_GTEST_PROP(TextProperty, CpuZ, ()) {
  const Machine machine = AnyMachine(Subleaves::kDense, true, std::nullopt);
  const std::string end = LineEnd(Coin());
  const bool is_old = Coin();
  std::string text = "Thread dumps" + end + std::string(73, '-') + end + end;
  for (const auto& [number, cpu] : machine) {
    text += Format("CPU Thread %u\t", number) + end + "\tCPUID\t\t " + end;
    for (const auto& [leaf, r] : cpu.leaves) {
      text += Format("\t0x%08X\t\t0x%08X\t0x%08X\t0x%08X\t0x%08X", leaf.leaf, r.eax, r.ebx, r.ecx,
                     r.edx) +
              end;
    }
    for (const auto& [address, reading] : cpu.msrs) {
      text += Format(is_old ? "MSR 0x%08X\t\tedx = 0x%08X\teax = 0x%08X"
                            : "\tMSR 0x%08X\t\t0x%08X\t0x%08X",
                     address, static_cast<unsigned>(*reading >> 32),
                     static_cast<unsigned>(*reading & 0xffff'ffff)) +
              end;
    }
  }
  text +=
      end + "Chipset" + end + std::string(73, '-') + end + "MSR 0x0000003A 0x00000000 0x00000005";
  ExpectMachine(kCpuZ, text, machine);
}

RC_GTEST_PROP(TextProperty, Grub, ()) {
  Machine machine;
  const bool has_escapes = Coin();
  std::string text = has_escapes ? "\x1b[0m\x1b[2J\x1b[1;1H" : "";
  for (std::size_t i = UpTo(5) + 1; i > 0; --i) {
    const std::uint32_t address = OneOf(kMsrs);
    const std::uint64_t value = AnyValue();
    if (!machine[0].msrs.try_emplace(address, value).second) continue;
    for (const char c : Format("grub> rdmsr 0x%x", address)) {
      text += c;
      if (has_escapes && Coin()) text += "\x1b[7;9H";
    }
    text += Format("\r\n%#" PRIx64 "\r\n", value);
  }
  // "%#llx" writes 0 without "0x"; GRUB writes 0x0.
  for (std::size_t at = text.find("\n0\r"); at != std::string::npos; at = text.find("\n0\r")) {
    text.replace(at, 3, "\n0x0\r");
  }
  Metadata metadata;
  metadata.Set(meta::kStage, "pre-os");
  ExpectMachine(kGrub, text, machine, metadata);
}

// Whatever the bytes: a reason or a machine, and nothing that throws.
RC_GTEST_PROP(TextProperty, AnyPiecesOfTheGrammarsEndWell, ()) {
  const std::vector<std::string> pieces = {"CPUID ",
                                           "MSR ",
                                           "00000004",
                                           ": ",
                                           "00000001-00000002-00000003-00000004",
                                           " [SL 01]",
                                           "0000-0000-0000-0005",
                                           "< FAILED >",
                                           " [S200]",
                                           "------[ Logical CPU #1 ]------",
                                           "CPU Thread 2",
                                           "CPU 3:",
                                           "CPU#004 AffMask: 0x10",
                                           "basic_cpuid[1]=",
                                           "1 2 3 4",
                                           "cpu5: ",
                                           "MSR_PLATFORM_INFO: 0x1",
                                           "Hst: ",
                                           "Gst: ",
                                           "00000001 00000002 00000003 00000004",
                                           "HM: ",
                                           "MSR_IA32_VMX_MISC = 0x1",
                                           "grub> ",
                                           "rdmsr ",
                                           "-p ",
                                           "0x3a",
                                           "\n",
                                           "\r\n",
                                           "\n",
                                           "5",
                                           "\x1b[",
                                           "rdmsr: CPU 1 cannot read MSR 0x3a",
                                           "rdmsr: open: ",
                                           "0x00000001 0x00: eax=0x00000001 ",
                                           "ebx=0x00000001 ecx=0x00000001 edx=0x00000001",
                                           std::string("\0", 1),
                                           "\xff",
                                           " ",
                                           "\t"};
  std::string text;
  for (std::size_t i = UpTo(60); i > 0; --i) text += *rc::gen::elementOf(pieces);
  const File file{"file", text};
  for (const Importer* const importer : AllImporters()) {
    static_cast<void>(importer->detect(file));
    Options options;
    if (Coin()) options.msr = MsrAddress{0x3a};
    const auto imported = importer->import(std::span(&file, 1), options);
    if (!imported) RC_ASSERT(!imported.error().message.empty());
  }
}

}  // namespace
}  // namespace vtprobe::import
