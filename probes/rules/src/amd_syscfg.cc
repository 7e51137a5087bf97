// The switches of memory encryption and of SEV-SNP. Firmware sets SMEE, and the
// hypervisor the others if firmware left room for it; SNP works only if they are
// on for every CPU.

#include <fmt/format.h>

#include "alike_cpus.h"
#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kCpuid8000001FEax;
using registers::kSyscfg;

constexpr Requirement kOffersSme = kCpuid8000001FEax["SME"];
constexpr Requirement kOffersSnp = registers::kSnp;
constexpr Requirement kOffersVmpl = kCpuid8000001FEax["VMPL"];

constexpr std::string_view kSmeRemedy =
    "Look for \"SMEE\" or \"Secure Memory Encryption\" in firmware setup (AMD CBS, CPU Common "
    "Options); where only some CPUs differ, update the firmware.";
constexpr std::string_view kSnpRemedy =
    "Enable \"SEV-SNP Support\" and \"SNP Memory (RMP Table) Coverage\" in firmware setup (AMD "
    "CBS) and boot a kernel with SNP support; where only some CPUs differ, update firmware and "
    "kernel.";
// Firmware did its part. Linux sets SNPE itself, and leaves it where it can't be
// a host: arch/x86/virt/svm/sev.c, drivers/iommu/amd/init.c.
constexpr std::string_view kSnpKernelRemedy =
    "Firmware reserved the RMP, so this is rather the kernel: boot one with SNP host support "
    "(CONFIG_KVM_AMD_SEV, Linux 6.11 or later) and with the IOMMU on and not in passthrough mode "
    "(no iommu=pt, no amd_iommu=off), and look for \"SEV-SNP\" in its log.";
constexpr std::string_view kRmpRemedy =
    "Set \"SNP Memory (RMP Table) Coverage\" to enabled in firmware setup (AMD CBS): the kernel "
    "switches SEV-SNP on only where the RMP is reserved.";

SwitchPosition Snpe(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kSyscfg];
  if (kSyscfg["SNPE"].IsSet(value)) return {true};
  if (!kSyscfg["SMEE"].IsSet(value)) return {.is_on = false, .follows = "amd.syscfg.smee"};
  const MsrReading base = cpu.registers().Msr(registers::kRmpBase.address);
  if (!base) return {};
  const bool is_reserved = registers::kRmpBase["BASE"].Extract(*base) != 0;
  return {.is_on = false,
          .remedy = is_reserved ? kSnpKernelRemedy : kRmpRemedy,
          .follows = "amd.rmp.bounds"};
}

SwitchPosition Vmple(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kSyscfg];
  if (kSyscfg["SNPE"].IsSet(value)) return {kSyscfg["VMPLE"].IsSet(value)};
  return {.is_on = kSyscfg["VMPLE"].IsSet(value), .follows = "amd.syscfg.snpe"};
}

// The bit lets software see the RdMem and WrMem bits of the fixed MTRRs, and
// firmware clears it before it hands over. SEV-SNP needs it set, so a kernel
// that switches SNP on sets it on every CPU (Linux, snp_rmptable_init()). It is
// therefore judged by what the machine does and not by what the CPU does: where
// SNP was forgotten on one CPU, that is another rule's finding, and where it was
// forgotten on all, what was set for it follows from that.
std::vector<Finding> JudgeFixDramMod(const Rule& rule, const RuleInput& input) {
  constexpr Field kModEn = kSyscfg["MtrrFixDramModEn"];
  struct Camp {
    CpuGathering cpus;
    std::vector<Evidence> evidence;
  };
  Camp set;
  Camp clear;
  bool snp = false;
  bool offers_snp = false;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const std::uint64_t value = *alike.registers.Msr(kSyscfg.address);
    offers_snp = offers_snp || registers::Read(alike.registers, registers::kSnp).value_or(0) != 0;
    snp = snp || kSyscfg["SNPE"].IsSet(value);
    Camp& camp = kModEn.IsSet(value) ? set : clear;
    camp.cpus.Add(alike.cpus);
    AddEvidence(alike.registers, kSyscfg, &camp.evidence);
  });
  std::vector<Finding> judged;
  const auto add = [&](Outcome outcome, CpuSet cpus, std::string message, const Camp& camp) {
    judged.push_back(MakeFinding(rule, outcome, std::move(cpus), std::move(message)));
    judged.back().evidence = camp.evidence;
    if (outcome == Outcome::kFail) judged.back().remedy = rule.remedy;
  };
  if (snp && !set.cpus.empty() && !clear.cpus.empty()) {
    const CpuSet odd = OutsideLargest({set.cpus.Together(), clear.cpus.Together()});
    add(Outcome::kFail, odd,
        fmt::format("SEV-SNP is on, and MtrrFixDramModEn is set on CPUs {} and clear on CPUs {}.",
                    set.cpus.Together().ToString(), clear.cpus.Together().ToString()),
        set);
  } else if (snp && clear.cpus.empty() && !set.cpus.empty()) {
    add(Outcome::kPass, set.cpus.Together(), "MtrrFixDramModEn is set, as SEV-SNP asks for.", set);
  } else {
    if (!set.cpus.empty()) {
      add(Outcome::kFail, set.cpus.Together(),
          "MtrrFixDramModEn is set: the bits that route low memory can be changed.", set);
      if (offers_snp) judged.back().follows = "amd.syscfg.snpe";
    }
    if (!clear.cpus.empty()) {
      add(Outcome::kPass, clear.cpus.Together(), "MtrrFixDramModEn is clear.", clear);
    }
  }
  return Joined(std::move(judged), &findings);
}

}  // namespace

const Rule kAmdSmee{.id = "amd.syscfg.smee",
                    .title = "Memory encryption is switched alike on every CPU",
                    .spec = "[amd/apm-vol2] 3.2.1, 7.10.1",
                    .severity = Severity::kMedium,
                    .remedy = kSmeRemedy,
                    .msrs = {&kSyscfg},
                    .parameters = kExpect,
                    .otherwise = "These CPUs do not offer memory encryption (SME).",
                    .applies = &kOffersSme,
                    .judge = IsSwitched<kSyscfg["SMEE"].mask()>};

const Rule kAmdSnpe{.id = "amd.syscfg.snpe",
                    .title = "Secure nested paging (SEV-SNP) is switched alike on every CPU",
                    .spec = "[amd/apm-vol2] 3.2.1, 15.36.1",
                    .severity = Severity::kHigh,
                    .remedy = kSnpRemedy,
                    .msrs = {&kSyscfg},
                    .also = {&registers::kRmpBase},
                    .parameters = kExpect,
                    .depends_on = "amd.syscfg.smee",
                    .otherwise = "These CPUs do not offer SEV-SNP.",
                    .applies = &kOffersSnp,
                    .judge = [](const Rule& rule, const RuleInput& input) {
                      return JudgeOnOff(rule, input, "SNPE", Snpe);
                    }};

const Rule kAmdVmple{.id = "amd.syscfg.vmple",
                     .title = "VM permission levels are switched alike on every CPU",
                     .spec = "[amd/apm-vol2] 3.2.1, 15.36.7",
                     .severity = Severity::kMedium,
                     .remedy = kSnpRemedy,
                     .msrs = {&kSyscfg},
                     .parameters = kExpect,
                     .depends_on = "amd.syscfg.snpe",
                     .otherwise = "These CPUs do not offer VM permission levels.",
                     .applies = &kOffersVmpl,
                     .judge = [](const Rule& rule, const RuleInput& input) {
                       return JudgeOnOff(rule, input, "VMPLE", Vmple);
                     }};

const Rule kAmdMtrrFixDramMod{
    .id = "amd.syscfg.mtrr_fix_dram_mod_en",
    .title = "The routing of low memory is closed to changes, unless SEV-SNP needs it open",
    .spec = "[amd/apm-vol2] 3.2.1, 7.9.1",
    .severity = Severity::kMedium,
    .remedy =
        "Update the firmware, which clears this bit before it starts an operating system; if "
        "it stays, give the vendor a recording (vtprobe record).",
    .msrs = {&kSyscfg},
    .judge = JudgeFixDramMod};

}  // namespace vtprobe::rules
