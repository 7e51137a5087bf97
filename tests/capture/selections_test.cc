// What is read for a check and for a recording.

#include "vtprobe/probes/selections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

using testing::Contains;
using testing::Not;

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
  ExpectCovers(RecordedRegisters(/*identifiers=*/false), CheckedRegisters());
}

TEST(Selections, ARecordingHoldsEveryRegisterThatHasADefinition) {
  const Selection recorded = RecordedRegisters(/*identifiers=*/true);
  for (const MsrDef* const msr : registers::AllMsrs()) {
    EXPECT_THAT(recorded.msrs, Contains(msr->address)) << msr->name;
  }
  for (const CpuidDef* const cpuid : registers::AllCpuid()) {
    EXPECT_TRUE(recorded.cpuid.contains(cpuid->leaf)) << cpuid->name;
  }
}

TEST(Selections, ARecordingLeavesOutWhatIdentifiesTheMachine) {
  const Selection recorded = RecordedRegisters(/*identifiers=*/false);
  EXPECT_THAT(recorded.msrs, Not(Contains(registers::kPpin.address)));
  EXPECT_THAT(recorded.msrs, Not(Contains(registers::kAmdPpin.address)));
  EXPECT_THAT(recorded.msrs, Contains(registers::kPpinCtl.address));
}

}  // namespace
}  // namespace vtprobe
