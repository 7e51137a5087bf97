// The shipped profiles on recorded machines: each is met by a server that has
// what it asks for, and not by one that lacks it.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "corpus/machine_folder.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::corpus {
namespace {

constexpr std::string_view kToday = "2026-11-22";

TEST(ShippedProfiles, AreProfilesThatAreNamedAsTheirFiles) {
  EXPECT_FALSE(ShippedProfiles().empty());
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    const auto profile = ParseProfile(shipped.text, kToday);
    ASSERT_TRUE(profile) << shipped.name << ':' << profile.error().line << ':'
                         << profile.error().column << ": " << profile.error().message;
    EXPECT_EQ(profile->name, shipped.name);
    EXPECT_FALSE(profile->title.empty()) << shipped.name;
    for (const auto& [id, rule] : profile->rules) {
      EXPECT_TRUE(rule.waivers.empty()) << shipped.name << ": " << id;
    }
  }
}

struct Case {
  const char* profile;
  const char* machine;
  int exit_code;
  const char* fails;  // a rule that fails; empty for none
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.profile << " on " << c.machine; }

class ShippedProfileOn : public testing::TestWithParam<Case> {};

TEST_P(ShippedProfileOn, AMachineIsMetOrNot) {
  const Case& expected = GetParam();
  const ShippedProfile* const shipped = FindShippedProfile(expected.profile);
  ASSERT_NE(shipped, nullptr);
  const auto profile = ParseProfile(shipped->text, kToday);
  ASSERT_TRUE(profile);
  const auto machine = LoadMachine(ShippedDumps(), std::string("synthetic/") + expected.machine);
  ASSERT_TRUE(machine);
  const VirtualizationVerdict verdict = JudgeVirtualization(machine->snapshot);
  const std::vector<Finding> findings = JudgeRules({machine->snapshot, verdict, &*profile});
  bool fails_as_expected = expected.fails == std::string_view();
  std::string others;
  for (const Finding& finding : findings) {
    if (!finding.counted || finding.outcome == Outcome::kPass ||
        finding.outcome == Outcome::kNotApplicable) {
      continue;
    }
    if (finding.rule == expected.fails) fails_as_expected = finding.outcome == Outcome::kFail;
    others += std::string(finding.rule) + ": " + finding.message + '\n';
  }
  EXPECT_EQ(ExitCode(*profile, findings), expected.exit_code) << others;
  EXPECT_TRUE(fails_as_expected) << others;
}

constexpr const char* kIntel = "server-intel";
constexpr const char* kAmd = "amd-golden-server";

INSTANTIATE_TEST_SUITE_P(
    Servers, ShippedProfileOn,
    testing::Values(
        Case{"kvm-host", kIntel, 0, ""}, Case{"kvm-host", kAmd, 0, ""},
        Case{"kvm-host", "mismatch-cpu-17-of-64", 1, "virtualization.uniform"},
        Case{"kvm-host", "server-intel-unread", 2, ""}, Case{"hyper-v-host", kIntel, 0, ""},
        Case{"hyper-v-host", kAmd, 0, ""},
        Case{"hyper-v-host", "server-intel-ept-without-1g-pages", 2, ""},
        Case{"hyper-v-host", "server-intel-ept-without-write-back", 1, "intel.vmx.ept_vpid"},
        Case{"txt-host", kIntel, 0, ""}, Case{"txt-host", kAmd, 1, "intel.txt.senter"},
        Case{"txt-host", "server-intel-txt-off-on-one", 1, "intel.txt.senter"},
        Case{"txt-host", "server-intel-txt-without-vmx-on-one", 1, "intel.txt.vmx_in_smx"},
        Case{"hardened", "server-intel-smrr-unlocked-on-one", 1, "intel.smrr.locked"},
        Case{"hardened", "amd-smm-base-unlocked-on-one", 1, "amd.hwcr.smm_base_lock"},
        Case{"hardened", "server-intel-debug-occurred-on-one", 0, ""},
        Case{"sgx-host", kIntel, 0, ""}, Case{"sgx-host", kAmd, 1, "intel.sgx.enabled"},
        Case{"sgx-host", "server-intel-sgx-off-on-one", 1, "intel.sgx.enabled"},
        Case{"tdx-host", kIntel, 0, ""}, Case{"tdx-host", kAmd, 1, "intel.tdx.seamrr"},
        Case{"tdx-host", "server-intel-seamrr-off-on-one", 1, "intel.tdx.seamrr"},
        Case{"sev-snp-host", kAmd, 0, ""}, Case{"sev-snp-host", kIntel, 1, "amd.syscfg.smee"},
        Case{"sev-snp-host", "amd-snpe-off-on-one", 1, "amd.syscfg.snpe"},
        Case{"hardened", "server-intel-gds-locked", 0, ""},
        Case{"hardened", "server-intel-gds-off-on-one", 1, "intel.mcu_opt_ctrl.gds"},
        Case{"hardened", kIntel, 0, ""}, Case{"hardened", kAmd, 0, ""},
        Case{"hardened", "server-intel-debug-unlocked-on-one", 1, "intel.debug_interface.locked"},
        Case{"hardened", "amd-smmlock-clear-on-one", 1, "amd.hwcr.smmlock"}),
    [](const auto& test) {
      std::string name = std::string(test.param.profile) + "_" + test.param.machine;
      for (char& c : name) {
        if (c == '-') c = '_';
      }
      return name;
    });

}  // namespace
}  // namespace vtprobe::corpus
