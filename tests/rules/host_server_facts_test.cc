// What is thought of a server's facts besides its registers, where one decides and
// where another is not there.

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/judged_dump.h"

namespace vtprobe {
namespace {

// "AuthenticAMD" with SEV-SNP (leaf 8000001FH, EAX[4]), and "GenuineIntel".
const std::string kAmd =
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0xa10f11 0x0 0x0 0x0\n"
    "cpuid 0x80000000.0x0 = 0x80000028 0x0 0x0 0x0\n"
    "cpuid 0x8000001f.0x0 = 0x1b 0x0 0x0 0x0\n";
const std::string kIntel =
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x806f8 0x0 0x0 0x0\n";

Finding Judge(std::string_view rule, const std::string& facts, const std::string& cpus,
              const Profile* profile = nullptr) {
  const auto findings = JudgeDump(rule, "meta stage = os\n" + facts + cpus, profile);
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

TEST(HostServerFacts, ThatNobodyRecordedAreNotJudged) {
  for (const auto& [rule, cpus] : {std::pair{"host.cpus_online", &kIntel},
                                   {"host.interrupt_remapping", &kIntel},
                                   {"host.wsmt", &kIntel},
                                   {"host.dma_opt_in", &kIntel},
                                   {"host.psp_part", &kAmd},
                                   {"host.psp_flash", &kAmd},
                                   {"host.snp_firmware", &kAmd}}) {
    const Finding finding = Judge(rule, "", *cpus);
    EXPECT_EQ(finding.outcome, Outcome::kIndeterminate) << rule;
    EXPECT_EQ(finding.unread, AccessCode::kNotRecorded) << rule;
    EXPECT_EQ(finding.cpus.ToString(), "0-3") << rule;
  }
}

TEST(HostServerFacts, OfTheOtherMakerAreNotAskedFor) {
  EXPECT_EQ(Judge("host.dma_opt_in", "", kAmd).outcome, Outcome::kNotApplicable);
  for (const char* const rule : {"host.psp_part", "host.psp_flash", "host.snp_firmware"}) {
    EXPECT_EQ(Judge(rule, "", kIntel).outcome, Outcome::kNotApplicable) << rule;
  }
}

// [microsoft/hsti]: required, implemented and verified features, a bit each.
TEST(HostHsti, IsHeldAgainstWhatFirmwareSaysItHas) {
  const auto judged = [](const std::string& required, const std::string& implemented,
                         const std::string& verified) {
    const auto fact = [](const std::string& key, const std::string& value) {
      return value.empty() ? std::string() : "meta hsti." + key + " = " + value + '\n';
    };
    return Judge("host.hsti",
                 fact("required", required) + fact("implemented", implemented) +
                     fact("verified", verified),
                 kIntel)
        .outcome;
  };
  EXPECT_EQ(judged("0f", "ff", "0f"), Outcome::kPass);
  EXPECT_EQ(judged("0f", "ff", "07"), Outcome::kWarn);
  EXPECT_EQ(judged("0f", "", "0f"), Outcome::kIndeterminate) << "nobody said what it has";
  EXPECT_EQ(judged("0f", "ff00", "0f"), Outcome::kIndeterminate) << "of another size";
  EXPECT_EQ(judged("ff", "0f", "ff"), Outcome::kIndeterminate) << "it verified what it lacks";
  EXPECT_EQ(judged("ff", "0f", "0f"), Outcome::kWarn);
  EXPECT_EQ(judged("00", "ff", "ff"), Outcome::kNotApplicable) << "nothing was needed";
}

// [intel/sdm-vol4] table 2-15: CPUs from Nehalem on count SMIs, so this one does.
TEST(HostSmiCount, IsOfEachCpuOnce) {
  const auto judged = [](const std::string& facts) {
    std::string text;
    for (const Finding& finding : JudgeDump(
             "host.smi_count", "meta stage = os\nmeta smi.watched_ms = 5000\n" + facts + kIntel)) {
      text += (text.empty() ? "" : ", ") + std::string(Name(finding.outcome)) + ' ' +
              finding.cpus.ToString();
    }
    return text;
  };
  EXPECT_EQ(judged("meta smi.grew = 0-3=0\n"), "pass 0-3");
  EXPECT_EQ(judged("meta smi.grew = 0-3=0 3=1\n"), "indeterminate 0-3");
  EXPECT_EQ(judged("meta smi.grew = 0-3=0\nmeta smi.unread = 3=io\n"), "indeterminate 0-3");
  EXPECT_EQ(judged("meta smi.grew = 0-2=0\nmeta smi.unread = 3=io\n"), "pass 0-2, indeterminate 3");
  EXPECT_EQ(judged("meta smi.grew = 0-2=0\n"), "pass 0-2, indeterminate 3")
      << "a CPU that no list names";
}

TEST(HostCpusOnline, MoreThanAnnouncedAreNoneTooFew) {
  const auto judged = [](const std::string& announced, const std::string& online) {
    return Judge("host.cpus_online",
                 "meta cpus.announced = " + announced + "\nmeta cpus.online = " + online + "\n",
                 kIntel)
        .outcome;
  };
  EXPECT_EQ(judged("8", "7"), Outcome::kWarn);
  EXPECT_EQ(judged("8", "8"), Outcome::kPass);
  EXPECT_EQ(judged("8", "9"), Outcome::kPass);
  EXPECT_EQ(judged("all", "8"), Outcome::kIndeterminate);
}

TEST(HostInterruptRemapping, IsAsTheProfileWantsIt) {
  Profile on;
  on.rules["host.interrupt_remapping"].settings["expect"] = "on";
  Profile off;
  off.rules["host.interrupt_remapping"].settings["expect"] = "off";
  const auto judged = [](const std::string& state, const Profile* profile) {
    return Judge("host.interrupt_remapping", "meta interrupt_remapping = " + state + "\n", kIntel,
                 profile)
        .outcome;
  };
  EXPECT_EQ(judged("on", nullptr), Outcome::kPass);
  EXPECT_EQ(judged("off", nullptr), Outcome::kWarn);
  EXPECT_EQ(judged("off", &on), Outcome::kFail);
  EXPECT_EQ(judged("off", &off), Outcome::kPass);
  EXPECT_EQ(judged("on", &off), Outcome::kFail);
}

// [microsoft/wsmt]: three protections. Bits above them are reserved.
TEST(HostWsmt, PromisesAllOfThree) {
  const auto judged = [](const std::string& flags) {
    return Judge("host.wsmt", "meta acpi.wsmt = " + flags + "\n", kIntel).outcome;
  };
  EXPECT_EQ(judged("0x7"), Outcome::kPass);
  EXPECT_EQ(judged("0xf"), Outcome::kPass);
  for (const char* const flags : {"0x0", "0x3", "0x5", "0x6", "0x8", "none"}) {
    EXPECT_EQ(judged(flags), Outcome::kWarn) << flags;
  }
  EXPECT_EQ(judged("7"), Outcome::kIndeterminate);
}

TEST(HostPsp, ALackDecidesWhateverElseIsUnread) {
  EXPECT_EQ(Judge("host.psp_part", "meta psp.debug_lock_on = 0\n", kAmd).outcome, Outcome::kWarn);
  EXPECT_EQ(Judge("host.psp_part", "meta psp.debug_lock_on = 1\n", kAmd).outcome,
            Outcome::kIndeterminate);
  EXPECT_EQ(
      Judge("host.psp_part", "meta psp.debug_lock_on = 1\nmeta psp.fused_part = 1\n", kAmd).outcome,
      Outcome::kPass);
}

TEST(HostSnpFirmware, IsInitializedAndReportsWhatRuns) {
  const std::string good =
      "meta kvm_amd.sev_snp = Y\nmeta snp.firmware = 1.55.40\nmeta snp.rmp = yes\n"
      "meta snp.alias_check = yes\nmeta snp.tcb = 0x5\n";
  const auto judged = [&](const std::string& facts) {
    return Judge("host.snp_firmware", facts, kAmd).outcome;
  };
  EXPECT_EQ(judged(good + "meta snp.state = init\nmeta snp.reported_tcb = 0x5\n"), Outcome::kPass);
  EXPECT_EQ(judged(good + "meta snp.state = uninit\n"), Outcome::kFail);
  EXPECT_EQ(judged(good + "meta snp.state = init\nmeta snp.reported_tcb = 0x4\n"), Outcome::kWarn);
  EXPECT_EQ(judged("meta snp.state = init\nmeta snp.rmp = no\n"), Outcome::kFail);
  EXPECT_EQ(judged("meta snp.state = init\nmeta snp.alias_check = no\n"), Outcome::kWarn);
  EXPECT_EQ(judged("meta kvm_amd.sev_snp = N\n"), Outcome::kNotApplicable);
}

// KVM clears its parameter when the module fails: the log says why, and it counts.
TEST(HostTdxModule, ThatFailedIsNotOneThatNobodyWants) {
  const auto judged = [](const std::string& facts) {
    return Judge("host.tdx_module", facts, kIntel).outcome;
  };
  const std::string failed =
      "meta kernel_log = complete\nmeta kernel_log.1 = virt/tdx: module initialization failed "
      "(-22)\n";
  EXPECT_EQ(judged(failed + "meta kvm_intel.tdx = N\n"), Outcome::kFail);
  EXPECT_EQ(judged(failed), Outcome::kFail);
  EXPECT_EQ(judged("meta kvm_intel.tdx = N\n"), Outcome::kNotApplicable);
  EXPECT_EQ(judged("meta kvm_intel.tdx = Y\n"), Outcome::kPass);
}

}  // namespace
}  // namespace vtprobe
