// A capture by the CPUID instruction, which asks for a thread that is on the CPU.

#include "vtprobe/hal/cpuid_instruction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vtprobe/fixtures/mock_readers.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {
namespace {

using fixtures::MockMsrReader;
using testing::NiceMock;
using testing::Return;

constexpr MsrAddress kUnknownToTheTable{0x39};
constexpr CpuidLeaf kVendor{0x0};

// The kernel refuses to bind a thread to a CPU that does not exist as it refuses
// one outside the cpuset.
TEST(Capture, OfACpuThatNoThreadMayGoToHasNoCpuid) {
  const LogicalCpu forbidden{kMaxCpuNumber};
  CpuidInstruction instruction;
  NiceMock<MockMsrReader> msrs;
  ON_CALL(msrs, ReadMsr(forbidden, kUnknownToTheTable)).WillByDefault(Return(0x5));
  CapturePlan plan;
  plan.distinct_apic_ids = false;
  plan.registers.Add(kVendor);
  plan.registers.Add(kUnknownToTheTable);
  const PlatformSnapshot captured =
      Capture(plan, CpuSet(forbidden), CpuSet(), Metadata(), msrs, instruction);
  EXPECT_EQ(captured.Cpuid(forbidden, kVendor),
            CpuidReading(tl::unexpected(AccessCode::kNotPinned)));
  EXPECT_EQ(captured.Msr(forbidden, kUnknownToTheTable), 0x5);
}

}  // namespace
}  // namespace vtprobe
