#include "vtprobe/registers/volatile.h"

#include <algorithm>
#include <array>

namespace vtprobe::registers {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

struct MsrRange {
  std::uint32_t first;
  std::uint32_t last;
  std::string_view name;
  std::uint64_t mask = kAll;
};

struct CpuidBits {
  CpuidLeaf leaf;
  CpuidRegister output;
  std::string_view name;
  std::uint32_t mask;
};

// [intel/sdm-vol4] table 2-2 and the tables of the models; [amd/apm-vol2]
// appendix A; [amd/ppr-19-01] 2.1.14. Ascending by address.
constexpr std::array kMsrs = {
    MsrRange{0x10, 0x10, "TSC"},
    MsrRange{0x34, 0x34, "MSR_SMI_COUNT"},
    MsrRange{0x3b, 0x3b, "IA32_TSC_ADJUST"},
    MsrRange{0x48, 0x48, "IA32_SPEC_CTRL"},
    // Of the key with which an enclave was launched last.
    MsrRange{0x8c, 0x8f, "IA32_SGXLEPUBKEYHASH"},
    MsrRange{0xc1, 0xc8, "IA32_PMC"},
    MsrRange{0xe7, 0xe7, "MPERF"},
    MsrRange{0xe8, 0xe8, "APERF"},
    MsrRange{0x174, 0x176, "IA32_SYSENTER"},
    MsrRange{0x17a, 0x17a, "IA32_MCG_STATUS"},
    MsrRange{0x186, 0x18d, "IA32_PERFEVTSEL"},
    MsrRange{0x198, 0x199, "IA32_PERF_STATUS, IA32_PERF_CTL"},
    MsrRange{0x19a, 0x19a, "IA32_CLOCK_MODULATION"},
    MsrRange{0x19b, 0x19c, "IA32_THERM_INTERRUPT, IA32_THERM_STATUS"},
    MsrRange{0x1b0, 0x1b0, "IA32_ENERGY_PERF_BIAS"},
    MsrRange{0x1b1, 0x1b2, "IA32_PACKAGE_THERM_STATUS, IA32_PACKAGE_THERM_INTERRUPT"},
    MsrRange{0x1c8, 0x1c9, "MSR_LBR_SELECT, MSR_LASTBRANCH_TOS"},
    MsrRange{0x1d9, 0x1de, "IA32_DEBUGCTL and the last branch records"},
    MsrRange{0x309, 0x30c, "IA32_FIXED_CTR"},
    MsrRange{0x38d, 0x391, "IA32_PERF_GLOBAL"},
    MsrRange{0x3f8, 0x3fe, "C-state residency counters"},
    MsrRange{0x60d, 0x60d, "MSR_PKG_C2_RESIDENCY"},
    MsrRange{0x611, 0x611, "MSR_PKG_ENERGY_STATUS"},
    MsrRange{0x613, 0x613, "MSR_PKG_PERF_STATUS"},
    MsrRange{0x619, 0x619, "MSR_DRAM_ENERGY_STATUS"},
    MsrRange{0x61b, 0x61b, "MSR_DRAM_PERF_STATUS"},
    MsrRange{0x630, 0x632, "C-state residency counters"},
    MsrRange{0x639, 0x639, "MSR_PP0_ENERGY_STATUS"},
    MsrRange{0x641, 0x641, "MSR_PP1_ENERGY_STATUS"},
    MsrRange{0x64d, 0x64e, "MSR_PLATFORM_ENERGY_COUNTER, MSR_PPERF"},
    MsrRange{0x6e0, 0x6e0, "IA32_TSC_DEADLINE"},
    MsrRange{0x771, 0x777, "IA32_HWP"},
    MsrRange{0x802, 0x83f, "x2APIC registers"},
    MsrRange{0xda0, 0xda0, "IA32_XSS"},
    // The system switches SCE, LME, LMA and SVME; NXE is what is compared.
    MsrRange{0xc000'0080, 0xc000'0080, "EFER", kAll & ~(std::uint64_t{1} << 11)},
    MsrRange{0xc000'0081, 0xc000'0084, "STAR, LSTAR, CSTAR, SYSCALL_FLAG_MASK"},
    MsrRange{0xc000'00e7, 0xc000'00e9, "MPERF_RO, APERF_RO, IRPERF"},
    MsrRange{0xc000'0100, 0xc000'0103, "FS_BASE, GS_BASE, KERNEL_GS_BASE, TSC_AUX"},
    MsrRange{0xc001'0000, 0xc001'0007, "PERF_CTL, PERF_CTR"},
    MsrRange{0xc001'0062, 0xc001'0063, "P-state control and status"},
    MsrRange{0xc001'0117, 0xc001'0117, "VM_HSAVE_PA"},
    MsrRange{0xc001'0200, 0xc001'020b, "PERF_CTL, PERF_CTR"},
    MsrRange{0xc001'0293, 0xc001'0293, "hardware P-state status"},
    MsrRange{0xc001'029a, 0xc001'029b, "energy counters"},
};

// [intel/sdm-vol2] CPUID: what follows CR4 and XCR0, which the system sets.
constexpr std::array kCpuid = {
    CpuidBits{{0x1}, CpuidRegister::kEcx, "OSXSAVE", 1u << 27},
    CpuidBits{{0x7}, CpuidRegister::kEcx, "OSPKE", 1u << 4},
    CpuidBits{{0xd}, CpuidRegister::kEbx, "size of the enabled state", 0xffff'ffff},
    CpuidBits{{0xd, 1}, CpuidRegister::kEbx, "size of the enabled state", 0xffff'ffff},
};

}  // namespace

std::optional<VolatileBits> FindVolatile(MsrAddress address) {
  const auto found = std::find_if(kMsrs.begin(), kMsrs.end(), [&](const MsrRange& range) {
    return range.first <= Number(address) && Number(address) <= range.last;
  });
  if (found == kMsrs.end()) return std::nullopt;
  return VolatileBits{found->name, found->mask};
}

std::optional<VolatileBits> FindVolatile(CpuidLeaf leaf, CpuidRegister output) {
  const auto found = std::find_if(kCpuid.begin(), kCpuid.end(), [&](const CpuidBits& bits) {
    return bits.leaf == leaf && bits.output == output;
  });
  if (found == kCpuid.end()) return std::nullopt;
  return VolatileBits{found->name, found->mask};
}

}  // namespace vtprobe::registers
