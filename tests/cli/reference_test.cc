// vtprobe rules and vtprobe registers, and the documents that they make.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "hal/temp_tree.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/rule_facts.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

using Json = nlohmann::ordered_json;
using testing::ContainsRegex;
using testing::HasSubstr;

TEST(Rules, AreListedWithSeverityAndTitle) {
  const Ended ended = Vtprobe({"rules"});
  EXPECT_EQ(ended.exit_status, 0);
  for (const Rule* const rule : ExplainedRules()) {
    EXPECT_THAT("\n" + ended.out, HasSubstr("\n" + std::string(rule->id) + " "));
  }
  EXPECT_THAT(ended.out, ContainsRegex("intel\\.debug_interface\\.locked +high +Silicon debug"));
}

TEST(Rules, AreExplainedOneByOne) {
  for (const Rule* const rule : ExplainedRules()) {
    const Ended ended = Vtprobe({"rules", "explain", std::string(rule->id)});
    EXPECT_EQ(ended.exit_status, 0);
    EXPECT_THAT(ended.out, testing::StartsWith(std::string(rule->id) + "\n"));
    for (const MsrDef* const msr : rule->msrs) {
      EXPECT_THAT(ended.out, HasSubstr(std::string(msr->name)));
    }
    for (const Parameter& parameter : rule->parameters) {
      EXPECT_THAT(ended.out, HasSubstr(std::string(parameter.name) + ":"));
    }
  }
  const std::string text = Vtprobe({"rules", "explain", "intel.debug_interface.locked"}).out;
  EXPECT_THAT(text, HasSubstr("IA32_DEBUG_INTERFACE (0xc80)"));
  EXPECT_THAT(text, HasSubstr("[intel/sdm-vol4] table 2-2"));
  EXPECT_THAT(text, ContainsRegex("profiles .*hardened"));
  EXPECT_THAT(text, HasSubstr("Direct Connect Interface")) << "the remedy";
}

TEST(Rules, SayWhyTheyMatterAndWhatAFailureCosts) {
  const std::string text = Vtprobe({"rules", "amd.rmp.coverage"}).out;
  EXPECT_THAT(text, ContainsRegex("subject +Encrypted guests \\(SEV, SNP\\)"));
  EXPECT_THAT(text, ContainsRegex("why +A page without an entry can't be given to a guest\\."));
  EXPECT_THAT(text, ContainsRegex("a failure +Linux refuses SNP"));
  EXPECT_THAT(text, ContainsRegex("checked by +Linux \\(SEV\\)"));
  EXPECT_THAT(Vtprobe({"rules", "cpu.identity.known"}).out,
              ContainsRegex("checked by +nobody that we know of"));
}

TEST(Rules, StandUnderTheirSubjects) {
  const std::string text = Vtprobe({"rules", "--format", "markdown"}).out;
  const auto at = [&](std::string_view heading) { return text.find(heading); };
  EXPECT_LT(at("\n## Hardware virtualization\n"), at("\n### virtualization.usable\n"));
  EXPECT_LT(at("\n### amd.svm_key.reads_zero\n"), at("\n## The CPU, "));
  EXPECT_LT(at("\n## System-management mode\n"), at("\n### amd.hwcr.smmlock\n"));
  for (const Rule* const rule : ExplainedRules()) {
    EXPECT_NE(at("\n### " + std::string(rule->id) + "\n"), std::string::npos) << rule->id;
  }
  // Without rules of its own there is no heading: a profile's are not listed.
  EXPECT_EQ(at("\n## What a profile expects\n"), std::string::npos);
}

TEST(Rules, AsJsonAreAllOfThem) {
  const Json document = Json::parse(Vtprobe({"rules", "--format", "json"}).out, nullptr, false);
  EXPECT_EQ(document["schema"], "vtprobe-rules/1");
  ASSERT_EQ(document["rules"].size(), ExplainedRules().size());
  for (std::size_t i = 0; i < ExplainedRules().size(); ++i) {
    EXPECT_EQ(document["rules"][i]["id"], ExplainedRules()[i]->id);
    EXPECT_EQ(document["rules"][i]["subject"], Name(FactsOf(*ExplainedRules()[i]).subject));
    for (const char* const sentence : {"why", "cost"}) {
      EXPECT_THAT(document["rules"][i][sentence].get<std::string>(), testing::EndsWith("."));
    }
  }
}

TEST(Rules, ThatAreNoneHaveNeighbours) {
  const Ended ended = Vtprobe({"rules", "explain", "intel.debug_interface.lokced"});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, HasSubstr("the nearest are intel.debug_interface.locked"));
  EXPECT_EQ(Vtprobe({"rules", "explain"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"rules", "virtualization.usabel"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"rules", "--format", "xml"}).exit_status, 64);
}

TEST(Registers, AreListedWithAddressScopeAndTitle) {
  const Ended ended = Vtprobe({"registers"});
  EXPECT_EQ(ended.exit_status, 0);
  for (const MsrDef* const msr : registers::AllMsrs()) {
    EXPECT_THAT(ended.out, HasSubstr(std::string(msr->name) + " "));
  }
  EXPECT_THAT(ended.out, ContainsRegex("IA32_FEATURE_CONTROL +0x3a +thread +control of features"));
  EXPECT_THAT(ended.out, ContainsRegex("CPUID\\.01H:ECX +0x1\\.0x0 +feature flags"));
}

// [intel/sdm-vol4] table 2-2: 3AH exists if VMX, SMX or SGX does.
// [amd/apm-vol2] 15.30.1: VM_CR comes with SVM.
TEST(Registers, SayWhenACpuHasThem) {
  EXPECT_THAT(Vtprobe({"registers", "IA32_FEATURE_CONTROL", "--format", "json"}).out,
              HasSubstr("\"gate\": \"Intel, Centaur, Zhaoxin; one of CPUID.01H:ECX.VMX, "
                        "CPUID.01H:ECX.SMX, CPUID.07H:EBX.SGX\""));
  EXPECT_THAT(Vtprobe({"registers", "vm_cr", "--format", "json"}).out,
              HasSubstr("\"gate\": \"AMD, Hygon; CPUID.80000001H:ECX.SVM\""));
  EXPECT_THAT(Vtprobe({"registers", "0x8b", "--format", "json"}).out,
              HasSubstr("\"gate\": \"every vendor that is known\""));
}

TEST(Registers, AreAllOnCpusThatAreKnown) {
  const Json document = Json::parse(Vtprobe({"registers", "--format", "json"}).out, nullptr, false);
  for (const Json& reg : document["registers"]) {
    EXPECT_NE(reg["gate"], "no CPU that is known") << reg["name"];
  }
}

TEST(Registers, HaveTheirFields) {
  const std::string text = Vtprobe({"registers", "0x3a"}).out;
  EXPECT_THAT(text, testing::StartsWith("IA32_FEATURE_CONTROL (0x3a)\n"));
  EXPECT_THAT(text, ContainsRegex("bit 0 +LOCK +the register is locked"));
  EXPECT_THAT(text, ContainsRegex("bits 14:8 +SENTER_LOCAL "));
  EXPECT_THAT(Vtprobe({"registers", "CPUID.01H:ECX"}).out, ContainsRegex("bit 5 +VMX "));
}

TEST(Registers, ThatAreNoneHaveNeighbours) {
  const Ended misspelt = Vtprobe({"registers", "IA32_FEATURE_CONTRL"});
  EXPECT_EQ(misspelt.exit_status, 64);
  EXPECT_THAT(misspelt.err, HasSubstr("the nearest are IA32_FEATURE_CONTROL"));
  const Ended unknown = Vtprobe({"registers", "0x39"});
  EXPECT_EQ(unknown.exit_status, 64);
  EXPECT_THAT(unknown.err, HasSubstr("IA32_FEATURE_CONTROL (0x3a)"));
}

// A command, and the document that it prints.
class Document : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Document, IsWhatTheTablesSay) {
  const auto& [name, document] = GetParam();
  const std::string committed = ContentOf(std::string(VTPROBE_DOCS "/") + document);
  EXPECT_TRUE(Vtprobe({name, "--format", "markdown"}).out == committed)
      << document << " is of other tables; tools/update-docs.sh makes it anew";
}

INSTANTIATE_TEST_SUITE_P(Docs, Document,
                         testing::Values(std::pair("rules", "RULES.md"),
                                         std::pair("registers", "REGISTERS.md")),
                         [](const auto& test) { return std::string(test.param.first); });

}  // namespace
}  // namespace vtprobe
