#include "vtprobe/hal/cpuid_instruction.h"

#include <cpuid.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hal/system_call_filter.h"
#include "hal/usable_cpus.h"
#include "vtprobe/fixtures/live_cpuid_contract.h"
#include "vtprobe/fixtures/result_matchers.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/linux_cpuid_device.h"
#include "vtprobe/hal/pinned_scope.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using fixtures::ReadsAs;

TEST(CpuidInstruction, AnswersAsTheInstructionDoes) {
  CpuidRegisters expected;
  __cpuid_count(0, 0, expected.eax, expected.ebx, expected.ecx, expected.edx);
  CpuidInstruction cpuid;
  EXPECT_THAT(cpuid.ReadCpuid(UsableCpus().front(), {0, 0}), ReadsAs(expected));
}

// Leaf 0xB repeats the subleaf in ECX[7:0]. [intel/sdm-vol2] CPUID
TEST(CpuidInstruction, PassesTheSubleafOn) {
  CpuidInstruction cpuid;
  const LogicalCpu cpu = UsableCpus().front();
  const auto basic = cpuid.ReadCpuid(cpu, {0, 0});
  ASSERT_TRUE(basic.has_value());
  if (basic->eax < 0xb) GTEST_SKIP() << "this CPU has no leaf 0xB";
  for (const std::uint32_t subleaf : {0u, 1u, 2u}) {
    const auto answer = cpuid.ReadCpuid(cpu, {0xb, subleaf});
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->ecx & 0xff, subleaf);
  }
}

TEST(CpuidInstruction, LeavesTheThreadsAffinityAsItWas) {
  std::jthread([] {
    AllowEveryCpu();
    CpuidInstruction cpuid;
    const std::vector<LogicalCpu> before = UsableCpus();
    for (const LogicalCpu cpu : before) {
      EXPECT_TRUE(cpuid.ReadCpuid(cpu, {0, 0}).has_value());
      EXPECT_EQ(UsableCpus(), before);
    }
  });
}

TEST(CpuidInstruction, ACpuThatDoesNotExistIsNotPinned) {
  CpuidInstruction cpuid;
  EXPECT_THAT(cpuid.ReadCpuid(LogicalCpu{kMaxCpuNumber}, {0, 0}),
              FailsWith(AccessCode::kNotPinned));
}

TEST(CpuidInstruction, DoesNotBindAThreadThatIsBoundAlready) {
  std::jthread([] {
    const LogicalCpu cpu = UsableCpus().front();
    const auto scope = PinnedScope::To(cpu);
    ASSERT_TRUE(scope.has_value());
    if (!AnswerSystemCallWith(SYS_sched_setaffinity, EPERM))
      GTEST_SKIP() << "this kernel has no seccomp filters";
    CpuidInstruction cpuid;
    EXPECT_TRUE(cpuid.ReadCpuid(cpu, {0, 0}).has_value());
  });
}

TEST(CpuidInstruction, NeitherAsksForNorSetsTheAffinityOfAThreadThatHoldsAScope) {
  std::jthread([] {
    const LogicalCpu cpu = UsableCpus().front();
    const auto here = PinnedScope::To(cpu);
    ASSERT_TRUE(here.has_value());
    if (!AnswerSystemCallWith(SYS_sched_setaffinity, EPERM) ||
        !AnswerSystemCallWith(SYS_sched_getaffinity, EPERM)) {
      GTEST_SKIP() << "this kernel has no seccomp filters";
    }
    CpuidInstruction cpuid;
    EXPECT_TRUE(cpuid.ReadCpuidHere(*here, {0, 0}).has_value());
  });
}

TEST(CpuidInstruction, DoesNotBelieveAScopeThatTheThreadHasLeft) {
  std::jthread([] {
    AllowEveryCpu();
    const std::vector<LogicalCpu> cpus = UsableCpus();
    if (cpus.size() < 2) GTEST_SKIP() << "there is but one CPU to be on";
    const auto here = PinnedScope::To(cpus.front());
    ASSERT_TRUE(here.has_value());
    const auto elsewhere = PinnedScope::To(cpus.back());
    ASSERT_TRUE(elsewhere.has_value());
    CpuidInstruction cpuid;
    EXPECT_THAT(cpuid.ReadCpuidHere(*here, {0, 0}), FailsWith(AccessCode::kNotPinned));
  });
}

TEST(CpuidInstruction, KeepsTheErrnoOfARefusedAffinity) {
  std::jthread([] {
    const LogicalCpu elsewhere{Number(UsableCpus().back()) + 1};
    if (!AnswerSystemCallWith(SYS_sched_setaffinity, EPERM))
      GTEST_SKIP() << "this kernel has no seccomp filters";
    CpuidInstruction cpuid;
    EXPECT_THAT(cpuid.ReadCpuid(elsewhere, {0, 0}), FailsWith(AccessCode::kNotPinned));
  });
}

TEST(CpuidInstruction, AgreesWithTheDriver) {
  LinuxCpuidDevice device;
  CpuidInstruction instruction;
  for (const LogicalCpu cpu : UsableCpus()) {
    // Leaf 1 has each CPU's own APIC id. [intel/sdm-vol2] CPUID
    for (const CpuidLeaf leaf : {CpuidLeaf{0, 0}, CpuidLeaf{1, 0}, CpuidLeaf{0xb, 1}}) {
      const auto answer = device.ReadCpuid(cpu, leaf);
      if (!answer) GTEST_SKIP() << "/dev/cpu/N/cpuid: " << Describe(answer.error().code);
      EXPECT_THAT(instruction.ReadCpuid(cpu, leaf), ReadsAs(*answer));
    }
  }
}

}  // namespace

namespace fixtures {
namespace {

class CpuidInstructionHarness {
 public:
  std::optional<std::string> Unavailable() { return std::nullopt; }
  std::vector<LogicalCpu> cpus() { return UsableCpus(); }
  CpuidReader& reader() { return cpuid_; }

 private:
  CpuidInstruction cpuid_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(CpuidInstruction, LiveCpuidContract, CpuidInstructionHarness);

}  // namespace
}  // namespace fixtures
}  // namespace vtprobe
