// A hypervisor's own system is asked what bare metal is asked, since it is the
// host; a guest is not asked about firmware.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;

// IA32_DEBUG_INTERFACE, which CPUID.1:ECX[11] announces, on a CPU with the
// hypervisor bit.
Finding Judge(const std::string& rest, std::string_view rule = "intel.debug_interface.locked") {
  const auto snapshot = ParseDump(
      "vtprobe-dump 1\n"
      "cpu 0-1\n"
      "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x506e3 - 0xfffafb9f 0xbfebfbff\n"
      "cpuid 0x40000000.0x0 = 0x4000000c 0x7263694d 0x666f736f 0x76482074\n" +
      rest);
  EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
  if (!snapshot) return {};
  const VirtualizationVerdict verdict = JudgeVirtualization(*snapshot);
  const std::vector<Finding> findings = JudgeRule(*FindRule(rule), {*snapshot, verdict});
  EXPECT_EQ(findings.size(), 1u);
  return findings.empty() ? Finding{} : findings.front();
}

// Hyper-V's leaf of privileges: CreatePartitions and CpuManagement, and neither.
const std::string kRoot = "cpuid 0x40000003.0x0 = 0xbfff 0x1001 0x0 0x0\n";
const std::string kGuest = "cpuid 0x40000003.0x0 = 0xbfff 0x30 0x0 0x0\n";

TEST(HostPartition, IsAskedWhereTheRegisterWasRead) {
  const Finding open = Judge(kRoot + "msr 0xc80 = 0x0\n");
  EXPECT_EQ(open.outcome, Outcome::kFail);
  EXPECT_THAT(open.message, HasSubstr("As read through Hyper-V, which may filter it."));
  const Finding locked = Judge(kRoot + "msr 0xc80 = 0x40000000\n");
  EXPECT_EQ(locked.outcome, Outcome::kPass);
  EXPECT_THAT(locked.message, HasSubstr("may filter"));
}

TEST(HostPartition, WhatWasNotReadIsOpen) {
  const Finding unread = Judge(kRoot + "msr 0xc80 ! permission-denied\n");
  EXPECT_EQ(unread.outcome, Outcome::kIndeterminate);
  EXPECT_THAT(unread.message, Not(HasSubstr("may filter")));
}

TEST(HostPartition, AGuestIsNotAskedAboutFirmware) {
  const Finding guest = Judge(kGuest + "msr 0xc80 = 0x0\n");
  EXPECT_EQ(guest.outcome, Outcome::kNotApplicable);
  EXPECT_THAT(guest.message, HasSubstr("guest"));
}

// The verdict itself, as a finding.
TEST(HostPartition, IsUsable) {
  EXPECT_EQ(Judge(kRoot, "virtualization.usable").outcome, Outcome::kPass);
  EXPECT_EQ(Judge(kRoot, "virtualization.uniform").outcome, Outcome::kPass);
  EXPECT_THAT(Judge(kRoot, "virtualization.uniform").message, Not(HasSubstr("may filter")));
}

}  // namespace
}  // namespace vtprobe
