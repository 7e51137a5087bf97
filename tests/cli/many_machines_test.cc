// A check of many recordings: a machine each, one report, and nothing of one
// that can't be read keeps the others from being judged.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"
#include "tar_writer.h"

namespace vtprobe {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

// Zen's vendor and feature leaves, SVM offered and switched on.
constexpr std::string_view kAmd =
    "vtprobe-dump 1\nmeta source = a thread\ncpu 0-1\n"
    "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0x800f12 0x2100800 0x7ed8320b 0x178bfbff\n"
    "cpuid 0x80000000.0x0 = 0x8000001f 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x80000001.0x0 = 0x800f12 0x0 0x35c233ff 0x2fd3fbff\n"
    "msr 0xc0010114 = 0x8\n";

class ManyMachines : public testing::Test {
 protected:
  // An Intel machine whose switch has this value.
  std::string Machine(const std::string& name, const std::string& feature_control) {
    return File(name, Intel("0-7", "msr 0x3a = " + feature_control + "\n"));
  }
  std::string File(const std::string& name, std::string_view text) {
    tree_.Write(name, 0, text);
    return Path(name);
  }
  std::string Path(const std::string& name) const { return tree_.root() + "/" + name; }

  static nlohmann::json Json(const Ended& ended) {
    return nlohmann::json::parse(ended.out, nullptr, false);
  }

  TempTree tree_;
};

TEST_F(ManyMachines, AreALineEachTheWorstFirst) {
  const std::string usable = Machine("usable.dump", "0x5");
  const std::string off = Machine("off.dump", "0x1");
  const std::string unread = File("unread.dump", Intel("0-7", "msr 0x3a ! no-driver\n"));
  const Ended ended = Vtprobe({"check", usable, unread, off});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.out, StartsWith("3 machines: 1 NOT usable, 1 unknown, 1 usable.\n"));
  EXPECT_LT(ended.out.find(off), ended.out.find(unread));
  EXPECT_LT(ended.out.find(unread), ended.out.find(usable));
}

TEST_F(ManyMachines, ExitAsTheWorstOfThem) {
  const std::string usable = Machine("usable.dump", "0x5");
  const std::string off = Machine("off.dump", "0x1");
  const std::string unknown = File("unknown.dump", Intel("0-7", "msr 0x3a ! no-driver\n"));
  const std::string none = File("none.dump",
                                "vtprobe-dump 1\ncpu 0\n"
                                "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                                "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafb9f 0xbfebfbff\n");
  const std::string malformed = File("malformed.dump", "vtprobe-dump 1\ncpu x\n");
  const auto exit_status = [](const std::vector<std::string>& files) {
    std::vector<std::string> arguments = {"check", "-q"};
    arguments.insert(arguments.end(), files.begin(), files.end());
    return Vtprobe(arguments).exit_status;
  };
  EXPECT_EQ(exit_status({usable, usable}), 0);
  EXPECT_EQ(exit_status({usable, none}), 3);
  EXPECT_EQ(exit_status({none, unknown, usable}), 2);
  EXPECT_EQ(exit_status({none, unknown, off}), 1);
  EXPECT_EQ(exit_status({off, malformed}), 65);
  EXPECT_EQ(exit_status({off, Path("missing.dump")}), 66);
}

// 0 OK, 2 CRITICAL, 3 UNKNOWN, whatever is wrong with a recording; a mistake of who
// called it stays one.
TEST_F(ManyMachines, EndAsAPluginDoesWhereTheyAreForOne) {
  const std::string usable = Machine("usable.dump", "0x5");
  const std::string off = Machine("off.dump", "0x1");
  const std::string malformed = File("malformed.dump", "vtprobe-dump 1\ncpu x\n");
  const auto plugin = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"check", "--format", "nagios"});
    return Vtprobe(arguments);
  };
  EXPECT_EQ(plugin({usable}).exit_status, 0);
  EXPECT_EQ(plugin({"--replay", off}).exit_status, 2);
  EXPECT_EQ(plugin({usable, off, malformed}).exit_status, 2);
  EXPECT_EQ(plugin({usable, malformed}).exit_status, 3);
  for (const Ended& ended : {plugin({malformed}), plugin({"--replay", malformed})}) {
    EXPECT_EQ(ended.exit_status, 3);
    EXPECT_THAT(ended.out, StartsWith("VTPROBE UNKNOWN - "));
    EXPECT_THAT(ended.out, HasSubstr("malformed.dump:2:5"));
  }
  EXPECT_EQ(plugin({Path("missing.dump")}).exit_status, 3);
  EXPECT_EQ(plugin({"--profile", "nosuch", usable}).exit_status, 64);
}

TEST_F(ManyMachines, OfWhichOneIsMalformedAreJudgedAndItIsAnError) {
  const std::string good = Machine("lab/good.dump", "0x5");
  const std::string bad = File("lab/bad.dump", "vtprobe-dump 1\ncpu x\n");
  const std::string place = bad + ":2:5: expected";

  const Ended junit = Vtprobe({"check", "--format", "junit", Path("lab")});
  EXPECT_EQ(junit.exit_status, 65);
  EXPECT_THAT(junit.err, StartsWith(place));
  EXPECT_THAT(junit.out, AllOf(HasSubstr("<testsuite name=\"" + good + "\""),
                               HasSubstr("<testsuite name=\"" + bad +
                                         "\" tests=\"1\" failures=\"0\" errors=\"1\""),
                               HasSubstr("<error message=\"" + place)));

  const Ended tap = Vtprobe({"check", "--format", "tap", Path("lab")});
  EXPECT_THAT(tap.out, AllOf(HasSubstr("\n1..2\n"), HasSubstr("\nok 2 - " + good),
                             HasSubstr("\nnot ok 1 - " + bad)));

  const auto sarif = Json(Vtprobe({"check", "--format", "sarif", Path("lab")}));
  std::map<std::string, std::size_t> errors;
  for (const auto& result : sarif["runs"][0]["results"]) {
    const auto& uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    const std::size_t count = errors[uri.get<std::string>()];
    if (result["ruleId"] == "recording.readable" && result["level"] == "error") {
      errors[uri.get<std::string>()] = count + 1;
    }
  }
  EXPECT_THAT(errors, ElementsAre(Pair(bad, 1), Pair(good, 0)));

  const auto json = Json(Vtprobe({"check", "--format", "json", Path("lab")}));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["subject"]["file"], bad);
  EXPECT_EQ(json[0]["exit_code"], 65);
  EXPECT_THAT(json[0]["error"].get<std::string>(), StartsWith(place));
  EXPECT_EQ(json[1]["subject"]["file"], good);
  EXPECT_EQ(json[1]["exit_code"], 0);
}

// An Intel and an AMD machine that would both pass.
TEST_F(ManyMachines, OfTwoMakesAreNeverOne) {
  const std::string intel = Machine("intel.dump", "0x5");
  const std::string amd = File("amd.dump", kAmd);
  const auto json = Json(Vtprobe({"check", "--format", "json", intel, amd}));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["subject"]["vendor"], "GenuineIntel");
  EXPECT_EQ(json[1]["subject"]["vendor"], "AuthenticAMD");
  EXPECT_EQ(json[1]["subject"]["file"], amd);
  EXPECT_EQ(json[1]["subject"]["source"], "a thread");

  const Ended sequence = Vtprobe({"check", "--replay", intel, "--replay", amd});
  EXPECT_EQ(sequence.exit_status, 64);
  EXPECT_THAT(sequence.err, AllOf(HasSubstr("GenuineIntel"), HasSubstr("AuthenticAMD")));
}

TEST_F(ManyMachines, MayBeOneWhichIsAnsweredAsEver) {
  const std::string file = Machine("a.dump", "0x1");
  const Ended by_itself = Vtprobe({file});
  const Ended replayed = Vtprobe({"--replay", file});
  EXPECT_EQ(by_itself.exit_status, 1);
  EXPECT_EQ(by_itself.out, replayed.out);
  EXPECT_EQ(Vtprobe({"check", file}).out, replayed.out);
  EXPECT_EQ(Vtprobe({"check", "-"}, {.input = std::string(kSmxOnly)}).exit_status, 1);
  const Ended malformed = Vtprobe({File("bad.dump", "vtprobe-dump 1\ncpu x\n")});
  EXPECT_EQ(malformed.exit_status, 65);
  EXPECT_THAT(malformed.out, IsEmpty());
}

TEST_F(ManyMachines, MayBeInAnArchive) {
  bench::TarWriter tar;
  tar.AddFile("lab/off.dump", Intel("0-7", "msr 0x3a = 0x1\n"));
  tar.AddFile("lab/usable.dump", kAmd);
  tar.AddFile("lab/README", "text\n");
  const std::string content = tar.Archive();
  const std::string archive = File("lab.tar", content);
  const auto json = Json(Vtprobe({"check", "--format", "json", archive}));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["subject"]["file"], archive + "!lab/off.dump");
  EXPECT_EQ(json[1]["exit_code"], 0);
  EXPECT_EQ(Json(Vtprobe({"check", "--format", "json", "-"}, {.input = content})).size(), 2U);
}

TEST_F(ManyMachines, LeaveAloneWhatIsNoRecording) {
  Machine("lab/a.dump", "0x5");
  File("lab/README", "text\n");
  const Ended ended = Vtprobe({Path("lab")});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("Files that are no recordings: 1."));
  // One that is named is asked for.
  EXPECT_EQ(Vtprobe({Path("lab/README")}).exit_status, 65);
}

// A recorder that failed leaves its file behind, and nobody counts fifty of them.
TEST_F(ManyMachines, OfWhichOneIsEmptyNameIt) {
  Machine("lab/a.dump", "0x5");
  for (const char* const name : {"lab/b.dump", "lab/c.vtpb"}) {
    const std::string empty = File(name, "");
    const Ended ended = Vtprobe({Path("lab")});
    EXPECT_EQ(ended.exit_status, 65);
    EXPECT_THAT(ended.err, HasSubstr(empty + ":1:1: nothing in it is a recording"));
    EXPECT_THAT(ended.out, HasSubstr("1 usable"));
  }
}

TEST_F(ManyMachines, OfAnEmptyFolderAreAnError) {
  const Ended ended = Vtprobe({tree_.root()});
  EXPECT_EQ(ended.exit_status, 66);
  EXPECT_THAT(ended.err, HasSubstr("there is no recording in it"));
}

TEST_F(ManyMachines, KeepASequenceOfOneTogether) {
  File("board/a.dump", Intel("0-3", "msr 0x3a = 0x5\nmsr 0xc80 = 0x40000000\n"));
  File("board/b.dump", Intel("0-3", "msr 0x3a = 0x5\nmsr 0xc80 = 0x0\n"));
  File("board/sequence.toml", "recordings = [\"a.dump\", \"b.dump\"]\n");
  const std::string usable = Machine("usable.dump", "0x5");
  const Ended ended = Vtprobe({"check", "--format", "json", Path("board"), usable});
  const auto json = Json(ended);
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["subject"]["file"], Path("board"));
  EXPECT_EQ(json[0]["exit_code"], 1);
  EXPECT_EQ(ended.exit_status, 1);
}

TEST_F(ManyMachines, NameTheRulesThatAProfileMisses) {
  const std::string off = Machine("off.dump", "0x1");
  const std::string usable = Machine("usable.dump", "0x5");
  const Ended ended = Vtprobe({"check", "--profile", "kvm-host", off, usable});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.out, HasSubstr("Fails: virtualization.usable."));
  EXPECT_THAT(ended.out, Not(HasSubstr("1 usable")));
}

TEST_F(ManyMachines, SayWhatAProfileExpectsThatNoRuleIsNamedAfter) {
  const std::string profile = File(
      "lab.toml",
      "name = \"lab\"\n[expect]\ncpus = 16\n\"IA32_FEATURE_CONTROL.LOCK\" = 1\n\"0x3a\" = 0x5\n");
  const std::string unlocked = Machine("unlocked.dump", "0x4");
  const std::string usable = Machine("usable.dump", "0x5");
  const std::string out = Vtprobe({"check", "--profile", profile, unlocked, usable}).out;
  EXPECT_THAT(out, HasSubstr("profile.registers (0x3a is 0x4 and should be 0x5, and 1 more)"));
  EXPECT_THAT(out, HasSubstr("Fails: profile.cpus (Online cpus: 8, and there should be 16)."));
}

// A line has room for four names unless the answer is to be short otherwise.
TEST_F(ManyMachines, NameAllRulesInTheShortAnswer) {
  std::string text = "name = \"lab\"\n[expect]\n\"board\" = \"X\"\n";
  // None of whose registers is in the recordings.
  const std::vector<std::string> rules = {"intel.debug_interface.locked", "intel.smrr.locked",
                                          "intel.c_states.locked", "intel.power_limit.locked"};
  for (const std::string& rule : rules) text += "[rules.\"" + rule + "\"]\nrequired = true\n";
  const std::string profile = File("lab.toml", text);
  const std::string a = Machine("a.dump", "0x5");
  const std::string b = Machine("b.dump", "0x5");
  const Ended full = Vtprobe({"check", "--profile", profile, a, b});
  EXPECT_THAT(full.out, HasSubstr("Not known: 5 rules."));
  const Ended quiet = Vtprobe({"check", "--profile", profile, a, b, "-q"});
  for (const std::string& rule : rules) EXPECT_THAT(quiet.out, HasSubstr(rule));
  EXPECT_THAT(quiet.out, HasSubstr("profile.machine (board should be X and is not recorded)."));
}

TEST_F(ManyMachines, MissACpuThatIsAskedFor) {
  const std::string a = Machine("a.dump", "0x5");
  const std::string b = Machine("b.dump", "0x5");
  EXPECT_EQ(Vtprobe({"check", a, b, "--cpus", "0-3"}).exit_status, 0);
  EXPECT_EQ(Vtprobe({"check", a, b, "--cpus", "8"}).exit_status, 64);
}

}  // namespace
}  // namespace vtprobe
