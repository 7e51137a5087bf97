// What is read for a check and for a recording.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

using testing::Contains;

void ExpectCovers(const Selection& selection, const Selection& part) {
  for (const auto& [leaf, mask] : part.cpuid) {
    const auto found = selection.cpuid.find(leaf);
    ASSERT_NE(found, selection.cpuid.end()) << std::hex << leaf.leaf << '.' << leaf.subleaf;
    EXPECT_EQ(mask & ~found->second, 0);
  }
  for (const MsrAddress address : part.msrs) EXPECT_THAT(selection.msrs, Contains(address));
}

TEST(Selections, ACheckReadsWhatTheRulesLookAtAndWhoTheCpuIs) {
  ExpectCovers(CheckedRegisters(), JudgedRegisters());
  ExpectCovers(CheckedRegisters(), IdentityRegisters());
}

TEST(Selections, ARecordingHoldsWhatACheckReads) {
  ExpectCovers(RecordedRegisters(), CheckedRegisters());
}

TEST(Selections, ARecordingHoldsEveryRegisterThatHasADefinition) {
  const Selection recorded = RecordedRegisters();
  for (const MsrDef* const msr : registers::AllMsrs()) {
    EXPECT_THAT(recorded.msrs, Contains(msr->address)) << msr->name;
  }
  for (const CpuidDef* const cpuid : registers::AllCpuid()) {
    EXPECT_TRUE(recorded.cpuid.contains(cpuid->leaf)) << cpuid->name;
  }
}

}  // namespace
}  // namespace vtprobe
