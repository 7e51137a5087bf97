// check --profile: which profile it is, what it makes of the exit status, and
// what is wrong with one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// VT-x is enabled and locked; CPUID says that 0xc80 is there, and its lock is
// open on CPU 3. [intel/sdm-vol4] table 2-2, IA32_DEBUG_INTERFACE
const std::string kDebugOpenOnCpu3 =
    Intel("0-7",
          "cpuid 0x7.0x0 = 0x0 0x0 0x0 0x0\nmsr 0x3a = 0x5\n"
          "cpu 0-2,4-7\nmsr 0xc80 = 0x40000000\ncpu 3\nmsr 0xc80 = 0x0\n");

const std::string kCountsDebug = "name = \"lab\"\n[rules.\"intel.debug_interface.locked\"]\n";
const std::string kWaiver = "[[rules.\"intel.debug_interface.locked\".waivers]]\n";

class CheckByProfile : public testing::Test {
 protected:
  Ended Check(const std::string& profile, std::vector<std::string> more = {}) {
    std::filesystem::remove(path_);
    tree_.Write("lab.toml", 0, profile);
    more.insert(more.end(), {"--profile", path_, "--replay", "-"});
    return Vtprobe(more, {.input = kDebugOpenOnCpu3});
  }

  TempTree tree_;
  const std::string path_ = tree_.root() + "/lab.toml";
};

TEST_F(CheckByProfile, FailsWhereARuleThatCountsFails) {
  EXPECT_EQ(Vtprobe({"--replay", "-"}, {.input = kDebugOpenOnCpu3}).exit_status, 0);
  EXPECT_EQ(Check(kCountsDebug).exit_status, 1);
  EXPECT_EQ(Check("name = \"lab\"\n").exit_status, 0);
}

TEST_F(CheckByProfile, AcceptsWhatAWaiverAccepts) {
  const std::string waiver = kCountsDebug + kWaiver + "reason = \"board 7\"\n";
  EXPECT_EQ(Check(waiver).exit_status, 0);
  EXPECT_EQ(Check(waiver + "cpus = \"3\"\nexpires = 9999-12-31\n").exit_status, 0);
  EXPECT_EQ(Check(waiver + "cpus = \"4\"\n").exit_status, 1);
  const Json report = Json::parse(Check(waiver, {"--format", "json"}).out, nullptr, false);
  EXPECT_EQ(report["summary"]["waived"], 1);
  EXPECT_THAT(Check(waiver).out, HasSubstr("board 7"));
}

TEST_F(CheckByProfile, NamesWhatFailsInTheShortAnswerToo) {
  EXPECT_THAT(Check(kCountsDebug, {"-q"}).out,
              testing::EndsWith("\nFails: intel.debug_interface.locked.\n"));
  EXPECT_THAT(Check("name = \"lab\"\n", {"-q"}).out, testing::Not(HasSubstr("Fails")));
}

TEST_F(CheckByProfile, SaysWhichProfileItIsAndWhatCounts) {
  const Json report = Json::parse(Check(kCountsDebug, {"--format", "json"}).out, nullptr, false);
  EXPECT_EQ(report["profile"], "lab");
  EXPECT_EQ(report["exit_code"], 1);
  for (const Json& finding : report["findings"]) {
    EXPECT_EQ(finding["counted"], finding["rule"] == "virtualization.usable" ||
                                      finding["rule"] == "intel.debug_interface.locked");
  }
  EXPECT_THAT(Check(kCountsDebug).out, HasSubstr("lab"));
}

TEST_F(CheckByProfile, OfAMalformedFileNamesThePlace) {
  const Ended ended = Check("name = \"lab\"\n[rules.\"intel.debug_interface.lockd\"]\n");
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, StartsWith(path_ + ":2:8: there is no rule"));
  EXPECT_THAT(ended.err, HasSubstr("intel.debug_interface.locked"));
}

TEST_F(CheckByProfile, OfAnExpiredWaiverIsAnError) {
  const Ended ended =
      Check(kCountsDebug + kWaiver + "reason = \"board 7\"\nexpires = 2001-09-09\n");
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, StartsWith(path_ + ":5:11: the waiver expired on 2001-09-09"));
}

TEST_F(CheckByProfile, TakesAFileByWhatItsNameLooksLike) {
  for (const std::string path : {"none.toml", "./none"}) {
    const Ended ended = Vtprobe({"--profile", path, "--replay", "-"}, {.input = kDebugOpenOnCpu3});
    EXPECT_EQ(ended.exit_status, 66);
    EXPECT_THAT(ended.err, HasSubstr(path + ": No such file"));
  }
}

TEST_F(CheckByProfile, OfAnUnknownNameSaysWhichThereAre) {
  const Ended ended =
      Vtprobe({"--profile", "kvmhost", "--replay", "-"}, {.input = kDebugOpenOnCpu3});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, HasSubstr("there is no profile kvmhost; the nearest are kvm-host"));
}

TEST_F(CheckByProfile, KnowsTheShippedOnes) {
  const Ended ended = Vtprobe({"--profile", "hardened", "--format", "json", "--replay", "-"},
                              {.input = kDebugOpenOnCpu3});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_EQ(Json::parse(ended.out, nullptr, false)["profile"], "hardened");
}

TEST(ProfileCommand, ListsAndShowsTheShippedOnes) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"profile"}, {"profile", "list"}}) {
    const Ended ended = Vtprobe(arguments);
    EXPECT_EQ(ended.exit_status, 0);
    EXPECT_THAT(ended.out, HasSubstr("kvm-host "));
    EXPECT_THAT(ended.out, HasSubstr("hardened "));
  }
  EXPECT_THAT(Vtprobe({"profile", "show", "kvm-host"}).out, HasSubstr("name = \"kvm-host\"\n"));
}

TEST(ProfileCommand, MakesAProfileThatTheMachinePassesAndAnotherDoesNot) {
  const std::string golden =
      Intel("0-7", "cpuid 0x7.0x0 = 0x0 0x0 0x0 0x0\nmsr 0x3a = 0x5\nmsr 0xc80 = 0x40000000\n");
  TempTree tree;
  const std::string path = tree.root() + "/golden.toml";
  const Ended made = Vtprobe({"profile", "from", "-", "-o", path}, {.input = golden});
  EXPECT_EQ(made.exit_status, 0) << made.err;
  EXPECT_EQ(Vtprobe({"--profile", path, "--replay", "-"}, {.input = golden}).exit_status, 0);
  EXPECT_EQ(Vtprobe({"--profile", path, "--replay", "-"}, {.input = kDebugOpenOnCpu3}).exit_status,
            1);
}

class CheckByExpectations : public CheckByProfile {
 protected:
  int StatusOf(const std::string& expected) {
    return Check("name = \"lab\"\n[expect]\n" + expected).exit_status;
  }
};

TEST_F(CheckByExpectations, FailsWhereAFieldIsNotAsExpected) {
  EXPECT_EQ(StatusOf("\"IA32_FEATURE_CONTROL.LOCK\" = 1\n"), 0);
  EXPECT_EQ(StatusOf("IA32_FEATURE_CONTROL.LOCK = 0\n"), 1);
  EXPECT_EQ(StatusOf("IA32_DEBUG_INTERFACE.LOCK = 1\n"), 1);
  EXPECT_EQ(StatusOf("\"0x3a\" = 0x5\n"), 0);
  EXPECT_EQ(StatusOf("\"0x3b\" = 0x5\n"), 2) << "it was not recorded";
  EXPECT_THAT(Check("name = \"lab\"\n[expect]\nIA32_DEBUG_INTERFACE.LOCK = 1\n").out,
              HasSubstr("CPU 3: IA32_DEBUG_INTERFACE.LOCK is 0x0 and should be 0x1."));
}

TEST_F(CheckByExpectations, CountsCpus) {
  EXPECT_EQ(StatusOf("cpus = 8\n"), 0);
  EXPECT_EQ(StatusOf("cpus = 16\n"), 1);
}

TEST_F(CheckByExpectations, AreWaivedAsRulesAre) {
  const std::string expected =
      "IA32_DEBUG_INTERFACE.LOCK = 1\n"
      "[[rules.\"profile.registers\".waivers]]\nreason = \"board 7\"\n";
  EXPECT_EQ(StatusOf(expected + "cpus = \"3\"\n"), 0);
  EXPECT_EQ(StatusOf(expected + "cpus = \"4\"\n"), 1);
}

TEST_F(CheckByExpectations, NameTheNearestOfWhatIsNone) {
  const Ended ended = Check("name = \"lab\"\n[expect]\n\"IA32_FEATURE_CONTROL.LOOK\" = 1\n");
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, StartsWith(path_ + ":3:1: IA32_FEATURE_CONTROL has no field LOOK"));
  EXPECT_THAT(Check("name = \"lab\"\n[expect]\nIA32_FEATURE_CONTROL.LOCK = 2\n").err,
              HasSubstr("LOCK has 1 bit, and 0x2 has more"));
}

TEST_F(CheckByProfile, AddsToAFileBesideIt) {
  tree_.Write("base.toml", 0, kCountsDebug);
  const Ended ended = Check("name = \"mine\"\nextends = \"base.toml\"\n");
  EXPECT_EQ(ended.exit_status, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Profile mine is NOT met"));
  EXPECT_EQ(Check("name = \"mine\"\nextends = \"none.toml\"\n").exit_status, 65);
  tree_.Write("wrong.toml", 0, "name = 1\n");
  EXPECT_THAT(Check("name = \"mine\"\nextends = \"wrong.toml\"\n").err,
              HasSubstr("wrong.toml:1:8: name: expected a string"));
  EXPECT_THAT(Check("name = \"mine\"\nextends = \"lab.toml\"\n").err,
              HasSubstr("lab.toml extends itself"));
}

TEST(ProfileCommand, ChecksAndShowsAFileWithWhatItExtends) {
  TempTree tree;
  tree.Write("base.toml", 0, kCountsDebug);
  tree.Write("mine.toml", 0, "name = \"mine\"\nextends = \"./base.toml\"\n[expect]\ncpus = 8\n");
  const std::string mine = tree.root() + "/mine.toml";
  const Ended checked = Vtprobe({"profile", "check", mine});
  EXPECT_EQ(checked.exit_status, 0) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("mine: 3 rules count, 0 waivers, 1 expectations of its own."));
  const Ended shown = Vtprobe({"profile", "show", mine});
  EXPECT_THAT(shown.out, HasSubstr("[rules.\"intel.debug_interface.locked\"]\n"));
  EXPECT_THAT(shown.out, HasSubstr("[expect]\ncpus = 8\n"));
  tree.Write("none.toml", 0, "nam = 1\n");
  EXPECT_EQ(Vtprobe({"profile", "check", tree.root() + "/none.toml"}).exit_status, 65);
}

TEST(ProfileCommand, ExplainsMistakes) {
  EXPECT_THAT(Vtprobe({"profile", "form", "a.dump"}).err, HasSubstr("list, show, check and from"));
  EXPECT_THAT(Vtprobe({"profile", "show"}).err, HasSubstr("needs a NAME"));
  EXPECT_THAT(Vtprobe({"profile", "from"}).err, HasSubstr("needs a DUMP"));
  EXPECT_THAT(Vtprobe({"profile", "list", "all"}).err, HasSubstr("takes nothing more"));
  EXPECT_THAT(Vtprobe({"profile", "show", "kvm"}).err, HasSubstr("nearest are kvm-host"));
  EXPECT_EQ(Vtprobe({"profile", "show", "kvm"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"profile", "from", "none.dump"}).exit_status, 66);
  EXPECT_EQ(Vtprobe({"profile", "from", "-"}, {.input = "no dump"}).exit_status, 65);
}

}  // namespace
}  // namespace vtprobe
