#include "virtualization/raw_machine.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "virtualization/cases.h"

namespace vtprobe::raw {
namespace {

using Bits = std::optional<std::uint32_t>;

// The four registers of a leaf's subleaf 0, each as far as it was recorded.
std::array<Bits, 4> Leaf(const PlatformSnapshot& machine, LogicalCpu cpu, std::uint32_t leaf) {
  std::array<Bits, 4> outputs;
  const CpuidReading reading = machine.Cpuid(cpu, {leaf, 0});
  if (!reading) return outputs;
  const std::uint32_t values[] = {reading->registers.eax, reading->registers.ebx,
                                  reading->registers.ecx, reading->registers.edx};
  for (unsigned i = 0; i < 4; ++i) {
    if (((static_cast<unsigned>(reading->recorded) >> i) & 1u) != 0) outputs[i] = values[i];
  }
  return outputs;
}

// Twelve letters from three registers; nothing if one was not recorded.
std::optional<std::string> Letters(Bits a, Bits b, Bits c) {
  if (!a || !b || !c) return std::nullopt;
  std::string letters;
  for (const std::uint32_t part : {*a, *b, *c}) {
    for (unsigned i = 0; i < 4; ++i) letters += static_cast<char>((part >> (8 * i)) & 0xffu);
  }
  return letters;
}

// Which families came before the extension. Intel's began with Yonah (family 6,
// model 14) and the last NetBurst (family 15, model 4), VIA's with Isaiah (family
// 6, model 15), AMD's with K8 (family 15).
bool IsTooOld(std::string_view vendor, std::uint32_t signature) {
  const std::uint32_t base = (signature >> 8) & 0xfu;
  const std::uint32_t family = base == 15 ? base + ((signature >> 20) & 0xffu) : base;
  std::uint32_t model = (signature >> 4) & 0xfu;
  if (base == 6 || base == 15) model += ((signature >> 16) & 0xfu) << 4;
  if (vendor == "GenuineIntel") {
    if (family == 6) return model < 14;
    if (family == 15) return model < 4;
    return family < 6;
  }
  if (vendor == "CentaurHauls") return family < 6 || (family == 6 && model < 15);
  if (vendor == "AuthenticAMD") return family < 15;
  return false;
}

char MakerOf(const std::optional<std::string>& vendor, Bits signature) {
  if (!vendor) return '-';
  char maker = 'x';
  if (*vendor == "GenuineIntel" || *vendor == "CentaurHauls" || *vendor == "  Shanghai  ") {
    maker = 'V';
  }
  if (*vendor == "AuthenticAMD" || *vendor == "HygonGenuine") maker = 'S';
  if (maker != 'x' && signature && IsTooOld(*vendor, *signature)) maker = 'o';
  return maker;
}

char BitOf(Bits bits, unsigned number) {
  if (!bits) return '-';
  return ((*bits >> number) & 1u) != 0 ? '1' : '0';
}

// A bit of an extended leaf, which a CPU that announces less does not have.
char ExtendedBit(const PlatformSnapshot& machine, LogicalCpu cpu, std::uint32_t leaf,
                 unsigned output, unsigned number) {
  const Bits highest = Leaf(machine, cpu, 0x8000'0000)[0];
  if (highest && *highest < leaf) return '0';
  return BitOf(Leaf(machine, cpu, leaf)[output], number);
}

// By the letters of leaf 21H.
bool IsTrustDomain(const PlatformSnapshot& machine, LogicalCpu cpu) {
  const auto leaf = Leaf(machine, cpu, 0x21);
  return Letters(leaf[1], leaf[3], leaf[2]) == "IntelTDX    ";
}

// By bits 2:0 of C001_0131, of the first CPU: there is no machine of which a part
// runs with SEV.
bool HasSev(const PlatformSnapshot& machine) {
  if (machine.online().empty()) return false;
  const MsrReading status = machine.Msr(machine.online().First(), MsrAddress{0xc001'0131});
  return status && (*status & 7u) != 0;
}

// What holds for all CPUs.
struct Whole {
  bool is_partition = false;
  bool has_sev = false;
};

oracle::CpuFacts FactsOf(const PlatformSnapshot& machine, LogicalCpu cpu, const Whole& whole) {
  oracle::CpuFacts facts;
  const auto leaf0 = Leaf(machine, cpu, 0);
  const auto leaf1 = Leaf(machine, cpu, 1);
  facts.maker = MakerOf(Letters(leaf0[1], leaf0[3], leaf0[2]), leaf1[0]);
  facts.vmx = BitOf(leaf1[2], 5);
  facts.hypervisor = BitOf(leaf1[2], 31);
  // What protects a guest from its hypervisor tells it, too.
  if (whole.has_sev || IsTrustDomain(machine, cpu)) facts.hypervisor = '1';
  facts.svm = ExtendedBit(machine, cpu, 0x8000'0001, 2, 2);
  facts.svml = ExtendedBit(machine, cpu, 0x8000'000a, 3, 2);
  facts.sgx_lc = leaf0[0] && *leaf0[0] < 7 ? '0' : BitOf(Leaf(machine, cpu, 7)[2], 30);
  const Bits hypervisor_leaf = Leaf(machine, cpu, 0x4000'0000)[0];
  if (hypervisor_leaf) facts.hypervisor_leaf = *hypervisor_leaf >= 0x4000'0000u ? '1' : '0';
  facts.partition = whole.is_partition ? '1' : '0';
  const MsrAddress address{facts.maker == 'S' ? 0xc001'0114u : 0x3au};
  const MsrReading reading = machine.Msr(cpu, address);
  if (reading) {
    facts.reading = 'v';
    facts.value = *reading;
  } else if (reading.error() == AccessCode::kGeneralProtection) {
    facts.reading = 'g';
  }
  return facts;
}

// A word of the list begins like that: Xen runs guests in hardware.
bool ListsHvm(std::optional<std::string_view> capabilities) {
  std::istringstream words{std::string(capabilities.value_or(""))};
  for (std::string word; words >> word;) {
    if (word.compare(0, 4, "hvm-") == 0) return true;
  }
  return false;
}

// Bit 11 of the features in hexadecimal, without prefix.
bool ListsDom0(std::optional<std::string_view> features) {
  if (!features || features->find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return false;
  }
  return features->size() >= 3 &&
         std::string_view("89abcdef").find((*features)[features->size() - 3]) !=
             std::string_view::npos;
}

// Of a Hyper-V root partition, of ACRN's service VM, and of a Xen dom0 where Xen
// runs guests in hardware, by the first CPU that tells. A dom0 of which that is
// not known is told nothing that a guest is not.
bool IsPartition(const PlatformSnapshot& machine) {
  const bool lists_hvm = ListsHvm(machine.metadata().Get("xen.capabilities"));
  const bool lists_dom0 = ListsDom0(machine.metadata().Get("xen.features"));
  for (const LogicalCpu cpu : machine.online().ToVector()) {
    const auto leaf = Leaf(machine, cpu, 0x4000'0000);
    const auto name = Letters(leaf[1], leaf[2], leaf[3]);
    const Bits privileges = Leaf(machine, cpu, 0x4000'0003)[1];
    if (name == "Microsoft Hv" && privileges) return (*privileges & 0x40'1001u) == 0x1001u;
    const Bits features = Leaf(machine, cpu, 0x4000'0001)[0];
    if (name == "ACRNACRNACRN" && features) return (*features & 1u) != 0;
    if (name == "XenVMMXenVMM") {
      const auto domain = Leaf(machine, cpu, 0x4000'0004);
      const bool is_told = domain[0] && (*domain[0] & 0x10u) != 0;
      return lists_hvm && (lists_dom0 || (is_told && domain[2] == 0u));
    }
  }
  return false;
}

char KernelOf(std::optional<std::string_view> release) {
  unsigned major = 0;
  unsigned minor = 0;
  if (!release || std::sscanf(std::string(*release).c_str(), "%u.%u", &major, &minor) != 2) {
    return '-';
  }
  const unsigned number = major * 1000 + minor;
  return number < 5006 ? '<' : number < 5011 ? '6' : number < 5013 ? 'b' : 'd';
}

oracle::HostFacts FactsOf(const Metadata& metadata) {
  oracle::HostFacts facts;
  if (const auto stage = metadata.Get("stage")) facts.stage = stage->front();
  if (const auto boot = metadata.Get("boot")) facts.boot = boot->front();
  facts.kernel = KernelOf(metadata.Get("kernel"));
  if (const auto kvm = metadata.Get("kvm_intel")) facts.kvm_intel = *kvm == "n" ? '0' : '1';
  if (const auto measured = metadata.Get("measured_launch")) {
    facts.measured_launch = *measured == "yes" ? '1' : '0';
  }
  return facts;
}

}  // namespace

std::string DifferenceFromOracle(const PlatformSnapshot& snapshot, oracle::Oracle* oracle) {
  const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
  const oracle::HostFacts host = FactsOf(snapshot.metadata());
  const Whole whole{IsPartition(snapshot), HasSev(snapshot)};
  std::vector<oracle::CpuAnswer> answers;
  std::string differences;
  for (const LogicalCpu cpu : snapshot.online().ToVector()) {
    const oracle::CpuAnswer want = oracle->OfCpu(FactsOf(snapshot, cpu, whole), host);
    answers.push_back(want);
    for (const VirtualizationGroup& group : verdict.groups) {
      if (!group.cpus.Contains(cpu)) continue;
      const oracle::CpuAnswer got{group.state, group.usable, group.attribution, group.technology};
      if (got == want) continue;
      differences += "CPU " + std::to_string(Number(cpu)) + ": want " + cases::Words(want) +
                     ", got " + cases::Words(got) + "\n";
    }
  }
  const oracle::HostAnswer want = oracle->OfHost(answers);
  const oracle::CpuAnswer got{verdict.state, verdict.usable, verdict.attribution,
                              verdict.technology};
  if (!(got == want.answer) || ExitCode(verdict) != want.exit_code) {
    differences += "machine: want " + cases::Words(want.answer) + " exit " +
                   std::to_string(want.exit_code) + ", got " + cases::Words(got) + " exit " +
                   std::to_string(ExitCode(verdict)) + "\n";
  }
  return differences;
}

}  // namespace vtprobe::raw
