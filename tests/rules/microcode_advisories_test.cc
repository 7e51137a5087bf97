// Which levels are asked of a CPU follows from its signature and, where one
// signature is of several platforms, from IA32_PLATFORM_ID; and nothing of it is a
// failure unless a profile says so.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "rules/judged_dump.h"
#include "vtprobe/probes/microcode_levels.h"
#include "vtprobe/probes/profile.h"

namespace vtprobe {
namespace {

constexpr std::string_view kRule = "cpu.microcode.advisories";

// Sapphire Rapids, of which platform 4 is Xeon Max, with microcode of its own:
// releasenote.md, microcode-20250812: 06-8f-08/87 0x2b000643, 06-8f-08/10 0x2c000401.
std::string SapphireRapids(const std::string& msrs) {
  return "cpu 0-1\n"
         "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
         "cpuid 0x1.0x0 = 0x806f8 0x0 0x7ffefbff 0xbfebfbff\n" +
         msrs;
}

// Milan B1: AMD-SB-7029 from 0x0a0011d7 on (amd_check_tsa_microcode), AMD-SB-7033
// above 0xa0011da (get_cutoff_revision).
std::string Milan(const std::string& msrs, std::string_view vendor =
                                               "0x68747541 0x444d4163 "
                                               "0x69746e65") {
  return "cpu 0-1\ncpuid 0x0.0x0 = 0x10 " + std::string(vendor) +
         "\ncpuid 0x1.0x0 = 0xa00f11 0x0 0x7ed8320b 0x178bfbff\n" + msrs;
}

Profile Expecting() {
  Profile profile;
  profile.rules[std::string(kRule)].settings["expect"] = std::string("levels");
  return profile;
}

bool Says(const std::vector<Finding>& findings, std::string_view words) {
  return findings.front().message.find(words) != std::string::npos;
}

TEST(MicrocodeAdvisories, ALevelThatIsReachedPassesWithItsSourceAndDate) {
  const auto findings =
      JudgeDump(kRule, SapphireRapids("msr 0x17 = 0x0\nmsr 0x8b = 0x2b00064300000000\n"));
  EXPECT_EQ(Outcomes(findings), "pass 0-1");
  EXPECT_TRUE(Says(findings, "0x2b000643 (INTEL-SA-01249, ")) << findings.front().message;
  EXPECT_TRUE(Says(findings, MicrocodeLevelsDate())) << findings.front().message;
}

TEST(MicrocodeAdvisories, BelowItWarnsAndFailsWhereAProfileAsks) {
  const std::string dump = SapphireRapids("msr 0x17 = 0x0\nmsr 0x8b = 0x2b00064200000000\n");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, dump)), "warn 0-1");
  const Profile asks = Expecting();
  EXPECT_EQ(Outcomes(JudgeDump(kRule, dump, &asks)), "fail 0-1");
  Profile names_it;
  names_it.rules[std::string(kRule)];
  EXPECT_EQ(Outcomes(JudgeDump(kRule, dump, &names_it)), "warn 0-1");
}

TEST(MicrocodeAdvisories, EachPlatformHasItsOwnLevel) {
  // 2 << 50 is platform 2, of the mask 0x87; 4 << 50 is platform 4, Xeon Max.
  EXPECT_EQ(Outcomes(JudgeDump(kRule, SapphireRapids("msr 0x17 = 0x8000000000000\n"
                                                     "msr 0x8b = 0x2b00064300000000\n"))),
            "pass 0-1");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, SapphireRapids("msr 0x17 = 0x10000000000000\n"
                                                     "msr 0x8b = 0x2b00064300000000\n"))),
            "warn 0-1");
  // Platform 3 is of neither.
  EXPECT_EQ(Outcomes(JudgeDump(kRule, SapphireRapids("msr 0x17 = 0xc000000000000\n"
                                                     "msr 0x8b = 0x2b00064300000000\n"))),
            "not_applicable 0-1");
}

TEST(MicrocodeAdvisories, AnUnknownPlatformMattersOnlyBetweenTheLevels) {
  const auto with = [](std::string_view revision) {
    return Outcomes(
        JudgeDump(kRule, SapphireRapids("msr 0x8b = 0x" + std::string(revision) + "00000000\n")));
  };
  EXPECT_EQ(with("2b000642"), "warn 0-1");
  EXPECT_EQ(with("2b000643"), "indeterminate 0-1");
  EXPECT_EQ(with("2c000400"), "indeterminate 0-1");
  EXPECT_EQ(with("2c000401"), "pass 0-1");
}

// releasenote.md: Lakefield went from 0x28 to 0x33, Jasper Lake from 0x1d
// (microcode-20210608) to 0x2400001f (microcode-20220207) and 0x24000026.
TEST(MicrocodeAdvisories, ARevisionOfAnotherNumberingIsNotCalledLater) {
  const auto with = [](std::string_view signature, std::string_view revision) {
    return Outcomes(JudgeDump(kRule,
                              "cpu 0-1\ncpuid 0x0.0x0 = 0x1b 0x756e6547 0x6c65746e 0x49656e69\n"
                              "cpuid 0x1.0x0 = " +
                                  std::string(signature) + " 0x0 0x0 0xbfebfbff\nmsr 0x8b = " +
                                  std::string(revision) + "00000000\n"));
  };
  EXPECT_EQ(with("0x806a1", "0x24000022"), "indeterminate 0-1");
  EXPECT_EQ(with("0x806a1", "0x32"), "pass 0-1");
  EXPECT_EQ(with("0x806a1", "0x31"), "warn 0-1");
  EXPECT_EQ(with("0x906c0", "0x1d"), "warn 0-1");
  EXPECT_EQ(with("0x906c0", "0x2400001f"), "warn 0-1");
  EXPECT_EQ(with("0x906c0", "0x24000026"), "pass 0-1");
  EXPECT_EQ(with("0x906c0", "0x25000001"), "indeterminate 0-1");
}

TEST(MicrocodeAdvisories, NamesTheAdvisoriesThatAreMissed) {
  const auto between = JudgeDump(kRule, Milan("msr 0x8b = 0xa0011da\n"));
  EXPECT_EQ(Outcomes(between), "warn 0-1");
  EXPECT_TRUE(Says(between, "0xa0011db (AMD-SB-7033)")) << between.front().message;
  EXPECT_FALSE(Says(between, "AMD-SB-7029")) << between.front().message;
  const auto below = JudgeDump(kRule, Milan("msr 0x8b = 0xa0011d6\n"));
  EXPECT_TRUE(Says(below, "0xa0011d7 (AMD-SB-7029), 0xa0011db (AMD-SB-7033)"))
      << below.front().message;
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Milan("msr 0x8b = 0xa0011db\n"))), "pass 0-1");
}

TEST(MicrocodeAdvisories, WhatTheSystemCantLoadIsNotAdvised) {
  EXPECT_NE(JudgeDump(kRule, Milan("msr 0x8b = 0xa0011da\n")).front().remedy.find("can't load"),
            std::string::npos);
  const auto intel =
      JudgeDump(kRule, SapphireRapids("msr 0x17 = 0x0\nmsr 0x8b = 0x2b00064200000000\n"));
  EXPECT_NE(intel.front().remedy.find("microcode package"), std::string::npos);
}

TEST(MicrocodeAdvisories, AProfilesLevelGoesBeforeTheTables) {
  Profile profile;
  profile.rules[std::string(kRule)].settings["minimum"] = RevisionFloors{{0xa00f11, 0xa0011d5}};
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Milan("msr 0x8b = 0xa0011d5\n"), &profile)), "pass 0-1");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Milan("msr 0x8b = 0xa0011d4\n"), &profile)), "fail 0-1");
}

TEST(MicrocodeAdvisories, SaysNothingOfWhatTheTableDoesNotHave) {
  EXPECT_EQ(Outcomes(JudgeDump(kRule,
                               "cpu 0\ncpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e "
                               "0x49656e69\ncpuid 0x1.0x0 = 0x6f6 0x0 0x0 0xbfebfbff\n"
                               "msr 0x8b = 0xd200000000\n")),
            "not_applicable 0");
  // Hygon's signatures are Hygon's, whatever AMD's table says of the number.
  EXPECT_EQ(Outcomes(JudgeDump(
                kRule, Milan("msr 0x8b = 0xa0011d4\n", "0x6f677948 0x656e6975 0x6e65476e"))),
            "not_applicable 0-1");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Milan("msr 0x8b = 0x0\n"))), "not_applicable 0-1");
  // QEMU's, which has no hypervisor bit where it emulates a CPU without one.
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Milan("msr 0x8b = 0x1000065\n"))), "not_applicable 0-1");
}

TEST(MicrocodeAdvisories, UnreadIsIndeterminate) {
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Milan("msr 0x8b ! io\n"))), "indeterminate 0-1");
}

}  // namespace
}  // namespace vtprobe
