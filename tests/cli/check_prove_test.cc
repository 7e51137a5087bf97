// vtprobe check --prove, by whatever KVM this machine has.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/process.h"
#include "hal/temp_tree.h"

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

// What the machine showed is judged away from it as it would have been there.
TEST(RecordProve, CarriesWhatGuestsShowed) {
  TempTree tree;
  for (const char* const name : {"/with.dump", "/with.vtpb"}) {
    const std::string dump = tree.root() + name;
    const Ended recorded = Vtprobe({"record", "--prove", "-q", "-o", dump});
    ASSERT_THAT(recorded.exit_status, testing::AnyOf(0, 2)) << recorded.err;
    const auto replayed = Json({"check", "--replay", dump, "--format", "json"});
    const auto live = Json({"check", "--prove", "--format", "json"});
    ASSERT_TRUE(replayed.is_object() && live.is_object());
    ASSERT_TRUE(replayed.contains("proof"));
    EXPECT_EQ(replayed["proof"]["provider"], live["proof"]["provider"]);
    EXPECT_EQ(replayed["proof"]["conclusion"], live["proof"]["conclusion"]);
    EXPECT_EQ(replayed["proof"]["groups"], live["proof"]["groups"]);
    EXPECT_EQ(replayed["exit_code"], live["exit_code"]);
    EXPECT_THAT(replayed["findings"].dump(), HasSubstr("\"virtualization.proven\""));
    EXPECT_THAT(Vtprobe({"check", "--replay", dump}).out,
                HasSubstr(live["proof"]["provider"].get<std::string>()));
  }
}

TEST(RecordProve, IsNoneWithoutBeingAsked) {
  TempTree tree;
  const std::string dump = tree.root() + "/without.dump";
  ASSERT_THAT(Vtprobe({"record", "-q", "-o", dump}).exit_status, testing::AnyOf(0, 2));
  EXPECT_FALSE(Json({"check", "--replay", dump, "--format", "json"}).contains("proof"));
}

constexpr std::string_view kUnreadSvm =
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0xa00f11 0x100800 0x7ed8320b 0x178bfbff\n"
    "cpuid 0x80000000.0x0 = 0x80000023 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x80000001.0x0 = 0xa00f11 0x40000000 0x75c237ff 0x2fd3fbff\n"
    "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x119b9cff\n"
    "msr 0xc0010114 ! permission-denied\n";

std::string UnreadSvm(std::string_view proof) {
  std::string text = "vtprobe-dump 1\nmeta stage = os\n";
  if (!proof.empty()) text.append("meta proof = ").append(proof).append("\n");
  return text.append(kUnreadSvm);
}

// Who may not read the switch and ran guests has an answer, and others of that recording.
TEST(RecordProve, DecidesInEveryCommand) {
  TempTree tree;
  const auto check = [&](std::string_view proof) {
    tree.Write("svm.dump", 0, UnreadSvm(proof));
    return Vtprobe({"check", "--replay", tree.root() + "/svm.dump"});
  };
  EXPECT_EQ(check("").exit_status, 2);
  const Ended proven = check("kvm_amd; 0-3 ran 4");
  EXPECT_EQ(proven.exit_status, 0);
  EXPECT_THAT(proven.out, HasSubstr("kvm_amd ran guests there"));
  EXPECT_EQ(check("kvm_amd; 0-2 ran 3").exit_status, 2) << "CPU 3 was not asked";
  EXPECT_EQ(check("kvm_pvm; 0-3 ran 4").exit_status, 2) << "says nothing of hardware";
  EXPECT_EQ(check("kvm_amd; 0-2 ran 3; 3 busy 1 of 1: EBUSY").exit_status, 2);
  EXPECT_EQ(check("kvm_amd; 0-2 ran 3; 3 refused 1 of 1: KVM_RUN").exit_status, 1);
  EXPECT_EQ(check("kvm_pvm; 0-2 ran 3; 3 wrong 1 of 1: computed 0x1").exit_status, 1);

  tree.Write("proven.dump", 0, UnreadSvm("kvm_amd; 0-3 ran 4"));
  const std::string dump = tree.root() + "/proven.dump";
  EXPECT_EQ(Vtprobe({"check", "--replay", dump, "--cpus", "1"}).exit_status, 0);
  EXPECT_EQ(Vtprobe({"import", dump, "-o", tree.root() + "/again.dump"}).exit_status, 0);
  EXPECT_EQ(Vtprobe({"check", tree.root() + "/again.dump"}).exit_status, 0);
  EXPECT_THAT(Vtprobe({"import", dump, "--scrub"}).out, HasSubstr("proof = kvm_amd; 0-3 ran 4"));
  EXPECT_EQ(Vtprobe({"check", tree.root()}).exit_status, 1) << "svm.dump is among them";
}

TEST(RecordProve, OfAnotherFormIsRefusedWithItsPlace) {
  TempTree tree;
  tree.Write("bad.dump", 0, UnreadSvm("kvm_amd; 0-3 walked 2"));
  const Ended ended = Vtprobe({"check", "--replay", tree.root() + "/bad.dump"});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, HasSubstr("bad.dump:3:23: "));
  EXPECT_THAT(ended.err, HasSubstr("refused, busy, wrong or not_asked"));
}

TEST(RecordProve, IsComparedByWhatItShows) {
  TempTree tree;
  tree.Write("a.dump", 0, UnreadSvm("kvm_amd; 0-3 ran 4; slowest 0 5"));
  tree.Write("b.dump", 0, UnreadSvm("kvm_amd; 0-3 ran 8"));
  tree.Write("c.dump", 0, UnreadSvm("kvm_amd; 0-2 ran 3; 3 refused 1 of 1: KVM_RUN: failed"));
  tree.Write("none.dump", 0, UnreadSvm(""));
  const auto diff = [&](const char* before, const char* after,
                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"diff", tree.root() + before, tree.root() + after};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Vtprobe(arguments);
  };
  EXPECT_EQ(diff("/a.dump", "/b.dump").exit_status, 0) << "how often is no difference";
  const Ended worse = diff("/a.dump", "/c.dump", {"--fail-on", "worse"});
  EXPECT_EQ(worse.exit_status, 1);
  EXPECT_THAT(worse.out, HasSubstr("virtualization.proven: pass → fail on CPU 3"));
  EXPECT_THAT(worse.out, HasSubstr("kvm_amd: ran on CPUs 0-2, refused on CPU 3"));
  EXPECT_EQ(diff("/c.dump", "/a.dump", {"--fail-on", "worse"}).exit_status, 0);
  const Ended came = diff("/none.dump", "/a.dump");
  EXPECT_EQ(came.exit_status, 1);
  EXPECT_THAT(came.out, HasSubstr("- → kvm_amd: ran on CPUs 0-3"));
  EXPECT_THAT(came.out, testing::Not(HasSubstr("virtualization.proven")))
      << "of the former nothing is known";
}

// What was proven at another moment is no proof of this one.
TEST(RecordProve, OfSeveralMomentsIsTheLast) {
  TempTree tree;
  tree.Write("first.dump", 0, UnreadSvm("kvm_amd; 0-3 refused 4 of 4: KVM_RUN: failed"));
  tree.Write("last.dump", 0, UnreadSvm("kvm_amd; 0-3 ran 4"));
  EXPECT_EQ(Vtprobe({"check", "--replay", tree.root() + "/first.dump", "--replay",
                     tree.root() + "/last.dump"})
                .exit_status,
            0);
  const Ended together = Vtprobe({"check", "--together", "--replay", tree.root() + "/last.dump",
                                  "--replay", tree.root() + "/first.dump"});
  EXPECT_EQ(together.exit_status, 0) << "the first names it";
  EXPECT_THAT(together.err, HasSubstr("the latter is left out"));
}

TEST(ProofRule, IsExplained) {
  const Ended ended = Vtprobe({"rules", "virtualization.proven"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("Guests run on every CPU"));
  EXPECT_THAT(ended.out, HasSubstr("OpenDCDiag"));
  // No profile counts what most machines are not asked.
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("in a profile")));
  TempTree tree;
  tree.Write("p.toml", 0, "name = \"p\"\n[rules.\"virtualization.proven\"]\n");
  const Ended profile = Vtprobe({"check", "--profile", tree.root() + "/p.toml"});
  EXPECT_EQ(profile.exit_status, 65);
  EXPECT_THAT(profile.err, HasSubstr("p.toml:2:8: no profile counts virtualization.proven"));
}

}  // namespace
}  // namespace vtprobe
