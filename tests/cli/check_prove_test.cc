// vtprobe check --prove, by whatever KVM this machine has.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/process.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

nlohmann::json Json(const std::vector<std::string>& arguments) {
  return nlohmann::json::parse(Vtprobe(arguments).out, nullptr, false);
}

TEST(CheckProve, TellsTheProofBesideTheVerdict) {
  const auto both = Json({"check", "--prove", "--format", "json"});
  const auto proof = Json({"prove", "--format", "json"});
  ASSERT_TRUE(both.is_object() && proof.is_object());
  EXPECT_EQ(both["proof"]["provider"], proof["proof"]["provider"]);
  EXPECT_EQ(both["proof"]["conclusion"], proof["conclusion"]);
  EXPECT_EQ(both["proof"]["groups"].size(), proof["proof"]["groups"].size());
}

// Where no hardware was needed, or nobody could be asked, the registers decide.
TEST(CheckProve, IsNoBetterThanTheRegistersWithoutAProof) {
  const auto both = Json({"check", "--prove", "--format", "json"});
  const auto registers = Json({"check", "--format", "json"});
  ASSERT_TRUE(both.is_object() && registers.is_object());
  if (both["proof"]["conclusion"] == "proven" || both["proof"]["conclusion"] == "disproven") {
    GTEST_SKIP() << "skipped: this machine proves it, or disproves it";
  }
  EXPECT_EQ(both["exit_code"], registers["exit_code"]);
  EXPECT_EQ(both["virtualization"]["usable"], registers["virtualization"]["usable"]);
  EXPECT_EQ(both["virtualization"]["state"], registers["virtualization"]["state"]);
}

TEST(CheckProve, IsOfThisMachineAlone) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"check", "--prove", "--replay", "a.dump"},
        std::vector<std::string>{"check", "--prove", "a.dump"}}) {
    const Ended ended = Vtprobe(arguments);
    EXPECT_EQ(ended.exit_status, 64);
    EXPECT_THAT(ended.err, HasSubstr("--prove runs guests on this machine"));
  }
}

TEST(CheckProve, AsksTheCpusThatAreChosen) {
  const auto json = Json({"check", "--prove", "--cpus", "0", "--format", "json"});
  ASSERT_TRUE(json.is_object());
  ASSERT_EQ(json["proof"]["groups"].size(), 1u);
  EXPECT_EQ(json["proof"]["groups"][0]["cpus"], "0");
  EXPECT_EQ(Vtprobe({"check", "--prove", "--cpus", "4000"}).exit_status, 64);
}

}  // namespace
}  // namespace vtprobe
