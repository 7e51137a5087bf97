// VBox.log, which VirtualBox writes of each run of a machine. It holds the
// host's VMX registers and, leaf by leaf, what CPUID says to the guest (Gst)
// and on the host (Hst); only the host's are taken.
//
//   00:00:04.809261 HM: MSR_IA32_FEATURE_CONTROL          = 0x20005
//   00:00:04.809424 Gst: 00000004/0000  04000121 01c0003f 0000003f 00000000
//   00:00:04.809424 Hst:                1c004121 01c0003f 0000003f 00000000
//   00:00:04.809471 Hst: 00000015/0000  00000002 000000d8 00000000 00000000
//
// Before 4.3 HM was called HWACCM and numbers had no "0x"; before 5.0 leaves had
// no subleaf. The log does not say on which of the host's CPUs any of it was
// read.

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "cpu_collector.h"
#include "importers.h"
#include "register_names.h"
#include "scanner.h"
#include "single_file.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

// Without the prefix MSR_. [intel/sdm-vol4] table 2-2, [amd/apm-vol2] appendix
// A. Ascending by name.
constexpr std::array kNames = {
    RegisterName{"IA32_ARCH_CAPABILITIES", 0x10a},
    RegisterName{"IA32_EFER", 0xc000'0080},
    RegisterName{"IA32_FEATURE_CONTROL", 0x3a},
    RegisterName{"IA32_SMM_MONITOR_CTL", 0x9b},
    RegisterName{"IA32_VMX_BASIC", 0x480},
    RegisterName{"IA32_VMX_BASIC_INFO", 0x480},
    RegisterName{"IA32_VMX_CR0_FIXED0", 0x486},
    RegisterName{"IA32_VMX_CR0_FIXED1", 0x487},
    RegisterName{"IA32_VMX_CR4_FIXED0", 0x488},
    RegisterName{"IA32_VMX_CR4_FIXED1", 0x489},
    RegisterName{"IA32_VMX_ENTRY_CTLS", 0x484},
    RegisterName{"IA32_VMX_EPT_VPID_CAP", 0x48c},
    RegisterName{"IA32_VMX_EPT_VPID_CAPS", 0x48c},
    RegisterName{"IA32_VMX_EXIT_CTLS", 0x483},
    RegisterName{"IA32_VMX_EXIT_CTLS2", 0x493},
    RegisterName{"IA32_VMX_MISC", 0x485},
    RegisterName{"IA32_VMX_PINBASED_CTLS", 0x481},
    RegisterName{"IA32_VMX_PROCBASED_CTLS", 0x482},
    RegisterName{"IA32_VMX_PROCBASED_CTLS2", 0x48b},
    RegisterName{"IA32_VMX_PROCBASED_CTLS3", 0x492},
    RegisterName{"IA32_VMX_TRUE_ENTRY_CTLS", 0x490},
    RegisterName{"IA32_VMX_TRUE_EXIT_CTLS", 0x48f},
    RegisterName{"IA32_VMX_TRUE_PINBASED_CTLS", 0x48d},
    RegisterName{"IA32_VMX_TRUE_PROCBASED_CTLS", 0x48e},
    RegisterName{"IA32_VMX_VMCS_ENUM", 0x48a},
    RegisterName{"IA32_VMX_VMFUNC", 0x491},
    RegisterName{"K6_EFER", 0xc000'0080},
    RegisterName{"K7_HWCR", 0xc001'0015},
    RegisterName{"K8_EFER", 0xc000'0080},
    RegisterName{"K8_HWCR", 0xc001'0015},
    RegisterName{"K8_VM_CR", 0xc001'0114},
    RegisterName{"K8_VM_HSAVE_PA", 0xc001'0117},
};
static_assert(AreAscending(kNames));

// The time since start, in front of each line.
void SkipTime(Scanner* scanner) {
  Scanner ahead = *scanner;
  const std::string_view word = ahead.TakeWord();
  if (word.empty() || word.find_first_not_of("0123456789:.") != std::string_view::npos) return;
  ahead.SkipBlanks();
  *scanner = ahead;
}

bool TakeComponent(Scanner* scanner) { return scanner->Take("HM: ") || scanner->Take("HWACCM: "); }

struct MsrLine {
  std::string_view name;
  std::optional<MsrAddress> address;  // nothing: the name is unknown
  std::uint64_t value = 0;
};

// "MSR_IA32_FEATURE_CONTROL          = 0x20005", behind "HM: ". Lines that
// explain a register are indented and do not begin so.
std::optional<MsrLine> ParseMsr(Scanner scanner) {
  MsrLine line;
  scanner.Take("Host ");
  if (scanner.Take("AMD HWCR MSR")) {
    line.name = "K8_HWCR";
  } else if (scanner.Take("EFER")) {
    line.name = "IA32_EFER";
  } else {
    const bool has_prefix = scanner.Take("MSR_");
    line.name = scanner.TakeWord();
    if (!has_prefix && !line.name.starts_with("IA32_")) return std::nullopt;
  }
  scanner.SkipBlanks();
  if (!scanner.Take('=')) return std::nullopt;
  scanner.SkipBlanks();
  scanner.TakeHexPrefix();
  const auto value = scanner.TakeHex<std::uint64_t>();
  if (!value || !scanner.AtBlankOrEnd()) return std::nullopt;
  line.value = *value;
  line.address = FindRegister(kNames, line.name);
  return line;
}

struct CpuidLine {
  bool is_host = false;
  std::optional<CpuidLeaf> leaf;
  CpuidRegisters registers;
};

bool TakeRegister(Scanner* scanner, std::uint32_t* value) {
  scanner->SkipBlanks();
  return scanner->TakeHexDigits(value);
}

// A guest's line names the leaf, a host's only if it follows no guest's. Leaves
// above the guest's highest are marked with an asterisk at the end.
std::optional<CpuidLine> ParseCpuid(Scanner scanner) {
  CpuidLine line;
  line.is_host = scanner.Take("Hst:");
  if (!line.is_host && !scanner.Take("Gst:")) return std::nullopt;
  std::array<std::uint32_t, 5> numbers{};
  std::size_t count = 0;
  std::optional<std::uint32_t> subleaf;
  while (count < numbers.size() && TakeRegister(&scanner, &numbers[count])) {
    if (count++ == 0 && scanner.Take('/')) {
      std::uint16_t digits = 0;
      if (!scanner.TakeHexDigits(&digits)) return std::nullopt;
      subleaf = digits;
    }
  }
  scanner.SkipBlanks();
  scanner.Take('*');
  scanner.SkipBlanks();
  const bool has_leaf = count == numbers.size();
  if (!scanner.AtEnd() || count < 4 || (subleaf && !has_leaf)) return std::nullopt;
  const std::size_t first = has_leaf ? 1 : 0;
  if (has_leaf) line.leaf = CpuidLeaf{numbers[0], subleaf.value_or(0)};
  line.registers = {numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3]};
  return line;
}

class Reader {
 public:
  explicit Reader(const File& file) : file_(file), lines_(file.content) {}

  tl::expected<Imported, Error> Read();

 private:
  void ReadLine(Scanner scanner);
  void ReadCpuid(const CpuidLine& line);

  const File& file_;
  TextLines lines_;
  CpuCollector collector_;
  std::optional<CpuidLeaf> leaf_;  // of the guest's line just before
  bool host_is_linux_ = false;
};

void Reader::ReadCpuid(const CpuidLine& line) {
  const std::optional<CpuidLeaf> pending = std::exchange(leaf_, std::nullopt);
  if (!line.is_host) {
    leaf_ = line.leaf;
  } else if (const std::optional<CpuidLeaf> leaf = line.leaf ? line.leaf : pending) {
    collector_.AddCpuid(*leaf, PartialCpuid{line.registers}, lines_.number());
  } else {
    collector_.AddUnreadableLine(lines_.number());
  }
}

void Reader::ReadLine(Scanner scanner) {
  if (const auto cpuid = ParseCpuid(scanner)) {
    ReadCpuid(*cpuid);
    return;
  }
  leaf_.reset();
  if (TakeComponent(&scanner)) {
    const auto msr = ParseMsr(scanner);
    if (!msr) return;
    if (msr->address) {
      collector_.AddMsr(*msr->address, msr->value, lines_.number());
    } else {
      collector_.AddUnknownRegister(msr->name, lines_.number());
    }
  } else if (scanner.rest().starts_with("VirtualBox VM ")) {
    // "VirtualBox VM 6.1.16 r140961 linux.amd64 (Oct 16 2020 …) release log"
    const std::string_view text = scanner.rest();
    collector_.metadata().Set(meta::kTool, text.substr(0, text.find(" (")));
  } else if (scanner.Take("OS Product: ")) {
    host_is_linux_ = scanner.rest() == "Linux";
  } else if (host_is_linux_ && scanner.Take("OS Release: ")) {
    collector_.metadata().Set(meta::kKernel, scanner.rest());
  }
}

tl::expected<Imported, Error> Reader::Read() {
  while (lines_.Next()) {
    Scanner scanner(lines_.line());
    SkipTime(&scanner);
    ReadLine(scanner);
  }
  return std::move(collector_).Build(file_);
}

Confidence Recognize(const File& file) {
  TextLines lines(Head(file.content));
  while (lines.Next()) {
    Scanner scanner(lines.line());
    SkipTime(&scanner);
    if (scanner.rest().starts_with("VirtualBox VM ") || ParseCpuid(scanner) ||
        (TakeComponent(&scanner) && ParseMsr(scanner))) {
      return Confidence::kCertain;
    }
  }
  return Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  return Reader(**file).Read();
}

}  // namespace

const Importer kVirtualBox{
    .name = "virtualbox", .title = "VBox.log of VirtualBox", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
