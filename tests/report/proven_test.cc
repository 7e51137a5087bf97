// A proof held against the registers: by what a made-up KVM does on each CPU, whatever
// the registers of a made-up machine say. Statuses are those of the command's contract.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/kvm.h>

#include <cerrno>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "proof/fake_kvm.h"
#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/proof/kvm.h"
#include "vtprobe/proof/recorded_proof.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const GuestProvider kIntel{"kvm_intel", GuestProvider::Needs::kVmx};
const GuestProvider kAmd{"kvm_amd", GuestProvider::Needs::kSvm};
const GuestProvider kPvm{"kvm_pvm", GuestProvider::Needs::kNothing};

using Trouble = std::function<void(FakeKvm&)>;

void FailEntry(FakeKvm& kvm) {
  kvm.InsteadOfGuest([](kvm_run* run) {
    run->exit_reason = KVM_EXIT_FAIL_ENTRY;
    run->fail_entry.hardware_entry_failure_reason = 0x7;
    return 0;
  });
}
void Busy(FakeKvm& kvm) { kvm.Fail(FakeKvm::kCreateVm, -EBUSY); }
void Wrong(FakeKvm& kvm) { kvm.Miscalculate(); }
void NoDevice(FakeKvm& kvm) { kvm.FailToOpen(-ENOENT); }
void NoRight(FakeKvm& kvm) { kvm.FailToOpen(-EACCES); }

// Guests on CPUs 0 to 3, each with a KVM of its own that was set up so.
Proof Guests(const GuestProvider& provider, const std::map<std::uint32_t, Trouble>& others = {}) {
  std::vector<CpuProof> cpus;
  for (std::uint32_t i = 0; i < 4; ++i) {
    FakeKvm kvm;
    if (const auto other = others.find(i); other != others.end()) other->second(kvm);
    CpuProof cpu{.cpu = LogicalCpu(i), .run = KvmGuestRunner(kvm).Run(LogicalCpu(i), 7), .runs = 1};
    if (cpu.run.outcome != GuestOutcome::kRan) cpu.not_well = 1;
    cpus.push_back(cpu);
  }
  return MakeProof(provider, cpus);
}

std::map<std::uint32_t, Trouble> All(const Trouble& trouble) {
  return {{0, trouble}, {1, trouble}, {2, trouble}, {3, trouble}};
}

PlatformSnapshot With(PlatformSnapshot machine, const Proof& proof) {
  RecordProof(proof, &machine.mutable_metadata());
  return machine;
}

Report Of(const PlatformSnapshot& machine, const Proof& proof) {
  return MakeReport(With(machine, proof), "1.2", std::nullopt);
}

PlatformBuilder Enabled() { return PlatformBuilder::Intel().Cpus(4).Locked().VmxOutsideSmx(); }
PlatformBuilder Unread() { return Enabled().Unreadable(AccessCode::kPermissionDenied); }

const Finding& ProvenOf(const Report& report) {
  for (const Finding& finding : report.findings) {
    if (finding.rule == "virtualization.proven") return finding;
  }
  ADD_FAILURE() << "there is no such finding";
  return report.findings.front();
}

std::string Text(const Report& report) { return ReportFormats().front().render(report, {}); }

nlohmann::json Json(const Report& report) {
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == "json") return nlohmann::json::parse(format.render(report, {}));
  }
  return {};
}

TEST(HeldProof, ConfirmsWhatRegistersAllow) {
  const Report report = Of(Enabled(), Guests(kIntel));
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(ProvenOf(report).outcome, Outcome::kPass);
  EXPECT_THAT(Text(report),
              AllOf(HasSubstr("guests ran on CPUs 0-3 by kvm_intel"), Not(HasSubstr("but"))));
}

TEST(HeldProof, IsOnlyThereIfItWasAskedFor) {
  const Report report = MakeReport(Enabled(), "1.2", std::nullopt);
  EXPECT_FALSE(Json(report).contains("proof"));
  EXPECT_THAT(Text(report), Not(HasSubstr("proof")));
}

// In text, in binary and merged with another's: what carries it is judged alike.
TEST(HeldProof, IsJudgedFromARecording) {
  for (const auto& others : {std::map<std::uint32_t, Trouble>{}, {{1, FailEntry}}, All(Busy)}) {
    const PlatformSnapshot machine = With(Unread(), Guests(kIntel, others));
    const Report here = MakeReport(machine, "1.2", std::nullopt);
    const Report text = MakeReport(ParseDump(WriteDump(machine)).value(), "1.2", std::nullopt);
    const Report binary =
        MakeReport(ParseBinaryDump(WriteBinaryDump(machine)).value(), "1.2", std::nullopt);
    EXPECT_EQ(Json(text), Json(here));
    EXPECT_EQ(Json(binary), Json(here));
    EXPECT_EQ(Text(text), Text(here));
  }
  EXPECT_EQ(Of(Unread(), Guests(kIntel)).exit_code, 0);
  EXPECT_EQ(Of(Unread(), Guests(kIntel, {{1, FailEntry}})).exit_code, 1);
  EXPECT_EQ(Of(Unread(), Guests(kIntel, All(Busy))).exit_code, 2);
}

// It is told as a proof, and not once more as a key of the recording.
TEST(HeldProof, IsToldOnce) {
  const Report report = Of(Enabled(), Guests(kIntel));
  for (const auto& [key, value] : report.subject.other) EXPECT_NE(key, "proof") << value;
}

TEST(HeldProof, DecidesWhereNoSwitchWasRead) {
  const Report report = Of(Unread(), Guests(kIntel));
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(report.virtualization.usable, Usable::kYes);
  EXPECT_EQ(report.virtualization.state, State::kIndeterminate) << "what the registers say";
  EXPECT_EQ(report.headline,
            "Intel VT-x is usable on all 4 CPUs: kvm_intel ran guests there; its switch could not "
            "be read.");
  EXPECT_EQ(report.remedy, "");
}

TEST(HeldProof, OfTheOtherMakersKvmDecidesNothing) {
  const Report report = Of(Unread(), Guests(kAmd));
  EXPECT_EQ(report.exit_code, 2);
  EXPECT_EQ(report.virtualization.guests->contradicted.ToString(), "0-3");
}

TEST(HeldProof, OfSomeCpusIsNoYes) {
  const Report report = Of(Unread(), Guests(kIntel, {{3, NoRight}}));
  EXPECT_EQ(report.exit_code, 2);
  EXPECT_EQ(report.virtualization.usable, Usable::kUnknown);
  EXPECT_THAT(Text(report), AllOf(StartsWith("Cannot tell"), HasSubstr("CPU 3: not asked")));
  EXPECT_EQ(Json(report)["proof"]["groups"][1]["outcome"], "not_asked");
}

TEST(HeldProof, DecidesForTheCpusThatWereNotRead) {
  const Report report =
      Of(Enabled().Unreadable("2", AccessCode::kIo), Guests(kIntel, {{1, NoDevice}}));
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.headline, HasSubstr("the switch of CPU 2 could not be read"));
}

// What was read still counts: CPUs that are known to differ do, whatever ran there.
TEST(HeldProof, DoesNotHideThatCpusDiffer) {
  const Report report = Of(PlatformBuilder::Amd().Cpus(4).VmCr(0x8, "0").VmCr(0x0, "1").Unreadable(
                               "2-3", AccessCode::kIo),
                           Guests(kAmd));
  EXPECT_EQ(report.virtualization.state, State::kInconsistent);
  EXPECT_EQ(report.exit_code, 1);
}

TEST(HeldProof, FailsWhatRegistersAllowAndTheCpuRefuses) {
  const Report report = Of(Enabled(), Guests(kIntel, {{2, FailEntry}}));
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_EQ(report.virtualization.usable, Usable::kNo);
  EXPECT_EQ(report.headline,
            "Intel VT-x does NOT work on CPU 2: kvm_intel could not run a guest there.");
  EXPECT_THAT(Text(report), HasSubstr("hardware_entry_failure_reason 0x7"));
  EXPECT_THAT(report.remedy, HasSubstr("vtprobe prove --cpus 2"));
  EXPECT_THAT(report.explanation,
              AllOf(HasSubstr("The switch is on and locked: what else is wrong on CPU 2"),
                    Not(HasSubstr("measured launch"))));
  const Finding& finding = ProvenOf(report);
  EXPECT_EQ(finding.outcome, Outcome::kFail);
  EXPECT_EQ(finding.cpus.ToString(), "2");
  EXPECT_TRUE(finding.counted);
  // Each CPU keeps its own answer.
  const auto json = Json(report);
  ASSERT_EQ(json["virtualization"]["groups"].size(), 2u);
  EXPECT_EQ(json["virtualization"]["groups"][0]["cpus"], "0-1,3");
  EXPECT_EQ(json["virtualization"]["groups"][0]["usable"], "yes");
  EXPECT_EQ(json["virtualization"]["groups"][1]["cpus"], "2");
  EXPECT_EQ(json["virtualization"]["groups"][1]["usable"], "no");
  EXPECT_EQ(json["proof"]["conclusion"], "disproven");
}

TEST(HeldProof, FailsAnUnreadMachineThatRefuses) {
  const Report report = Of(Unread(), Guests(kIntel, All(FailEntry)));
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_EQ(report.virtualization.usable, Usable::kNo);
}

TEST(HeldProof, FailsWhoComputesWronglyWhateverRunsIt) {
  for (const GuestProvider& provider : {kIntel, kPvm}) {
    const Report report = Of(Enabled(), Guests(provider, {{1, Wrong}}));
    EXPECT_EQ(report.exit_code, 1) << provider.name;
    EXPECT_EQ(report.headline, "Not sound: guests computed wrongly on CPU 1.");
    EXPECT_THAT(Text(report), HasSubstr("wrong: 16-bit real mode: computed 0x"));
    EXPECT_EQ(ProvenOf(report).outcome, Outcome::kFail);
    EXPECT_THAT(ReportFormats().front().render(report, {.color = true}), StartsWith("\x1b[1;31m"))
        << "red";
  }
}

TEST(HeldProof, LeavesItToTheRegistersWhereAnotherHypervisorIs) {
  const Report usable = Of(Enabled(), Guests(kIntel, All(Busy)));
  EXPECT_EQ(usable.exit_code, 0);
  EXPECT_EQ(ProvenOf(usable).outcome, Outcome::kIndeterminate);
  EXPECT_FALSE(ProvenOf(usable).counted);
  EXPECT_EQ(Json(usable)["proof"]["groups"][0]["busy"], true);
  EXPECT_EQ(Of(Unread(), Guests(kIntel, All(Busy))).exit_code, 2);
  EXPECT_EQ(Of(Enabled().SwitchedOff(), Guests(kIntel, All(Busy))).exit_code, 1);
}

TEST(HeldProof, LeavesItToTheRegistersWhereNoGuestCouldBeRun) {
  for (const Trouble& trouble : {Trouble(NoDevice), Trouble(NoRight)}) {
    EXPECT_EQ(Of(Enabled(), Guests(kIntel, All(trouble))).exit_code, 0);
    EXPECT_EQ(Of(Unread(), Guests(kIntel, All(trouble))).exit_code, 2);
    EXPECT_EQ(Of(Enabled().SwitchedOff(), Guests(kIntel, All(trouble))).exit_code, 1);
    EXPECT_EQ(Of(PlatformBuilder::Intel().Cpus(4).WithoutExtension(), Guests(kIntel, All(trouble)))
                  .exit_code,
              3);
  }
}

TEST(HeldProof, SaysNothingOfHardwareThatWasNotNeeded) {
  for (const auto& others : {std::map<std::uint32_t, Trouble>{}, All(FailEntry)}) {
    EXPECT_EQ(Of(Enabled(), Guests(kPvm, others)).exit_code, 0);
    EXPECT_EQ(Of(Unread(), Guests(kPvm, others)).exit_code, 2);
    EXPECT_EQ(Of(Enabled().SwitchedOff(), Guests(kPvm, others)).exit_code, 1);
  }
  EXPECT_THAT(Text(Of(Unread(), Guests(kPvm))), HasSubstr("by kvm_pvm, which proves nothing"));
  const Report off = Of(Enabled().SwitchedOff(), Guests(kPvm));
  EXPECT_TRUE(off.virtualization.guests->contradicted.empty());
}

struct NoByRegisters {
  const char* name;
  PlatformSnapshot machine;
  int exit_code;
};

class HeldAgainstNo : public testing::TestWithParam<NoByRegisters> {};

// The registers' answer stays, and who contradicts it is named.
TEST_P(HeldAgainstNo, NamesTheContradictionAndStays) {
  const Report report = Of(GetParam().machine, Guests(kIntel));
  EXPECT_EQ(report.exit_code, GetParam().exit_code);
  EXPECT_NE(report.virtualization.usable, Usable::kYes);
  EXPECT_EQ(ProvenOf(report).outcome, Outcome::kFail);
  EXPECT_EQ(Json(report)["proof"]["contradicted"], "0-3");
  EXPECT_THAT(Text(report),
              HasSubstr("guests ran on CPUs 0-3 by kvm_intel, and the registers there"));
  EXPECT_THAT(report.remedy, HasSubstr("they can't both be right"));
}

INSTANTIATE_TEST_SUITE_P(
    Machines, HeldAgainstNo,
    testing::Values(
        NoByRegisters{"Disabled", Enabled().SwitchedOff(), 1},
        NoByRegisters{"Unlocked", PlatformBuilder::Intel().Cpus(4), 1},
        NoByRegisters{"Unsupported", PlatformBuilder::Intel().Cpus(4).WithoutExtension(), 3},
        NoByRegisters{"Hidden", PlatformBuilder::Intel().Cpus(4).WithoutExtension().Guest(), 2}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(HeldProof, NamesTheOneCpuThatIsContradicted) {
  const Report report = Of(Enabled().SwitchedOff("1"), Guests(kIntel, {{0, NoRight}}));
  EXPECT_EQ(Json(report)["proof"]["contradicted"], "1");
  EXPECT_EQ(report.exit_code, 1);
}

TEST(HeldProof, AgreesWithRegistersThatDoNotAllowIt) {
  const Report report = Of(Enabled().SwitchedOff(), Guests(kIntel, All(FailEntry)));
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_EQ(report.virtualization.state, State::kDisabledLocked);
  EXPECT_THAT(report.headline, StartsWith("Intel VT-x is OFF on all 4 CPUs"));
  EXPECT_TRUE(report.virtualization.guests->disproven.empty());
}

// No thread can be bound to a CPU that has gone.
TEST(HeldProof, OfACpuThatHasGoneIsNone) {
  FakeKvm kvm;
  KvmGuestRunner runner(kvm);
  const Proof proof = Prove(runner, kIntel, {.cpus = CpuSet(LogicalCpu(65535))});
  const PlatformSnapshot machine = PlatformBuilder::Intel().Cpus("65535").Locked().VmxOutsideSmx();
  const Report report = Of(machine, proof);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(ProvenOf(report).outcome, Outcome::kIndeterminate);
  EXPECT_THAT(Text(report), HasSubstr("no thread could be bound to it"));
}

// Words of the kernel's log are older than what was just seen.
TEST(HeldProof, OutweighsWords) {
  PlatformSnapshot machine = Unread();
  machine.mutable_metadata().Set("kernel_log.1", "kvm: disabled by bios");
  ASSERT_EQ(MakeReport(machine, "1.2", std::nullopt).exit_code, 1);
  const Report report = Of(machine, Guests(kIntel));
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.headline, StartsWith("Intel VT-x is usable on all 4 CPUs: kvm_intel ran"));
  EXPECT_EQ(Of(machine, Guests(kIntel, {{0, NoRight}})).exit_code, 1) << "words decide the rest";
}

TEST(HeldProof, FailsUnderAProfileThatCountsSomethingElse) {
  Profile profile;
  profile.name = "none";
  const Report passes = MakeReport(With(Enabled(), Guests(kIntel)), "1.2", std::nullopt, &profile);
  EXPECT_EQ(passes.exit_code, 0);
  const Report fails =
      MakeReport(With(Enabled(), Guests(kIntel, {{0, Wrong}})), "1.2", std::nullopt, &profile);
  EXPECT_EQ(fails.exit_code, 1);
  EXPECT_TRUE(ProvenOf(fails).counted);
}

}  // namespace
}  // namespace vtprobe
