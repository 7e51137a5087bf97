// Several recordings of one machine, given to one check.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// As one line, however it was broken.
std::string Words(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += word + ' ';
  return line;
}

class Sequence : public testing::Test {
 protected:
  std::string Dump(const std::string& name, const std::string& debug_interface) {
    return File(name, Intel("0-3", "msr 0x3a = 0x5\nmsr 0xc80 = " + debug_interface + "\n"));
  }
  std::string File(const std::string& name, const std::string& text) {
    tree_.Write(name, 0, text);
    return tree_.root() + "/" + name;
  }
  // What the rule about locks found, in the order of its findings.
  static std::vector<std::string> LocksKept(const Ended& ended) {
    const auto json = nlohmann::json::parse(ended.out, nullptr, false);
    if (json.is_discarded()) return {"no JSON: " + ended.err};
    std::vector<std::string> found;
    for (const auto& finding : json["findings"]) {
      if (finding["rule"] != "sequence.locks_kept") continue;
      found.push_back(finding["outcome"].get<std::string>() + " on " +
                      finding["cpus"].get<std::string>());
    }
    return found;
  }

  TempTree tree_;
};

// Firmware left CPU 1 of its own count unlocked, which is the system's CPU 2.
TEST_F(Sequence, MatchesCpusByApicIdAndNotByNumber) {
  const auto machine = [](const std::string& stage, const std::string& ids,
                          const std::string& switches) {
    std::string text = "vtprobe-dump 1\nmeta stage = " + stage +
                       "\nmeta kernel = 6.1.0\nmeta kvm_intel = m\ncpu 0-2\n"
                       "cpuid 0x0.0x0 = 0x1 0x756e6547 0x6c65746e 0x49656e69\n";
    for (std::size_t cpu = 0; cpu < 3; ++cpu) {
      text += "cpu " + std::to_string(cpu) + "\ncpuid 0x1.0x0 = 0x506e3 0x" + ids[cpu] +
              "000800 0x20 0xbfebfbff\nmsr 0x3a = 0x" + switches[cpu] + "\n";
    }
    return text;
  };
  const std::string pre_os = File("pre-os.dump", machine("pre-os", "024", "505"));
  const std::string os = File("os.dump", machine("os", "042", "555"));
  const Ended ended = Vtprobe({"check", "--format", "json", "--replay", pre_os, "--replay", os});
  const auto json = nlohmann::json::parse(ended.out, nullptr, false);
  std::vector<std::string> who;
  for (const auto& group : json["virtualization"]["groups"]) {
    who.push_back(group["cpus"].get<std::string>() + " " + group["attribution"].get<std::string>());
  }
  EXPECT_THAT(who, testing::UnorderedElementsAre(HasSubstr("0-1 "), "2 kernel")) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("matched by APIC id"));
  // Whoever is handed the report has no standard error.
  ASSERT_EQ(json["notes"].size(), 1U);
  EXPECT_EQ(json["notes"][0], pre_os + " and " + os +
                                  " number CPUs differently; they are matched by APIC id, and have "
                                  "the numbers of the latter");
  for (const char* const format : {"text", "html"}) {
    const Ended shown = Vtprobe({"check", "--format", format, "--replay", pre_os, "--replay", os});
    EXPECT_THAT(Words(shown.out),
                HasSubstr("matched by APIC id, and have the numbers of the latter"))
        << format;
  }
  const Ended alike =
      Vtprobe({"check", "--format", "json", "--replay", pre_os, "--replay", pre_os});
  EXPECT_THAT(alike.out, testing::Not(HasSubstr("\"notes\"")));
  const Ended quiet = Vtprobe({"check", "-q", "--cpus", "2", "--replay", pre_os, "--replay", os});
  EXPECT_EQ(quiet.err, "");
  EXPECT_EQ(quiet.exit_status, 0) << "CPU 2 is that of the last recording";
}

// Of the same registers as the last one, whatever was wrong then.
TEST_F(Sequence, SaysWhatWasSaidOfEachBefore) {
  const std::string cold = Dump("cold-boot.dump", "0x40000000");
  const auto json = nlohmann::json::parse(Vtprobe({"check", "--format", "json", "--replay", cold,
                                                   "--replay", Dump("resumed.dump", "0x0")})
                                              .out,
                                          nullptr, false);
  ASSERT_EQ(json["earlier"].size(), 1U);
  const auto& earlier = json["earlier"][0];
  EXPECT_EQ(earlier["subject"]["file"], cold);
  EXPECT_EQ(earlier["exit_code"], 0);
  std::vector<std::string> values;
  for (const auto& report : {earlier, json}) {
    for (const auto& reg : report["registers"]) {
      if (reg["address"] == "0xc80") values.push_back(reg["groups"][0]["value"]);
    }
  }
  EXPECT_THAT(values, ElementsAre("0x40000000", "0x0"));
}

TEST_F(Sequence, ThatLosesALockIsNotUsableAsItIs) {
  const std::vector<std::string> check = {"check",
                                          "--format",
                                          "json",
                                          "--replay",
                                          Dump("cold-boot.dump", "0x40000000"),
                                          "--replay",
                                          Dump("resumed.dump", "0x0")};
  const Ended ended = Vtprobe(check);
  EXPECT_THAT(LocksKept(ended), Contains("fail on 0-3"));
  EXPECT_EQ(ended.exit_status, 1);
}

TEST_F(Sequence, ThatLosesALockFailsInATestsReportToo) {
  const Ended ended =
      Vtprobe({"check", "--format", "junit", "--replay", Dump("cold-boot.dump", "0x40000000"),
               "--replay", Dump("resumed.dump", "0x0")});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.out, HasSubstr("failures=\"1\" errors=\"0\""));
}

TEST_F(Sequence, OfOneRecordingIsNone) {
  const Ended ended =
      Vtprobe({"check", "--format", "json", "--replay", Dump("one.dump", "0x40000000")});
  EXPECT_THAT(LocksKept(ended), ElementsAre("not_applicable on 0-3"));
  EXPECT_EQ(ended.exit_status, 0);
}

TEST_F(Sequence, OfTwoBoardsIsRefused) {
  const auto of = [&](const std::string& name, const std::string& board) {
    std::string dump = Intel("0-3", "msr 0x3a = 0x5\n");
    return File(name, dump.insert(dump.find("cpu "), "meta board = " + board + "\n"));
  };
  const std::string here = of("here.dump", "ACME X1");
  const Ended ended = Vtprobe({"check", "--replay", here, "--replay", of("there.dump", "ACME X2")});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, HasSubstr("on ACME X1"));
  EXPECT_THAT(ended.err, HasSubstr("on ACME X2"));
  const Ended same = Vtprobe({"check", "--replay", here, "--replay", of("again.dump", "ACME X1")});
  EXPECT_EQ(same.exit_status, 0);
}

// The answer stands, and who gave them the wrong way round is told.
TEST_F(Sequence, ThatGoesBackInTimeIsSaidToDo) {
  const auto at = [&](const std::string& name, const std::string& time) {
    std::string dump = Intel("0-3", "msr 0x3a = 0x5\n");
    return File(name, dump.insert(dump.find("cpu "), "meta time = " + time + "\n"));
  };
  const std::string early = at("early.dump", "2026-01-02T03:04:05Z");
  const std::string late = at("late.dump", "2026-01-02T03:05:04Z");
  const Ended back = Vtprobe({"check", "--replay", late, "--replay", early});
  EXPECT_EQ(back.exit_status, 0);
  EXPECT_THAT(back.err, HasSubstr("late.dump says that it was recorded at 2026-01-02T03:05:04Z"));
  EXPECT_EQ(Vtprobe({"check", "--replay", early, "--replay", late}).err, "");
  EXPECT_EQ(Vtprobe({"check", "-q", "--replay", late, "--replay", early}).err, "");
}

TEST_F(Sequence, MayBeListedInAFolder) {
  Dump("z.dump", "0x40000000");
  Dump("a.dump", "0x0");
  File("sequence.toml", "recordings = [\"z.dump\", \"a.dump\"]\n");
  const Ended ended = Vtprobe({"check", "--format", "json", "--replay", tree_.root()});
  EXPECT_THAT(LocksKept(ended), Contains("fail on 0-3"));
}

TEST_F(Sequence, IsGivenInTheOrderOfTheList) {
  Dump("z.dump", "0x0");
  Dump("a.dump", "0x40000000");
  File("sequence.toml", "recordings = [\"z.dump\", \"a.dump\"]\n");
  const Ended ended = Vtprobe({"check", "--format", "json", "--replay", tree_.root()});
  EXPECT_THAT(LocksKept(ended), ElementsAre("pass on 0-3"));
  EXPECT_EQ(ended.exit_status, 0);
}

TEST_F(Sequence, ThatIsMalformedIsRefusedWithItsPlace) {
  int number = 0;
  const auto expect = [&](const std::string& text, const std::string& words) {
    const std::string folder = std::to_string(++number);
    Dump(folder + "/a.dump", "0x0");
    File(folder + "/sequence.toml", text);
    const Ended ended = Vtprobe({"check", "--replay", tree_.root() + "/" + folder});
    EXPECT_EQ(ended.exit_status, 65) << text;
    EXPECT_THAT(ended.err, HasSubstr(words));
  };
  expect("recordings = [\n", "sequence.toml:");
  expect("recordings = [\"a.dump\"]\nrecording = 1\n", "sequence.toml:2:");
  expect("recordings = []\n", "expected recordings");
  expect("recordings = [\"a.dump\", 3]\n", "sequence.toml:1:");
}

TEST_F(Sequence, ThatMissesARecordingNamesIt) {
  File("sequence.toml", "recordings = [\"missing.dump\"]\n");
  const Ended ended = Vtprobe({"check", "--replay", tree_.root()});
  EXPECT_EQ(ended.exit_status, 66);
  EXPECT_THAT(ended.err, HasSubstr("missing.dump"));
}

TEST_F(Sequence, IsForCheckAlone) {
  const std::string dump = Dump("a.dump", "0x0");
  EXPECT_EQ(Vtprobe({"read", "0x3a", "--replay", dump, "--replay", dump}).exit_status, 64);
}

// It comes from anybody, and is read with the rights of the folder's owner.
TEST_F(Sequence, AListSpeaksOfItsOwnFolderAlone) {
  const std::string outside = Dump("outside.dump", "0x0");
  Dump("folder/within/a.dump", "0x0");
  for (const std::string& name : {std::string("../outside.dump"), std::string("within/../../x"),
                                  std::string(".."), outside}) {
    std::filesystem::remove(tree_.root() + "/folder/sequence.toml");
    File("folder/sequence.toml", "recordings = [\"within/a.dump\", \"" + name + "\"]\n");
    const Ended ended = Vtprobe({"--replay", tree_.root() + "/folder"});
    EXPECT_EQ(ended.exit_status, 65) << name;
    EXPECT_THAT(ended.err, HasSubstr("folder/sequence.toml:1:32: expected a recording of this"));
  }
}

// Nobody has named it, and nobody writes to it: it would be waited for.
TEST_F(Sequence, APipeInAFolderIsNoRecording) {
  File("sequence.toml", "recordings = [\"pipe\"]\n");
  ASSERT_EQ(::mkfifo((tree_.root() + "/pipe").c_str(), 0600), 0);
  const Ended ended = Vtprobe({"--replay", tree_.root()});
  EXPECT_EQ(ended.exit_status, 66);
  EXPECT_THAT(ended.err, HasSubstr("/pipe: Invalid argument"));
}

// A folder with its list comes from anybody.
TEST_F(Sequence, AListThatIsMadeToBreakTheParserIsRefused) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "a.";
  for (const std::string& text : {deep + "b = 1\n", std::string("[\n"), std::string("[\xd2\x90]\n"),
                                  "# " + std::string(std::size_t{2} << 20, 'x') + "\n"}) {
    File("sequence.toml", text);
    const Ended ended = Vtprobe({"--replay", tree_.root()});
    EXPECT_EQ(ended.exit_status, 65);
    EXPECT_THAT(ended.err, testing::StartsWith(tree_.root() + "/sequence.toml:"));
    EXPECT_THAT(ended.err, HasSubstr("expected"));
  }
}

}  // namespace
}  // namespace vtprobe
