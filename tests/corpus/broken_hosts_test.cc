// A good host of trust domains and a good one of SEV-SNP guests meet their profile
// whole, and each condition that is broken by itself fails one rule, on the CPUs on
// which it is broken. The conditions are those that the TDX module (tdh_sys_init.c
// and tdh_sys_lp_init.c of [intel/tdx-module]) and Linux (arch/x86/virt/svm/sev.c)
// have.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/machine_folder.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::corpus {
namespace {

constexpr std::string_view kToday = "2026-11-22";
constexpr const char* kAll = "0-127";
constexpr const char* kOne = "77";
constexpr const char* kLast = "127";
constexpr const char* kSocket = "64-127";

struct Host {
  const char* profile;
  const char* machine;
};

constexpr Host kTdx{"tdx-host", "synthetic/server-intel"};
constexpr Host kSnp{"sev-snp-host", "synthetic/amd-golden-server"};

struct Condition {
  std::string what;
  const Host* host;
  const char* cpus;      // on which it is broken
  std::string readings;  // lines of a difference
  const char* rule;      // that fails, and no other
};

void PrintTo(const Condition& c, std::ostream* out) { *out << c.what; }

// What fails, as "rule on CPUs: message".
std::string Failures(const PlatformSnapshot& machine, const Profile* profile) {
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  std::string text;
  for (const Finding& finding : JudgeRules({machine, verdict, profile})) {
    if (finding.outcome != Outcome::kFail || (profile != nullptr && !finding.counted)) continue;
    text += std::string(finding.rule) + " on " + finding.cpus.ToString() + '\n';
  }
  return text;
}

Profile ShippedProfileOf(const Host& host) {
  const ShippedProfile* const shipped = FindShippedProfile(host.profile);
  EXPECT_NE(shipped, nullptr);
  const auto profile = ParseProfile(shipped->text, kToday);
  EXPECT_TRUE(profile);
  return *profile;
}

PlatformSnapshot GoodMachine(const Host& host) {
  const auto machine = LoadMachine(ShippedDumps(), host.machine);
  EXPECT_TRUE(machine);
  return machine->snapshot;
}

TEST(GoodHosts, MeetTheirProfile) {
  for (const Host* const host : {&kTdx, &kSnp}) {
    const Profile profile = ShippedProfileOf(*host);
    EXPECT_EQ(Failures(GoodMachine(*host), &profile), "") << host->profile;
    EXPECT_EQ(Failures(GoodMachine(*host), nullptr), "") << host->machine;
  }
}

class BrokenHost : public testing::TestWithParam<Condition> {};

TEST_P(BrokenHost, FailsOneRule) {
  const Condition& c = GetParam();
  const auto broken = ParseDumpDifference(
      "vtprobe-difference 1\ncpu " + std::string(c.cpus) + '\n' + c.readings + '\n',
      GoodMachine(*c.host));
  ASSERT_TRUE(broken) << broken.error().message;
  const Profile profile = ShippedProfileOf(*c.host);
  EXPECT_EQ(Failures(*broken, &profile), std::string(c.rule) + " on " + c.cpus + '\n');
}

std::string Hex(std::uint64_t value) {
  std::ostringstream stream;
  stream << "0x" << std::hex << value;
  return stream.str();
}

std::string Msr(std::uint32_t address, std::uint64_t value) {
  return "msr " + Hex(address) + " = " + Hex(value);
}

constexpr std::uint64_t BitOf(unsigned bit) { return std::uint64_t{1} << bit; }

// Bits of a register that have to be 1, one by one on all CPUs.
void AddBits(const Host& host, const char* name, std::uint32_t address, std::uint64_t good,
             std::initializer_list<unsigned> bits, const char* rule, std::vector<Condition>* to) {
  for (const unsigned bit : bits) {
    to->push_back({std::string(name) + "_without_" + std::to_string(bit), &host, kAll,
                   Msr(address, good & ~BitOf(bit)), rule});
  }
}

// Bits of a register that have to be the same, one by one on some CPUs.
void AddDifferences(const Host& host, const char* name, const char* cpus, std::uint32_t address,
                    std::uint64_t good, std::initializer_list<unsigned> bits, const char* rule,
                    std::vector<Condition>* to) {
  for (const unsigned bit : bits) {
    to->push_back({std::string(name) + "_differs_in_" + std::to_string(bit), &host, cpus,
                   Msr(address, good ^ BitOf(bit)), rule});
  }
}

// As in recorded-msr-dumps/synthetic/server-intel.
constexpr std::uint64_t kArch = 0xda9'fd6b;
constexpr std::uint64_t kBasic = 0xda'0400'0000'0013;
constexpr std::uint64_t kMisc = 0x7004'c1e7;
constexpr std::uint64_t kEptVpid = 0xf01'06f3'4141;
constexpr std::uint64_t kMiscEnable = 0x85'0089;
constexpr std::uint64_t kPerf = 0x1'f4c6;

std::vector<Condition> TdxConditions() {
  std::vector<Condition> all;
  const auto add = [&](const char* what, const char* cpus, std::string readings, const char* rule) {
    all.push_back({what, &kTdx, cpus, std::move(readings), rule});
  };
  AddBits(kTdx, "arch_capabilities", 0x10a, kArch, {0, 1, 3, 5, 6, 8, 10, 11, 12, 13, 14, 15, 21},
          "intel.tdx.arch_capabilities", &all);
  add("arch_capabilities_with_rsba", kAll, Msr(0x10a, kArch | BitOf(2)),
      "intel.tdx.arch_capabilities");
  add("arch_capabilities_differ", kOne, Msr(0x10a, kArch & ~BitOf(12)),
      "uniform.ia32_arch_capabilities");
  AddDifferences(kTdx, "arch_capabilities", kLast, 0x10a, kArch,
                 {0, 1, 2, 3, 5, 6, 8, 11, 12, 13, 14, 15, 20, 24, 62},
                 "uniform.ia32_arch_capabilities", &all);
  add("core_capabilities_differ", kOne, Msr(0xcf, 0x20), "uniform.ia32_core_capabilities");
  add("xapic_in_reach", kAll, Msr(0xbd, 0), "intel.tdx.xapic_disabled");
  add("xapic_in_reach_of_one", kOne, Msr(0xbd, 0), "intel.tdx.xapic_disabled");
  add("xapic_in_reach_of_last", kLast, Msr(0xbd, 0), "intel.tdx.xapic_disabled");
  AddDifferences(kTdx, "xapic", kOne, 0xbd, 1, {1, 63}, "uniform.ia32_xapic_disable_status", &all);
  AddDifferences(kTdx, "package_controls", kOne, 0xbc, 1, {1, 63}, "uniform.ia32_misc_package_ctls",
                 &all);
  add("energy_unfiltered_of_one", kOne, Msr(0xbc, 0), "intel.tdx.energy_filtering");
  add("energy_unfiltered", kSocket, Msr(0xbc, 0), "intel.tdx.energy_filtering");
  AddBits(kTdx, "perf_capabilities", 0x345, kPerf, {12, 13}, "intel.tdx.perf_capabilities", &all);
  add("perf_capabilities_differ", kOne, Msr(0x345, kPerf & ~BitOf(13)),
      "uniform.ia32_perf_capabilities");
  AddDifferences(kTdx, "perf_capabilities", kLast, 0x345, kPerf, {0, 6, 8, 12, 14, 16},
                 "uniform.ia32_perf_capabilities", &all);
  AddDifferences(kTdx, "clock", kLast, 0x3b, 0, {0, 31, 63}, "uniform.ia32_tsc_adjust", &all);
  AddDifferences(kTdx, "core_capabilities", kLast, 0xcf, 0x28, {0, 2, 3, 4, 5, 7},
                 "uniform.ia32_core_capabilities", &all);
  add("clock_moved", kOne, Msr(0x3b, 1), "uniform.ia32_tsc_adjust");
  add("cpuid_limited", kAll, Msr(0x1a0, kMiscEnable | BitOf(22)), "intel.misc_enable.cpuid_limit");
  AddBits(kTdx, "misc_enable", 0x1a0, kMiscEnable, {7}, "intel.tdx.performance_monitoring", &all);
  add("bts_unavailable", kAll, Msr(0x1a0, kMiscEnable | BitOf(11)),
      "intel.tdx.performance_monitoring");
  add("misc_enable_differs", kOne, Msr(0x1a0, kMiscEnable & ~BitOf(7)), "uniform.ia32_misc_enable");
  AddBits(kTdx, "vmx_basic", 0x480, kBasic, {54, 55}, "intel.tdx.vmx", &all);
  add("vmcs_too_large", kAll, Msr(0x480, kBasic | std::uint64_t{0x1400} << 32), "intel.tdx.vmx");
  AddBits(kTdx, "vmx_misc", 0x485, kMisc, {5, 6, 7, 14, 29}, "intel.tdx.vmx", &all);
  // 3,072 bytes; TD_VMCS_SIZE is 2,048.
  add("vmcs_a_little_too_large", kAll,
      Msr(0x480, (kBasic & ~(std::uint64_t{0x1fff} << 32)) | std::uint64_t{0xc00} << 32),
      "intel.tdx.vmx");
  AddDifferences(kTdx, "vmx_basic", kLast, 0x480, kBasic, {0, 54, 55, 56},
                 "uniform.vmx_capabilities", &all);
  AddDifferences(kTdx, "vmx_misc", kLast, 0x485, kMisc, {0, 5, 6, 7, 8, 14, 15, 16, 28, 29, 30},
                 "uniform.vmx_capabilities", &all);
  AddDifferences(kTdx, "ept_vpid", kLast, 0x48c, kEptVpid,
                 {0, 6, 7, 8, 14, 16, 17, 20, 21, 22, 25, 26, 32, 40, 41, 42, 43},
                 "uniform.vmx_capabilities", &all);
  add("three_cr3_targets", kAll, Msr(0x485, 0x7003'c1e7), "intel.tdx.vmx");
  AddBits(kTdx, "ept_vpid", 0x48c, kEptVpid, {0, 16, 17, 20, 21, 25, 26, 40}, "intel.tdx.vmx",
          &all);
  add("cr0_needs_cd", kAll, Msr(0x486, 0xc000'0021), "intel.tdx.vmx");
  add("cr0_without_ne", kAll, Msr(0x487, 0xffff'ffdf), "intel.tdx.vmx");
  add("cr4_needs_pae", kAll, Msr(0x488, 0x2020), "intel.tdx.vmx");
  add("cr4_without_mce", kAll, Msr(0x489, 0x1f7'7fbf), "intel.tdx.vmx");
  add("vmx_misc_differs", kOne, Msr(0x485, kMisc & ~BitOf(14)), "uniform.vmx_capabilities");
  add("procbased2_differs", kOne, Msr(0x48b, 0x75f'fffe'0000'0000),
      "uniform.ia32_vmx_procbased_ctls2");
  add("true_entry_differs", kOne, Msr(0x490, 0x1'ffff'0000'11fb), "uniform.vmx_capabilities");
  add("tme_capability_differs", kOne, Msr(0x981, 0x3f7'8000'0007), "uniform.ia32_tme_capability");
  add("tme_off", kOne, Msr(0x982, 0x1'0017'0000'0001), "intel.tme.enabled");
  add("tme_unlocked", kOne, Msr(0x982, 0x1'0017'0000'0002), "intel.tme.locked");
  add("tme_activate_differs", kOne, Msr(0x982, 0x5'0017'0000'0003), "uniform.ia32_tme_activate");
  add("no_keys", kAll, Msr(0x87, 0x3f), "intel.tdx.keys");
  // 64 and 1,984 keys: as many as MAX_HKIDS, which is one too many.
  add("too_many_keys", kAll, Msr(0x87, 0x7c0'0000'0040), "intel.tdx.keys");
  AddDifferences(kTdx, "keys", kLast, 0x87, 0x40'0000'003f, {0, 31, 32},
                 "uniform.ia32_mktme_keyid_partitioning", &all);
  AddDifferences(kTdx, "tme_capability", kLast, 0x981, 0x7f7'8000'0007, {0, 1, 2, 31, 32, 36},
                 "uniform.ia32_tme_capability", &all);
  add("keys_differ", kOne, Msr(0x87, 0x20'0000'003f), "uniform.ia32_mktme_keyid_partitioning");
  add("seamrr_off", kAll, Msr(0x1401, 0x3fff'fe00'0400), "intel.tdx.seamrr");
  add("seamrr_elsewhere", kOne, Msr(0x1400, 0x107c'0000'08), "uniform.ia32_seamrr");
  add("smrr_not_there", kAll, Msr(0xfe, 0xd50a) + "\nmsr 0x1f2 removed\nmsr 0x1f3 removed",
      "intel.smrr.enabled");
  add("smrr_without_lock", kAll, Msr(0xfe, 0x9d0a), "intel.smrr.locked");
  add("mtrrcap_differs", kOne, Msr(0xfe, 0xdd08), "uniform.mtrrs");
  add("smrr_unlocked", kOne, Msr(0x1f3, 0xff00'0800), "intel.smrr.locked");
  add("smrr_off", kOne, Msr(0x1f3, 0xff00'0400), "intel.smrr.enabled");
  add("smrr_with_a_hole", kAll, Msr(0x1f3, 0xf700'0c00), "intel.smrr.aligned");
  add("smrr_misaligned", kAll, Msr(0x1f2, 0x7780'0006), "intel.smrr.aligned");
  add("smrr_elsewhere", kOne, Msr(0x1f2, 0x7600'0006), "uniform.ia32_smrr");
  add("smrr2_unlocked", kAll,
      Msr(0xfe, 0xfd0a) + '\n' + Msr(0x1f6, 0x7600'0006) + '\n' + Msr(0x1f7, 0xff00'0800),
      "intel.smrr.locked");
  add("smrr2_unused_and_unlocked", kAll,
      Msr(0xfe, 0xfd0a) + '\n' + Msr(0x1f6, 0) + '\n' + Msr(0x1f7, 0), "intel.smrr.locked");
  add("smrr2_with_a_hole", kAll,
      Msr(0xfe, 0xfd0a) + '\n' + Msr(0x1f6, 0x7600'0006) + '\n' + Msr(0x1f7, 0xf700'0c00),
      "intel.smrr.aligned");
  add("smrr2_misaligned", kAll,
      Msr(0xfe, 0xfd0a) + '\n' + Msr(0x1f6, 0x7680'0006) + '\n' + Msr(0x1f7, 0xff00'0c00),
      "intel.smrr.aligned");
  // As check_cpuid_configurations() has them.
  add("last_leaf_too_low", kAll, "cpuid 0x0.0x0 = 0x1e 0x756e6547 0x6c65746e 0x49656e69",
      "intel.tdx.cpuid");
  add("monitoring_too_old", kAll, "cpuid 0xa.0x0 = 0x8300804 0x0 0xf 0x8604", "intel.tdx.cpuid");
  add("too_many_fixed_counters", kAll, "cpuid 0xa.0x0 = 0x8300805 0x0 0xf 0x8608",
      "intel.tdx.cpuid");
  add("clock_not_told", kAll, "cpuid 0x15.0x0 = 0x2 0x0 0x17d7840 0x0", "intel.tdx.cpuid");
  add("addresses_too_narrow", kAll, "cpuid 0x80000008.0x0 = 0x302e 0x200 0x0 0x0",
      "intel.tdx.cpuid");
  add("monitoring_differs", kLast, "cpuid 0xa.0x0 = 0x8300804 0x0 0xf 0x8604", "uniform.cpuid");
  // CPUs of another stepping are compared with no others.
  add("monitoring_too_old_of_another_stepping", kLast,
      "cpuid 0x1.0x0 = 0x806f5 - 0x7ffefbff 0xbfebfbff\n"
      "cpuid 0xa.0x0 = 0x8300804 0x0 0xf 0x8604",
      "intel.tdx.cpuid");
  add("mcheck_error", kAll, Msr(0xa0, 0x1861), "intel.sgx.mcheck");
  add("debug_mode", kSocket, Msr(0x503, 2), "intel.sgx.debug_mode");
  add("sample", kSocket, Msr(0xce, 0x800'7800'1400), "intel.production_part");
  add("sgx_svn_differs", kOne, Msr(0x500, 0x100'0000'0001'0001), "uniform.ia32_sgx_svn_status");
  add("cpu_without_monitor", kOne, "cpuid 0x1.0x0 = 0x806f8 - 0x7ffefbf7 0xbfebfbff",
      "uniform.cpuid");
  add("cpu_without_feature_of_leaf_7", kOne, "cpuid 0x7.0x0 = 0x2 0xf3bfbfff 0xfb417ffe 0xffd14400",
      "uniform.cpuid");
  return all;
}

std::vector<Condition> SnpConditions() {
  std::vector<Condition> all;
  const auto add = [&](const char* what, const char* cpus, std::string readings, const char* rule) {
    all.push_back({what, &kSnp, cpus, std::move(readings), rule});
  };
  add("smee_off", kOne, Msr(0xc001'0010, 0x37c'0000), "amd.syscfg.smee");
  add("snpe_off", kOne, Msr(0xc001'0010, 0x2fc'0000), "amd.syscfg.snpe");
  add("snpe_off_everywhere", kAll, Msr(0xc001'0010, 0x2fc'0000), "amd.syscfg.snpe");
  add("vmple_off", kOne, Msr(0xc001'0010, 0x1fc'0000), "amd.syscfg.vmple");
  add("mod_en_off", kOne, Msr(0xc001'0010, 0x3f4'0000), "amd.syscfg.mtrr_fix_dram_mod_en");
  add("syscfg_differs", kOne, Msr(0xc001'0010, 0x3ec'0000), "uniform.syscfg");
  AddDifferences(kSnp, "syscfg", kLast, 0xc001'0010, 0x3fc'0000, {18, 20, 21, 22}, "uniform.syscfg",
                 &all);
  AddDifferences(kSnp, "hwcr", kLast, 0xc001'0015, 0xc900'0011, {3, 4, 6, 8, 9, 12, 17, 20, 24, 33},
                 "uniform.hwcr", &all);
  AddDifferences(kSnp, "top_mem", kLast, 0xc001'001a, 0x8000'0000, {23, 30}, "uniform.top_mem",
                 &all);
  AddDifferences(kSnp, "top_mem2", kLast, 0xc001'001d, 0x40'8000'0000, {23, 39}, "uniform.top_mem2",
                 &all);
  AddDifferences(kSnp, "vm_cr", kLast, 0xc001'0114, 0x8, {0, 1, 2}, "uniform.vm_cr", &all);
  AddDifferences(kSnp, "efer", kLast, 0xc000'0080, 0x1d01, {11}, "uniform.ia32_efer", &all);
  AddDifferences(kSnp, "pat", kLast, 0x277, 0x407'0506'0007'0106, {0, 8, 56}, "uniform.ia32_pat",
                 &all);
  AddDifferences(kSnp, "apic_base", kLast, 0x1b, 0xfee0'0c00, {10, 12}, "uniform.ia32_apic_base",
                 &all);
  AddDifferences(kSnp, "mcg_ctl", kLast, 0x17b, 0xffff'ffff, {0, 31}, "uniform.ia32_mcg_ctl", &all);
  AddDifferences(kSnp, "mtrr", kLast, 0x201, 0xf'ffff'8000'0800, {31, 47}, "uniform.mtrrs", &all);
  AddDifferences(kSnp, "mtrr_type", kLast, 0x200, 0x6, {0, 1, 31}, "uniform.mtrrs", &all);
  AddDifferences(kSnp, "def_type", kLast, 0x2ff, 0xc00, {0, 10}, "uniform.mtrrs", &all);
  add("mtrrs_off", kAll, Msr(0x2ff, 0), "cpu.mtrr.enabled");
  add("rmp_not_reserved", kAll, Msr(0xc001'0132, 0) + '\n' + Msr(0xc001'0133, 0x1fff),
      "amd.rmp.bounds");
  add("rmp_differs", kOne, Msr(0xc001'0133, 0x3f'efff'ffff), "amd.rmp.bounds");
  add("rmp_too_small", kAll, Msr(0xc001'0132, 0x3f'e000'0000), "amd.rmp.coverage");
  // One MiB less than the 1,033 MiB that 258 GiB need: 16 bytes a page, and 16 KiB.
  add("rmp_a_little_too_small", kAll, Msr(0xc001'0132, 0x3f'bf80'0000), "amd.rmp.coverage");
  add("more_memory_than_rmp", kAll, Msr(0xc001'001d, 0x80'8000'0000), "amd.rmp.coverage");
  add("no_asids", kAll, "cpuid 0x8000001f.0x0 = 0x30ffffb 0x41b3 0x3ee 0x1", "amd.sev.asids");
  add("iorr_differs", kOne, Msr(0xc001'0016, 0x18) + '\n' + Msr(0xc001'0017, 0xf'ffff'0000'0800),
      "uniform.iorrs");
  add("top_mem_differs", kOne, Msr(0xc001'001a, 0x6000'0000), "uniform.top_mem");
  add("top_mem2_differs", kOne, Msr(0xc001'001d, 0x80'8000'0000), "uniform.top_mem2");
  add("smm_unlocked", kOne, Msr(0xc001'0015, 0xc900'0010), "amd.hwcr.smmlock");
  add("smm_base_unlocked", kOne, Msr(0xc001'0015, 0x4900'0011), "amd.hwcr.smm_base_lock");
  add("smm_paging_lock_differs", kOne, Msr(0xc001'0015, 0x2'c900'0011), "uniform.hwcr");
  add("tseg_open", kOne, Msr(0xc001'0113, 0xffff'ff00'6600), "amd.smm_mask.protected");
  add("sev_features_differ", kOne, "cpuid 0x8000001f.0x0 = 0x30ffff9 0x41b3 0x3ee 0x64",
      "uniform.cpuid");
  add("c_bit_differs", kOne, "cpuid 0x8000001f.0x0 = 0x30ffffb 0x41af 0x3ee 0x64", "uniform.cpuid");
  add("svm_features_differ", kOne, "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x1fbfbcfe",
      "uniform.svm_features");
  add("hsave_shared", "5,77", Msr(0xc001'0117, 0x2'0000'0000), "amd.vm_hsave_pa.distinct");
  add("smm_base_shared", "5,77", Msr(0xc001'0111, 0x7f80'0000), "amd.smm_base.distinct");
  add("smm_base_not_moved", kLast, Msr(0xc001'0111, 0x3'0000), "amd.smm_base.distinct");
  add("microcode_differs", kOne, Msr(0x8b, 0xa10'1144), "uniform.ia32_bios_sign_id");
  return all;
}

std::string NameOf(const testing::TestParamInfo<Condition>& test) { return test.param.what; }

// What could not be read on one CPU fails nothing and is no pass: the profile can't be
// decided, and that CPU is named.
struct Unread {
  const Host* host;
  std::string what;  // as a dump names it
};

void PrintTo(const Unread& unread, std::ostream* out) { *out << unread.what; }

class UnreadHost : public testing::TestWithParam<Unread> {};

TEST_P(UnreadHost, IsUndecidedOnThatCpu) {
  const Unread& unread = GetParam();
  const auto machine = ParseDumpDifference(
      "vtprobe-difference 1\ncpu " + std::string(kLast) + '\n' + unread.what + " ! io\n",
      GoodMachine(*unread.host));
  ASSERT_TRUE(machine) << machine.error().message;
  const Profile profile = ShippedProfileOf(*unread.host);
  EXPECT_EQ(Failures(*machine, &profile), "");
  const VirtualizationVerdict verdict = JudgeVirtualization(*machine);
  const std::vector<Finding> findings = JudgeRules({*machine, verdict, &profile});
  EXPECT_EQ(ExitCode(profile, findings), 2);
  bool is_named = false;
  for (const Finding& finding : findings) {
    is_named |= finding.counted && finding.outcome == Outcome::kIndeterminate &&
                finding.cpus.ToString() == kLast;
  }
  EXPECT_TRUE(is_named);
}

// A leaf that a recording lacks on all CPUs is no better.
TEST(UnrecordedHost, IsNotSaidToTellWhatTheTdxModuleAsksFor) {
  const Profile profile = ShippedProfileOf(kTdx);
  const auto machine = ParseDumpDifference(
      "vtprobe-difference 1\ncpu 0-127\ncpuid 0xa.0x0 ! not-recorded\n", GoodMachine(kTdx));
  ASSERT_TRUE(machine) << machine.error().message;
  const VirtualizationVerdict verdict = JudgeVirtualization(*machine);
  std::string outcomes;
  for (const Finding& finding : JudgeRules({*machine, verdict, &profile})) {
    if (finding.rule != "intel.tdx.cpuid") continue;
    outcomes += finding.cpus.ToString();
    EXPECT_EQ(finding.outcome, Outcome::kIndeterminate);
    EXPECT_EQ(finding.unread, AccessCode::kNotRecorded);
  }
  EXPECT_EQ(outcomes, "0-127");
}

std::vector<Unread> UnreadRegisters() {
  std::vector<Unread> all;
  for (const std::uint32_t address :
       {0x3au,  0x3bu,  0x87u,  0xa0u,  0xbcu,  0xbdu,   0xceu,  0xcfu,  0xfeu,
        0x10au, 0x1a0u, 0x1f2u, 0x1f3u, 0x345u, 0x480u,  0x485u, 0x48bu, 0x48cu,
        0x490u, 0x500u, 0x503u, 0x981u, 0x982u, 0x1400u, 0x1401u}) {
    all.push_back({&kTdx, "msr " + Hex(address)});
  }
  for (const std::uint32_t address :
       {0xc001'0010u, 0xc001'0015u, 0xc001'0016u, 0xc001'0017u, 0xc001'001au, 0xc001'001du,
        0xc001'0111u, 0xc001'0113u, 0xc001'0114u, 0xc001'0117u, 0xc001'0132u, 0xc001'0133u}) {
    all.push_back({&kSnp, "msr " + Hex(address)});
  }
  for (const char* const leaf : {"0xa.0x0", "0x15.0x0", "0x80000008.0x0"}) {
    all.push_back({&kTdx, "cpuid " + std::string(leaf)});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    OfOneCpu, UnreadHost, testing::ValuesIn(UnreadRegisters()), [](const auto& test) {
      std::string name = std::string(test.param.host->profile).substr(0, 3) + "_" + test.param.what;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == ' ' || c == '.'; }, '_');
      return name;
    });

INSTANTIATE_TEST_SUITE_P(Tdx, BrokenHost, testing::ValuesIn(TdxConditions()), NameOf);
INSTANTIATE_TEST_SUITE_P(Snp, BrokenHost, testing::ValuesIn(SnpConditions()), NameOf);

}  // namespace
}  // namespace vtprobe::corpus
