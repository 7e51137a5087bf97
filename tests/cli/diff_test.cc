// vtprobe diff as a process: what it takes, and its exit status.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Diff : public testing::Test {
 protected:
  std::string Dump(const std::string& name, const std::string& feature_control) {
    return File(name, Intel("0-3", "msr 0x3a = " + feature_control + "\n"));
  }
  std::string File(const std::string& name, const std::string& text) {
    tree_.Write(name, 0, text);
    return tree_.root() + "/" + name;
  }

  TempTree tree_;
};

TEST_F(Diff, OfEqualRecordingsIs0) {
  const Ended ended = Vtprobe({"diff", Dump("a", "0x5"), Dump("b", "0x5")});
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Nothing"));
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST_F(Diff, OfRecordingsThatDifferIs1) {
  const Ended ended = Vtprobe({"diff", Dump("a", "0x5"), Dump("b", "0x1")});
  EXPECT_EQ(ended.exit_status, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("IA32_FEATURE_CONTROL"));
}

TEST_F(Diff, AsJsonSaysTheExitStatus) {
  const Ended ended = Vtprobe({"diff", "--format", "json", Dump("a", "0x5"), Dump("b", "0x1")});
  const auto json = nlohmann::json::parse(ended.out, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << ended.out;
  EXPECT_EQ(json["schema"], "vtprobe-difference/1");
  EXPECT_EQ(json["exit_code"], ended.exit_status);
  EXPECT_EQ(json["registers"][0]["changes"][0]["after"]["value"], "0x1");
}

TEST_F(Diff, TakesOneOfTheTwoFromStandardInput) {
  const Ended ended =
      Vtprobe({"diff", "-", Dump("b", "0x5")}, {.input = "vtprobe-dump 1\ncpu 0-3\n"});
  EXPECT_EQ(ended.exit_status, 1) << ended.err;
  EXPECT_EQ(Vtprobe({"diff", "-", "-"}).exit_status, 64);
}

TEST_F(Diff, RefusesThreeAndWhatIsNoRecording) {
  const std::string dump = Dump("a", "0x5");
  EXPECT_EQ(Vtprobe({"diff", dump, dump, dump}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"diff"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"diff", dump, dump + "-missing"}).exit_status, 66);
  EXPECT_EQ(Vtprobe({"diff", dump, File("c", "vtprobe-dump 1\ncpu x\n")}).exit_status, 65);
  EXPECT_EQ(Vtprobe({"diff", dump, dump, "--format", "junit"}).exit_status, 64);
}

TEST_F(Diff, TakesWhatHasToDifferForStatus1) {
  const std::string old_build = File("old", Intel("0-3", "msr 0x3a = 0x1\n"));
  const std::string new_build = File("new", Intel("0-3", "msr 0x3a = 0x5\n"));
  const auto status = [](const std::string& before, const std::string& after,
                         const std::string& fail_on) {
    return Vtprobe({"diff", before, after, "--fail-on", fail_on}).exit_status;
  };
  EXPECT_EQ(status(old_build, new_build, "worse"), 0);
  EXPECT_EQ(status(new_build, old_build, "worse"), 1);
  EXPECT_EQ(status(old_build, new_build, "registers"), 1);
  const Ended ended = Vtprobe({"diff", old_build, new_build, "--fail-on", "wrse"});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, HasSubstr("any, registers and worse"));
}

TEST_F(Diff, CountsAnotherFirmware) {
  const auto build = [&](const std::string& version) {
    return File(version, "vtprobe-dump 1\nmeta firmware.version = " + version +
                             "\ncpu 0-3\nmsr 0x3a = 0x5\n");
  };
  const std::string before = build("F7");
  const std::string after = build("F8");
  EXPECT_EQ(Vtprobe({"diff", before, after}).exit_status, 1);
  EXPECT_EQ(Vtprobe({"diff", before, after, "--fail-on", "registers"}).exit_status, 0);
  const Ended note = Vtprobe({"diff", before, after, "--format", "markdown"});
  EXPECT_EQ(note.exit_status, 1);
  EXPECT_THAT(note.out, testing::StartsWith("# F7"));
}

TEST_F(Diff, IgnoresRegistersAndFields) {
  const std::string before = Dump("a", "0x5");
  const std::string after = Dump("b", "0x1");
  const auto status = [&](const std::string& ignored) {
    return Vtprobe({"diff", before, after, "--fail-on", "registers", "--ignore", ignored})
        .exit_status;
  };
  EXPECT_EQ(status("IA32_FEATURE_CONTROL.VMX_OUTSIDE_SMX"), 0);
  EXPECT_EQ(status("0x3a"), 0);
  EXPECT_EQ(status("IA32_FEATURE_CONTROL.LOCK"), 1);
  EXPECT_EQ(status("IA32_FEATURE_CONTROL.LOOK"), 64);
}

TEST_F(Diff, TakesTheWaiversOfAProfile) {
  const auto waives = [&](const std::string& cpus) {
    return File("waives-" + cpus + ".toml",
                "name = \"lab\"\n"
                "[[rules.\"virtualization.usable\".waivers]]\n"
                "reason = \"board 7\"\ncpus = \"" +
                    cpus + "\"\n");
  };
  const std::string before = Dump("a", "0x5");
  const std::string after = Dump("b", "0x1");
  const auto status = [&](const std::string& profile) {
    return Vtprobe({"diff", before, after, "--fail-on", "worse", "--profile", profile}).exit_status;
  };
  EXPECT_EQ(status(waives("0-3")), 0);
  EXPECT_EQ(status(waives("0-2")), 1);
  EXPECT_EQ(status("no-such-profile"), 64);
}

}  // namespace
}  // namespace vtprobe
