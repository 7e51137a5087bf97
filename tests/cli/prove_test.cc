// vtprobe prove, by whatever KVM this machine has.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/process.h"

namespace vtprobe {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

nlohmann::json Json(const std::vector<std::string>& arguments) {
  return nlohmann::json::parse(Vtprobe(arguments).out, nullptr, false);
}

TEST(Prove, AnswersOnThisMachine) {
  const Ended ended = Vtprobe({"prove"});
  EXPECT_THAT(ended.exit_status, AnyOf(0, 1, 2));
  EXPECT_THAT(ended.err, IsEmpty());
  EXPECT_THAT(ended.out, AnyOf(StartsWith("Hardware virtualization works: guests ran"),
                               StartsWith("Hardware virtualization does not work on CPU"),
                               StartsWith("Nothing is proven"), StartsWith("Not sound: ")));
}

// A guest that ran says nothing of the hardware where nothing needed it.
TEST(Prove, IsNoProofWithoutHardware) {
  const auto json = Json({"prove", "--format", "json"});
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["schema"], "vtprobe-proof/1");
  if (json["proof"]["hardware"] == false) {
    EXPECT_NE(json["exit_code"], 0);
    EXPECT_THAT(json["conclusion"], AnyOf("no_hardware", "not_proven", "disproven"));
  }
  const Ended ended = Vtprobe({"prove"});
  if (json["proof"]["provider"] == "kvm_pvm" && json["conclusion"] == "no_hardware") {
    EXPECT_EQ(ended.exit_status, 2);
    EXPECT_THAT(ended.out, HasSubstr("kvm_pvm, which needs none"));
  }
}

// Where KVM works by page tables alone, a guest runs on every CPU, and nothing of that is
// taken for the hardware's: not by prove, and not by check.
TEST(Prove, SaysThatPageTableGuestsProveNothing) {
  const auto json = Json({"prove", "--format", "json"});
  ASSERT_TRUE(json.is_object());
  if (json["proof"]["provider"] != "kvm_pvm" || json["conclusion"] != "no_hardware") {
    GTEST_SKIP() << "skipped: guests do not run here by kvm_pvm";
  }
  const auto machine = Json({"check", "--format", "json"});
  ASSERT_TRUE(machine.is_object());
  ASSERT_EQ(json["proof"]["groups"].size(), 1u);
  EXPECT_EQ(json["proof"]["groups"][0]["outcome"], "ran");
  EXPECT_EQ(json["proof"]["groups"][0]["cpus"], machine["subject"]["cpus_online"]);
  EXPECT_EQ(json["proof"]["hardware"], false);
  EXPECT_EQ(json["exit_code"], 2);
  const Ended ended = Vtprobe({"prove"});
  EXPECT_EQ(ended.exit_status, 2);
  EXPECT_THAT(ended.out,
              StartsWith("Nothing is proven of hardware virtualization: guests run here by "
                         "kvm_pvm, which needs none."));
  const Ended check = Vtprobe({"check"});
  EXPECT_EQ(check.exit_status, 2);
  EXPECT_THAT(check.out, HasSubstr("KVM works here through kvm_pvm, which needs no hardware"));
}

TEST(Prove, RunsEachCpuOnceAndAsLongAsIsAsked) {
  const auto once = Json({"prove", "--format", "json", "--cpus", "0"});
  ASSERT_TRUE(once.is_object());
  ASSERT_EQ(once["proof"]["groups"].size(), 1u);
  if (once["proof"]["groups"][0]["outcome"] != "ran") GTEST_SKIP() << "no guest runs here";
  EXPECT_EQ(once["proof"]["groups"][0]["cpus"], "0");
  EXPECT_EQ(once["proof"]["groups"][0]["runs"], 1);
  const auto longer = Json({"prove", "--format", "json", "--cpus", "0", "--seconds", "1"});
  ASSERT_TRUE(longer.is_object());
  EXPECT_GT(longer["proof"]["groups"][0]["runs"], 1);
}

TEST(Prove, QuietIsOneLine) {
  const Ended ended = Vtprobe({"prove", "-q"});
  EXPECT_EQ(ended.out.find('\n'), ended.out.size() - 1);
}

TEST(Prove, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Vtprobe({"prove", "--format", "html"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"prove", "--seconds", "-1"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"prove", "--seconds", "86401"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"prove", "--cpus", "4000"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"prove", "--replay", "a.dump"}).exit_status, 64);
}

}  // namespace
}  // namespace vtprobe
