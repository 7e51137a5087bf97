// vtprobe on the machine that runs the tests, whatever that is: it answers, and
// says why where it can't.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(ThisMachine, IsAnsweredFor) {
  const Ended ended = Vtprobe({});
  EXPECT_THAT(ended.exit_status, AnyOf(0, 1, 2, 3));
  EXPECT_THAT(ended.out, Not(IsEmpty()));
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST(ThisMachine, LacksACpuAndNamesThoseItHas) {
  const Ended ended = Vtprobe({"--cpus", "65535"});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, StartsWith("vtprobe: "));
  EXPECT_THAT(ended.err, HasSubstr("no CPU 65535"));
  EXPECT_THAT(ended.err, HasSubstr("online are 0"));
}

TEST(ThisMachine, IsNotRecordedWhereThereIsNoRoom) {
  EXPECT_EQ(Vtprobe({"record", "-q"}, {.out_file = "/dev/full"}).exit_status, 74);
}

// Provenance, source, time and tool are the recording's own; the rest is the
// machine's.
TEST(ThisMachine, IsReportedAsARecordingOfItIs) {
  auto live = nlohmann::json::parse(Vtprobe({"--format", "json"}).out, nullptr, false);
  const Ended recording = Vtprobe({"record", "--quiet"});
  ASSERT_EQ(recording.exit_status, 0);
  auto replayed = nlohmann::json::parse(
      Vtprobe({"--format", "json", "--replay", "-"}, {.input = recording.out}).out, nullptr, false);
  ASSERT_TRUE(live.is_object() && replayed.is_object());
  EXPECT_EQ(live["subject"]["provenance"], "live");
  EXPECT_EQ(replayed["subject"]["provenance"], "recorded");
  for (nlohmann::json* const report : {&live, &replayed}) {
    (*report)["subject"].erase("provenance");
    (*report)["subject"].erase("file");
    (*report)["subject"].erase("source");
    (*report)["subject"]["other"].erase("time");
    (*report)["subject"]["other"].erase("tool");
  }
  EXPECT_EQ(live.dump(2), replayed.dump(2));
}

TEST(ThisMachine, IsComparedWithOneRecording) {
  const Ended ended = Vtprobe({"diff", "-"}, {.input = Intel("0-3", "msr 0x3a = 0x5\n")});
  EXPECT_EQ(ended.exit_status, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("this machine"));
}

// Whether the register that decides, which is the first of a group's evidence, has
// a value or is not there at all.
bool SwitchIsRead() {
  const auto report = nlohmann::json::parse(Vtprobe({"--format", "json"}).out, nullptr, false);
  for (const auto& group : report["virtualization"]["groups"]) {
    const auto& evidence = group["evidence"];
    if (group["state"] == "indeterminate" && !evidence.empty() && evidence[0].contains("error")) {
      return false;
    }
  }
  return true;
}

TEST(ThisMachine, WithoutAnswerSaysWhatToDo) {
  const auto report = nlohmann::json::parse(Vtprobe({"--format", "json"}).out, nullptr, false);
  ASSERT_TRUE(report.is_object());
  if (report["exit_code"] != 2) GTEST_SKIP() << "this machine's answer is known";
  EXPECT_NE(report["virtualization"]["remedy"], "");
}

TEST(ThisMachine, IsRecordedWithItsFailures) {
  const TempTree tree;
  const std::string path = tree.root() + "/machine.dump";
  EXPECT_EQ(Vtprobe({"record", "-q", "-o", path}).exit_status, SwitchIsRead() ? 0 : 2);
  const Ended replayed = Vtprobe({"--replay", path});
  EXPECT_EQ(replayed.exit_status, Vtprobe({}).exit_status);

  const auto snapshot = ParseDump(Vtprobe({"record", "-q"}).out);
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->metadata().Get(meta::kProvenance), "recorded");
  EXPECT_EQ(snapshot->metadata().Get(meta::kTool), "vtprobe " VTPROBE_VERSION);
  const auto time = snapshot->metadata().Get(meta::kTime);
  ASSERT_TRUE(time);
  EXPECT_THAT(std::string(*time),
              testing::MatchesRegex("20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:"
                                    "[0-6][0-9]Z"));
  EXPECT_THAT(snapshot->metadata().Get(meta::kStage), AnyOf("os", "guest"));
}

// The report without what tells a recording from a live run: who recorded it,
// when, and where it stands.
std::string Verdict(const std::string& json) {
  auto report = nlohmann::ordered_json::parse(json, nullptr, false);
  if (!report.is_object()) return "no JSON: " + json;
  auto& subject = report["subject"];
  for (const char* const key : {"provenance", "file", "source"}) subject.erase(key);
  for (const char* const key : {"tool", "time"}) subject["other"].erase(key);
  return report.dump(2);
}

TEST(ThisMachine, SaysTheSameReplayed) {
  const TempTree tree;
  const std::string path = tree.root() + "/machine.dump";
  ASSERT_EQ(Vtprobe({"record", "-q", "-o", path}).exit_status, SwitchIsRead() ? 0 : 2);
  const std::string live = Verdict(Vtprobe({"check", "--format", "json"}).out);
  EXPECT_EQ(Verdict(Vtprobe({"check", "--replay", path, "--format", "json"}).out), live);
  EXPECT_THAT(live, HasSubstr("\"virtualization\""));
}

TEST(ThisMachine, IsReadWholeWithAll) {
  const auto some = ParseDump(Vtprobe({"record", "-q"}).out);
  const auto all = ParseDump(Vtprobe({"record", "-q", "--all"}).out);
  ASSERT_TRUE(some && all);
  // No CPU has both vendors' registers.
  EXPECT_GT(all->Everything().msrs.size(), some->Everything().msrs.size());
}

TEST(ThisMachine, WithoutTheDriverTellsOfItWhileRecording) {
  if (std::filesystem::exists("/dev/cpu/0/msr")) GTEST_SKIP() << "the msr driver is there";
  EXPECT_THAT(Vtprobe({"record"}).err, HasSubstr("modprobe msr"));
  EXPECT_THAT(Vtprobe({"record", "--quiet"}).err, IsEmpty());
  const Ended read = Vtprobe({"read", "0x3a"});
  EXPECT_EQ(read.exit_status, 2);
  EXPECT_THAT(read.out, HasSubstr("no-driver"));
}

TEST(ThisMachine, HasCpuidThatEachCpuAnswersItself) {
  const Ended ended = Vtprobe({"read", "CPUID.00H:EAX", "--format", "json"});
  EXPECT_EQ(ended.exit_status, 0) << ended.out;
}

TEST(ThisMachine, SaysTheSameOneCpuAtATime) {
  const std::string at_once = Vtprobe({"check", "--format", "json"}).out;
  const std::string one_by_one = Vtprobe({"check", "--sequential", "--format", "json"}).out;
  EXPECT_EQ(Verdict(one_by_one), Verdict(at_once));
}

TEST(ThisMachine, OfSomeCpusIsAboutThese) {
  const auto report =
      nlohmann::json::parse(Vtprobe({"--format", "json", "--cpus", "0"}).out, nullptr, false);
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["subject"]["cpus_online"], "0");
}

}  // namespace
}  // namespace vtprobe
