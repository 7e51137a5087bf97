#include "vtprobe/proof/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "proof/fake_kvm.h"

namespace vtprobe {
namespace {

using ::testing::SizeIs;

const GuestProvider kAmd{"kvm_amd", GuestProvider::Needs::kSvm};
const GuestProvider kPvm{"kvm_pvm", GuestProvider::Needs::kNothing};
const GuestProvider kSomeKvm{"kvm", GuestProvider::Needs::kUnknown};

const GuestRun kRan{GuestOutcome::kRan, {}, false};
const GuestRun kRefused{GuestOutcome::kRefused, "no entry", false};
const GuestRun kBusy{GuestOutcome::kRefused, "busy", true};
const GuestRun kWrong{GuestOutcome::kWrong, "computed 0x1 where 0x2 is right", false};
const GuestRun kNotAsked{GuestOutcome::kNotAsked, "no right", false};

// 64 CPUs that ran once, but for some.
Proof ProofOf(const GuestProvider& provider, const std::map<std::uint32_t, GuestRun>& others = {}) {
  std::vector<CpuProof> cpus;
  for (std::uint32_t i = 0; i < 64; ++i) {
    CpuProof cpu{.cpu = LogicalCpu(i), .run = kRan, .runs = 1};
    if (const auto other = others.find(i); other != others.end()) {
      cpu.run = other->second;
      cpu.not_well = 1;
    }
    cpus.push_back(cpu);
  }
  return MakeProof(provider, cpus);
}

TEST(MakeProof, PutsCpusOfOneOutcomeTogether) {
  const Proof proof = ProofOf(kAmd, {{3, kRefused}, {5, kWrong}, {63, kRefused}});
  ASSERT_THAT(proof.groups, SizeIs(3));
  EXPECT_EQ(proof.groups[0].cpus.ToString(), "0-2,4,6-62");
  EXPECT_EQ(proof.groups[0].runs, 61u);
  EXPECT_EQ(proof.groups[0].not_well, 0u);
  EXPECT_EQ(proof.groups[1].cpus.ToString(), "3,63");
  EXPECT_EQ(proof.groups[1].run, kRefused);
  EXPECT_EQ(proof.groups[1].not_well, 2u);
  EXPECT_EQ(proof.groups[2].cpus.ToString(), "5");
}

TEST(MakeProof, NamesTheSlowestRun) {
  using std::chrono::microseconds;
  const Proof proof = MakeProof(kAmd, {{LogicalCpu(0), kRan, 1, 0, microseconds(3)},
                                       {LogicalCpu(1), kRan, 1, 0, microseconds(9)},
                                       {LogicalCpu(2), kRefused, 1, 1, {}}});
  ASSERT_TRUE(proof.slowest);
  EXPECT_EQ(proof.slowest->cpu, LogicalCpu(1));
  EXPECT_EQ(proof.slowest->took, microseconds(9));
  EXPECT_FALSE(MakeProof(kAmd, {{LogicalCpu(2), kRefused, 1, 1, {}}}).slowest);
}

struct Case {
  const char* name;
  GuestProvider provider;
  std::map<std::uint32_t, GuestRun> others;
  Conclusion conclusion;
  int exit_code;
};

class Concluded : public ::testing::TestWithParam<Case> {};

TEST_P(Concluded, AsTheContractSays) {
  const Proof proof = ProofOf(GetParam().provider, GetParam().others);
  EXPECT_EQ(Conclude(proof), GetParam().conclusion);
  EXPECT_EQ(ExitCode(Conclude(proof)), GetParam().exit_code);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Concluded,
    ::testing::Values(
        Case{"Ran", kAmd, {}, Conclusion::kProven, 0},
        Case{"OneRefused", kAmd, {{63, kRefused}}, Conclusion::kDisproven, 1},
        Case{"OneWrong", kAmd, {{0, kWrong}}, Conclusion::kDisproven, 1},
        Case{"Busy", kAmd, {{0, kBusy}}, Conclusion::kNotProven, 2},
        Case{"BusyAndRefused", kAmd, {{0, kBusy}, {1, kRefused}}, Conclusion::kDisproven, 1},
        Case{"OneNotAsked", kAmd, {{7, kNotAsked}}, Conclusion::kNotProven, 2},
        Case{
            "NotAskedAndRefused", kAmd, {{7, kNotAsked}, {8, kRefused}}, Conclusion::kDisproven, 1},
        Case{"RanWithoutHardware", kPvm, {}, Conclusion::kNoHardware, 2},
        Case{"RefusedWithoutHardware", kPvm, {{1, kRefused}}, Conclusion::kNotProven, 2},
        Case{"WrongWithoutHardware", kPvm, {{1, kWrong}}, Conclusion::kDisproven, 1},
        Case{"RanByNobodyKnowsWhat", kSomeKvm, {}, Conclusion::kNoHardware, 2}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Concluded, OfNoCpuIsNothing) {
  EXPECT_EQ(Conclude(MakeProof(kAmd, {})), Conclusion::kNotProven);
}

// Notes where it was called.
class NotingRunner final : public GuestRunner {
 public:
  GuestRun Run(LogicalCpu cpu, std::uint64_t input) override {
    const std::lock_guard lock(mutex_);
    inputs_.insert(input);
    ++calls_[Number(cpu)];
    if (::sched_getcpu() != static_cast<int>(Number(cpu))) ++elsewhere_;
    return bad_ && *bad_ == cpu && calls_[Number(cpu)] == 2 ? kWrong : kRan;
  }

  // Its second run goes wrong, and no other.
  void GoWrongOnceOn(LogicalCpu cpu) { bad_ = cpu; }

  std::mutex mutex_;
  std::set<std::uint64_t> inputs_;
  std::map<std::uint32_t, std::uint64_t> calls_;
  int elsewhere_ = 0;
  std::optional<LogicalCpu> bad_;
};

CpuSet OwnCpus() {
  cpu_set_t mask;
  EXPECT_EQ(::sched_getaffinity(0, sizeof(mask), &mask), 0);
  std::vector<CpuSet::Range> ranges;
  for (std::uint32_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) ranges.push_back({cpu, cpu});
  }
  return CpuSet(std::move(ranges));
}

TEST(Prove, AsksEveryCpuByAThreadThatIsOnIt) {
  NotingRunner runner;
  const CpuSet cpus = OwnCpus();
  const Proof proof = Prove(runner, kAmd, {.cpus = cpus, .seed = 1});
  ASSERT_THAT(proof.groups, SizeIs(1));
  EXPECT_EQ(proof.groups[0].cpus, cpus);
  EXPECT_EQ(proof.groups[0].runs, cpus.Count());
  EXPECT_EQ(runner.calls_.size(), cpus.Count());
  EXPECT_EQ(runner.elsewhere_, 0);
  EXPECT_EQ(runner.inputs_.size(), cpus.Count());
}

TEST(Prove, DoesNotAskACpuThatIsNotThere) {
  constexpr std::uint32_t kNowhere = 4095;
  NotingRunner runner;
  const CpuSet cpus = OwnCpus().Union(CpuSet({{kNowhere, kNowhere}}));
  const Proof proof = Prove(runner, kAmd, {.cpus = cpus, .seed = 1});
  ASSERT_THAT(proof.groups, SizeIs(2));
  EXPECT_EQ(proof.groups[1].cpus.ToString(), "4095");
  EXPECT_EQ(proof.groups[1].run.outcome, GuestOutcome::kNotAsked);
  EXPECT_EQ(runner.calls_.count(kNowhere), 0u);
  EXPECT_EQ(Conclude(proof), Conclusion::kNotProven);
}

TEST(Prove, RepeatsWithOtherInputsAndForgetsNoFailure) {
  NotingRunner runner;
  const CpuSet cpus = OwnCpus();
  const LogicalCpu bad = cpus.First();
  runner.GoWrongOnceOn(bad);
  const Proof proof =
      Prove(runner, kAmd, {.cpus = cpus, .at_least = std::chrono::milliseconds(50), .seed = 1});
  std::uint64_t runs = 0;
  for (const auto& [cpu, calls] : runner.calls_) runs += calls;
  EXPECT_GE(runs, 2 * cpus.Count());
  EXPECT_EQ(runner.inputs_.size(), runs);
  ASSERT_FALSE(proof.groups.empty());
  EXPECT_EQ(proof.groups[0].cpus, CpuSet({{Number(bad), Number(bad)}}));
  EXPECT_EQ(proof.groups[0].run, kWrong);
  EXPECT_EQ(proof.groups[0].not_well, 1u);
  EXPECT_EQ(proof.groups[0].runs, runner.calls_[Number(bad)]);
  EXPECT_EQ(Conclude(proof), Conclusion::kDisproven);
}

TEST(Prove, CountsNoRefusalAsARun) {
  FakeKvm kvm;
  kvm.Fail(FakeKvm::kRun, -EIO);
  KvmGuestRunner runner(kvm);
  const Proof proof = Prove(runner, kAmd, {.cpus = OwnCpus(), .seed = 1});
  ASSERT_THAT(proof.groups, SizeIs(1));
  EXPECT_EQ(proof.groups[0].run.outcome, GuestOutcome::kRefused);
  EXPECT_EQ(proof.groups[0].not_well, OwnCpus().Count());
  EXPECT_FALSE(proof.slowest);
  EXPECT_EQ(Conclude(proof), Conclusion::kDisproven);
}

TEST(Prove, GivesEachGuestAnInputOfItsOwn) {
  FakeKvm kvm;
  KvmGuestRunner runner(kvm);
  const CpuSet cpus = OwnCpus();
  const Proof proof = Prove(runner, kAmd, {.cpus = cpus, .seed = 1});
  EXPECT_EQ(Conclude(proof), Conclusion::kProven);
  EXPECT_EQ(kvm.guests(), 2 * cpus.Count());
  EXPECT_EQ(kvm.inputs().size(), cpus.Count());
}

}  // namespace
}  // namespace vtprobe
