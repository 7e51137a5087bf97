// Two CPUs with one APIC id were one CPU: what a capture makes of that.
//
// [intel/sdm-vol2] CPUID: leaf 1's EBX[31:24] is the initial APIC id, EDX of
// leaves 0BH and 1FH the x2APIC id, valid if EBX is not 0.

#include <gtest/gtest.h>

#include <string>

#include "capture/machine.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {
namespace {

constexpr CpuidLeaf kVendor{0x0};
constexpr MsrAddress kMsr{0x39};

PlatformSnapshot CaptureAll(const PlatformSnapshot& machine, bool distinct_apic_ids = true) {
  ReplayBackend backend(machine);
  return Capture({.registers = machine.Everything(),
                  .absent_msrs = true,
                  .distinct_apic_ids = distinct_apic_ids},
                 machine.online(), machine.offline(), Metadata(), backend, backend);
}

bool IsDistrusted(const PlatformSnapshot& captured, std::uint32_t cpu) {
  return captured.Cpuid(LogicalCpu{cpu}, kVendor) ==
         CpuidReading(tl::unexpected(AccessCode::kNotPinned));
}

// One CPU of three that differ in what the test says; 0 and 2 share it.
std::string ThreeCpus(const std::string& of_0_and_2, const std::string& of_1) {
  return "cpu 0-2\n" + std::string(kIntelVendor) + "msr 0x39 = 0x5\ncpu 0,2\n" + of_0_and_2 +
         "cpu 1\n" + of_1;
}

TEST(ApicId, SharedByTwoCpusMakesTheirCpuidUntrusted) {
  const PlatformSnapshot captured =
      CaptureAll(Machine(ThreeCpus("cpuid 0x1.0x0 = 0x506e3 0x3100800 0x0 0x0\n",
                                   "cpuid 0x1.0x0 = 0x506e3 0x4100800 0x0 0x0\n")));
  EXPECT_TRUE(IsDistrusted(captured, 0));
  EXPECT_TRUE(IsDistrusted(captured, 2));
  EXPECT_FALSE(IsDistrusted(captured, 1));
  for (const auto& [cpus, reading] : captured.Values(CpuidLeaf{0x1})) {
    EXPECT_EQ(reading.has_value(), cpus == CpuSet(LogicalCpu{1})) << "every leaf of theirs";
  }
}

TEST(ApicId, SharedOrNotLeavesTheMsrsAsTheyAre) {
  const PlatformSnapshot captured =
      CaptureAll(Machine(ThreeCpus("cpuid 0x1.0x0 = 0x506e3 0x3100800 0x0 0x0\n",
                                   "cpuid 0x1.0x0 = 0x506e3 0x4100800 0x0 0x0\n")));
  for (std::uint32_t cpu = 0; cpu < 3; ++cpu) EXPECT_EQ(captured.Msr(LogicalCpu{cpu}, kMsr), 0x5);
}

TEST(ApicId, IsNotComparedInARecordingThatIsReadAgain) {
  const PlatformSnapshot machine =
      Machine(ThreeCpus("cpuid 0x1.0x0 = 0x506e3 0x3100800 0x0 0x0\n",
                        "cpuid 0x1.0x0 = 0x506e3 0x3100800 0x0 0x0\n"));
  EXPECT_EQ(CaptureAll(machine, false), machine);
}

TEST(ApicId, OfTheTopologyLeafCountsBeforeTheInitialOne) {
  // CPUs 0 and 256 of a large machine have equal low eight bits.
  const PlatformSnapshot captured = CaptureAll(Machine(
      ThreeCpus("cpuid 0x1.0x0 = 0x506e3 0x800 0x0 0x0\ncpuid 0xb.0x0 = 0x1 0x2 0x100 0x7\n",
                "cpuid 0x1.0x0 = 0x506e3 0x800 0x0 0x0\n"
                "cpuid 0xb.0x0 = 0x1 0x2 0x100 0x107\n")));
  EXPECT_TRUE(IsDistrusted(captured, 0));
  EXPECT_FALSE(IsDistrusted(captured, 1));
}

TEST(ApicId, OfLeaf1fCountsBeforeThatOfLeafB) {
  const PlatformSnapshot captured = CaptureAll(Machine(
      ThreeCpus("cpuid 0xb.0x0 = 0x1 0x2 0x100 0x1\ncpuid 0x1f.0x0 = 0x1 0x2 0x100 0x8\n",
                "cpuid 0xb.0x0 = 0x1 0x2 0x100 0x1\ncpuid 0x1f.0x0 = 0x1 0x2 0x100 0x9\n")));
  EXPECT_TRUE(IsDistrusted(captured, 2));
  EXPECT_FALSE(IsDistrusted(captured, 1));
}

TEST(ApicId, OfALeafThatSaysNothingDoesNotCount) {
  // EBX 0: the leaf is not implemented, and EDX is 0 on every CPU.
  const PlatformSnapshot captured =
      CaptureAll(Machine("cpu 0-1\n" + std::string(kIntelVendor) +
                         "cpuid 0xb.0x0 = 0x0 0x0 0x0 0x0\n"
                         "cpu 0\ncpuid 0x1.0x0 = 0x0 0x1000000 0x0 0x0\ncpu 1\ncpuid 0x1.0x0 = 0x0 "
                         "0x2000000 0x0 0x0\n"));
  EXPECT_FALSE(IsDistrusted(captured, 0));
  EXPECT_FALSE(IsDistrusted(captured, 1));
}

TEST(ApicId, OfALeafBeyondTheHighestDoesNotCount) {
  // An Intel CPU answers such a leaf with the data of its highest one.
  const PlatformSnapshot captured =
      CaptureAll(Machine("cpu 0-1\ncpuid 0x0.0x0 = 0x2 0x756e6547 0x6c65746e 0x49656e69\n"
                         "cpuid 0xb.0x0 = 0x55035a01 0xf0b2e4 0x0 0x9ca212c\n"
                         "cpu 0\ncpuid 0x1.0x0 = 0x0 0x1000000 0x0 0x0\ncpu 1\ncpuid 0x1.0x0 = 0x0 "
                         "0x2000000 0x0 0x0\n"));
  EXPECT_FALSE(IsDistrusted(captured, 0));
}

TEST(ApicId, ThatWasNotReadProvesNothing) {
  const PlatformSnapshot machine = Machine("cpu 0-1\n" + std::string(kIntelVendor));
  const PlatformSnapshot captured = CaptureAll(machine);
  EXPECT_FALSE(IsDistrusted(captured, 0));
  EXPECT_EQ(captured.Cpuid(LogicalCpu{0}, CpuidLeaf{0x1}),
            CpuidReading(tl::unexpected(AccessCode::kNotRecorded)))
      << "the leaves for the proof are read though the plan does not name them";
}

}  // namespace
}  // namespace vtprobe
