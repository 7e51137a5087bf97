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

TEST_F(Diff, WithOneRecordingComparesThisMachine) {
  const Ended ended = Vtprobe({"diff", Dump("a", "0x5")});
  EXPECT_EQ(ended.exit_status, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("this machine"));
}

TEST_F(Diff, RefusesThreeAndWhatIsNoRecording) {
  const std::string dump = Dump("a", "0x5");
  EXPECT_EQ(Vtprobe({"diff", dump, dump, dump}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"diff"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"diff", dump, dump + "-missing"}).exit_status, 66);
  EXPECT_EQ(Vtprobe({"diff", dump, File("c", "vtprobe-dump 1\ncpu x\n")}).exit_status, 65);
  EXPECT_EQ(Vtprobe({"diff", dump, dump, "--format", "junit"}).exit_status, 64);
}

}  // namespace
}  // namespace vtprobe
