#include "vtprobe/probes/system.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

using registers::kCpuid40000003Ebx;
using registers::kSevStatus;

std::string Letters(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  std::string text;
  for (const std::uint32_t part : {a, b, c}) {
    for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(part >> shift & 0xff);
  }
  return text;
}

// Whether the leaf was read on any online CPU, and every reading of it agrees.
template <typename Agrees>
bool AllAgree(const PlatformSnapshot& snapshot, std::uint32_t leaf, Agrees agrees) {
  bool any = false;
  for (const auto& [cpus, reading] : snapshot.Values(CpuidLeaf{leaf})) {
    if (!reading || !cpus.Intersects(snapshot.online())) continue;
    if (!agrees(*reading)) return false;
    any = true;
  }
  return any;
}

// The name by which the hypervisor introduces itself to all online CPUs; empty if
// it does not, or not by one.
std::string SignatureOf(const PlatformSnapshot& snapshot) {
  std::string signature;
  const bool is_one = AllAgree(snapshot, 0x4000'0000, [&](const PartialCpuid& leaf) {
    if (leaf.recorded != kAllCpuidRegisters) return false;
    const auto& [eax, ebx, ecx, edx] = leaf.registers;
    std::string letters = Letters(ebx, ecx, edx);
    if (!signature.empty() && letters != signature) return false;
    signature = std::move(letters);
    return true;
  });
  return is_one ? signature : std::string();
}

// [linux] drivers/hv/hv_common.c, hv_identify_partition_type(): one that may
// create partitions and manage CPUs, and is not isolated from its hypervisor.
bool IsHyperVRoot(const PartialCpuid& leaf) {
  const std::uint32_t privileges = leaf.registers.ebx;
  return (leaf.recorded & MaskOf(CpuidRegister::kEbx)) != 0 &&
         kCpuid40000003Ebx["CREATE_PARTITIONS"].field.IsSet(privileges) &&
         kCpuid40000003Ebx["CPU_MANAGEMENT"].field.IsSet(privileges) &&
         !kCpuid40000003Ebx["ISOLATION"].field.IsSet(privileges);
}

// [linux] arch/x86/include/asm/acrn.h, ACRN_FEATURE_PRIVILEGED_VM
bool IsAcrnServiceVm(const PartialCpuid& leaf) {
  return (leaf.recorded & MaskOf(CpuidRegister::kEax)) != 0 && (leaf.registers.eax & 1u) != 0;
}

// Domain 0 by its number, which HVM and PVH domains are told.
// [xen] public/arch-x86/cpuid.h, XEN_HVM_CPUID_DOMID_PRESENT
bool IsDomain0(const PartialCpuid& leaf) {
  constexpr std::uint32_t kDomidPresent = std::uint32_t{1} << 4;
  constexpr auto kNeeded =
      static_cast<CpuidRegisterMask>(MaskOf(CpuidRegister::kEax) | MaskOf(CpuidRegister::kEcx));
  return (leaf.recorded & kNeeded) == kNeeded && (leaf.registers.eax & kDomidPresent) != 0 &&
         leaf.registers.ecx == 0;
}

// The same of any domain. [xen] public/features.h, XENFEAT_dom0
bool SaysDomain0(const Metadata& metadata) {
  constexpr std::uint64_t kDom0 = std::uint64_t{1} << 11;
  const auto text = metadata.Get(meta::kXenFeatures);
  if (!text) return false;
  std::uint64_t features = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, features, 16);
  return error == std::errc{} && stop == end && (features & kDom0) != 0;
}

// "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_64": the kinds of guests that it
// starts. [xen] public/version.h, XENVER_capabilities
bool OffersHvm(const Metadata& metadata) {
  const std::string text = ' ' + std::string(metadata.Get(meta::kXenCapabilities).value_or(""));
  return text.find(" hvm-") != std::string::npos;
}

// By letters that no other leaf has, so that the highest leaf, which a recording may
// lack, is not asked. [linux] arch/x86/include/asm/shared/tdx.h, TDX_IDENT
bool IsTrustDomain(const RegisterView& cpu) {
  constexpr auto kNeeded = static_cast<CpuidRegisterMask>(
      MaskOf(CpuidRegister::kEbx) | MaskOf(CpuidRegister::kEcx) | MaskOf(CpuidRegister::kEdx));
  const CpuidReading leaf = cpu.Cpuid({0x21});
  if (!leaf || (leaf->recorded & kNeeded) != kNeeded) return false;
  const auto& [eax, ebx, ecx, edx] = leaf->registers;
  return Letters(ebx, edx, ecx) == "IntelTDX    ";
}

}  // namespace

std::optional<HostPartition> FindHostPartition(const PlatformSnapshot& snapshot) {
  const std::string signature = SignatureOf(snapshot);
  if (signature == "Microsoft Hv" && AllAgree(snapshot, 0x4000'0003, IsHyperVRoot)) {
    return HostPartition{"Hyper-V", "Hyper-V's root partition"};
  }
  if (signature == "ACRNACRNACRN" && AllAgree(snapshot, 0x4000'0001, IsAcrnServiceVm)) {
    return HostPartition{"ACRN", "ACRN's service VM"};
  }
  if (signature == "XenVMMXenVMM" &&
      (SaysDomain0(snapshot.metadata()) || AllAgree(snapshot, 0x4000'0004, IsDomain0))) {
    return HostPartition{"Xen", "Xen's dom0", OffersHvm(snapshot.metadata()), true};
  }
  return std::nullopt;
}

std::optional<Stage> StageOf(const Metadata& metadata) {
  const auto stage = metadata.Get(meta::kStage);
  if (stage == "pre-os") return Stage::kPreOs;
  if (stage == "os") return Stage::kOs;
  if (stage == "guest") return Stage::kGuest;
  return std::nullopt;
}

std::optional<System> SystemOf(const RegisterView& cpu, std::optional<Stage> stage,
                               const HostPartition* partition) {
  const auto bit = registers::Read(cpu, registers::kHypervisor);
  const bool is_set = bit && *bit != 0;
  if (is_set && partition != nullptr) return System::kHostPartition;
  // What protects a guest is told by the CPU itself, so that a hypervisor which hides
  // its bit does not hide this. Linux asks no other bit either: [linux]
  // arch/x86/boot/compressed/sev.c, sev_enable()
  if (is_set || stage == Stage::kGuest || GuestProtection(cpu)) return System::kGuest;
  if (bit || stage) return System::kBareMetal;
  return std::nullopt;
}

bool IsTakenInGuest(const PlatformSnapshot& snapshot) {
  Selection selection = registers::FeatureRegisters();
  selection.Add(CpuidLeaf{0x1});
  selection.Add(kSevStatus.address);
  const std::vector<SnapshotRow> rows = snapshot.Rows(selection);
  const auto partition = FindHostPartition(snapshot);
  return std::any_of(rows.begin(), rows.end(), [&](const SnapshotRow& cpu) {
    if (SystemOf(cpu, std::nullopt, partition ? &*partition : nullptr) != System::kGuest) {
      return false;
    }
    const Identity identity = Identify(cpu);
    return identity.vendor && !PredatesVirtualization(identity);
  });
}

std::optional<std::string_view> GuestProtection(const RegisterView& cpu) {
  if (IsTrustDomain(cpu)) return "TDX";
  if (const MsrReading status = cpu.Msr(kSevStatus.address)) {
    if (kSevStatus["SEV_SNP"].IsSet(*status)) return "SEV-SNP";
    if (kSevStatus["SEV_ES"].IsSet(*status)) return "SEV-ES";
    if (kSevStatus["SEV"].IsSet(*status)) return "SEV";
  }
  // [linux] include/hyperv/hvgdk_mini.h, hv_isolation_type
  if (!registers::IsSetIn(cpu, registers::kHypervisor) ||
      !registers::IsSetIn(cpu, kCpuid40000003Ebx["ISOLATION"])) {
    return std::nullopt;
  }
  switch (registers::Read(cpu, registers::kCpuid4000000CEbx["ISOLATION_TYPE"]).value_or(0)) {
    case 1:
      return "VBS";
    case 2:
      return "SEV-SNP";
    case 3:
      return "TDX";
    default:
      return std::nullopt;
  }
}

}  // namespace vtprobe
