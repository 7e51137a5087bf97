// Hypervisors introduce themselves with twelve characters in leaf 0x4000_0000.

#include <array>
#include <string_view>

#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe {
namespace {

using namespace std::string_view_literals;

struct HypervisorSignature {
  std::string_view text;
  std::string_view name;
};

// KVM: [linux] Documentation/virt/kvm/x86/cpuid.rst. Hyper-V: Hypervisor Top
// Level Functional Specification, 2.4.1. VMware: knowledge base article 1009458.
// Xen: xen/include/public/arch-x86/cpuid.h. The rest: their own sources.
constexpr std::array kSignatures = {
    HypervisorSignature{"KVMKVMKVM\0\0\0"sv, "KVM"},
    HypervisorSignature{"Linux KVM Hv"sv, "KVM"},
    HypervisorSignature{"Microsoft Hv"sv, "Hyper-V"},
    HypervisorSignature{"VMwareVMware"sv, "VMware"},
    HypervisorSignature{"XenVMMXenVMM"sv, "Xen"},
    HypervisorSignature{"TCGTCGTCGTCG"sv, "QEMU (TCG)"},
    HypervisorSignature{"VBoxVBoxVBox"sv, "VirtualBox"},
    HypervisorSignature{"bhyve bhyve "sv, "bhyve"},
    HypervisorSignature{" lrpepyh  vr"sv, "Parallels"},
    HypervisorSignature{"prl hyperv  "sv, "Parallels"},
    HypervisorSignature{"ACRNACRNACRN"sv, "ACRN"},
    HypervisorSignature{"QNXQVMBSQG\0\0"sv, "QNX"},
    HypervisorSignature{"Jailhouse\0\0\0"sv, "Jailhouse"},
};

}  // namespace

std::optional<std::string> HypervisorName(const RegisterView& cpu) {
  const auto guest = registers::Read(cpu, registers::kHypervisor);
  if (!guest || *guest == 0) return std::nullopt;
  const CpuidReading reading = cpu.Cpuid({0x4000'0000});
  if (!reading || reading->recorded != kAllCpuidRegisters) return std::nullopt;
  std::string text;
  for (const std::uint32_t part :
       {reading->registers.ebx, reading->registers.ecx, reading->registers.edx}) {
    for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(part >> shift & 0xff);
  }
  for (const HypervisorSignature& signature : kSignatures) {
    if (signature.text == text) return std::string(signature.name);
  }
  std::string printable;
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7f) printable += c;
  }
  if (printable.empty()) return std::nullopt;
  return printable;
}

}  // namespace vtprobe
