// The walk against CPUs made up for it: a map of answers, and the list of
// questions that a manual reader would ask of them.

#include "cpuid_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace vtprobe {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;

constexpr std::uint32_t kGenu = 0x756e6547;
constexpr std::uint32_t kCent = 0x746e6543;
constexpr std::uint32_t kHypervisorBit = 0x8000'0000;

using Answers = std::map<CpuidLeaf, CpuidRegisters>;

// What the walk asks of a CPU that answers thus, and zeros to all else.
std::vector<CpuidLeaf> Asked(const Answers& answers) {
  std::vector<CpuidLeaf> asked;
  WalkCpuid([&](CpuidLeaf leaf) -> CpuidReading {
    asked.push_back(leaf);
    const auto found = answers.find(leaf);
    return PartialCpuid{found == answers.end() ? CpuidRegisters{} : found->second};
  });
  return asked;
}

std::vector<CpuidLeaf> AskedOf(std::uint32_t leaf, const Answers& answers) {
  std::vector<CpuidLeaf> of_leaf;
  for (const CpuidLeaf& asked : Asked(answers)) {
    if (asked.leaf == leaf) of_leaf.push_back(asked);
  }
  return of_leaf;
}

// A CPU with basic leaves up to `last`, none of them extended.
Answers Basic(std::uint32_t last) { return {{{0x0}, {last, kGenu, 0, 0}}}; }

TEST(CpuidWalk, AsksForTheLeavesThatAreAnnounced) {
  EXPECT_THAT(Asked({{{0x0}, {0x2, kGenu, 0, 0}}, {{0x8000'0000}, {0x8000'0001, 0, 0, 0}}}),
              ElementsAre(CpuidLeaf{0x0}, CpuidLeaf{0x1}, CpuidLeaf{0x2}, CpuidLeaf{0x8000'0000},
                          CpuidLeaf{0x8000'0001}));
}

TEST(CpuidWalk, AsksForNothingAfterALeafThatCannotBeRead) {
  std::size_t questions = 0;
  WalkCpuid([&](CpuidLeaf) -> CpuidReading {
    ++questions;
    return tl::unexpected(AccessCode::kNotPinned);
  });
  EXPECT_EQ(questions, 2u) << "the first leaves of the two ranges that every CPU has";
}

TEST(CpuidWalk, CachesEndWithTheNullType) {
  Answers cpu = Basic(0x4);
  cpu[{0x4, 0}] = {0x121, 0, 0, 0};
  cpu[{0x4, 1}] = {0x122, 0, 0, 0};
  // Subleaf 2 is 0: it ends the list and is part of the answer.
  EXPECT_THAT(AskedOf(0x4, cpu),
              ElementsAre(CpuidLeaf{0x4, 0}, CpuidLeaf{0x4, 1}, CpuidLeaf{0x4, 2}));
}

TEST(CpuidWalk, TopologyEndsWithTheInvalidLevel) {
  Answers cpu = Basic(0x1f);
  cpu[{0x1f, 0}] = {1, 2, 0x100, 0};
  cpu[{0x1f, 1}] = {4, 16, 0x201, 0};
  EXPECT_THAT(AskedOf(0x1f, cpu),
              ElementsAre(CpuidLeaf{0x1f, 0}, CpuidLeaf{0x1f, 1}, CpuidLeaf{0x1f, 2}));
  EXPECT_THAT(AskedOf(0xb, cpu), ElementsAre(CpuidLeaf{0xb, 0}));
}

TEST(CpuidWalk, Leaf7AnnouncesItsHighestSubleafInEax) {
  Answers cpu = Basic(0x7);
  cpu[{0x7, 0}] = {2, 0, 0, 0};
  EXPECT_THAT(AskedOf(0x7, cpu),
              ElementsAre(CpuidLeaf{0x7, 0}, CpuidLeaf{0x7, 1}, CpuidLeaf{0x7, 2}));
}

TEST(CpuidWalk, XsaveHasASubleafForEachComponentOfEitherKind) {
  Answers cpu = Basic(0xd);
  cpu[{0xd, 0}] = {0x7, 0, 0, 0x4000'0000};  // components 0, 1, 2 and 62
  cpu[{0xd, 1}] = {0xf, 0, 0x100, 0};        // supervisor component 8
  EXPECT_THAT(AskedOf(0xd, cpu),
              ElementsAre(CpuidLeaf{0xd, 0}, CpuidLeaf{0xd, 1}, CpuidLeaf{0xd, 2},
                          CpuidLeaf{0xd, 8}, CpuidLeaf{0xd, 62}));
}

TEST(CpuidWalk, ResourceDirectorsMarkTheirSubleaves) {
  Answers cpu = Basic(0x10);
  cpu[{0xf, 0}] = {0, 0xff, 0, 0x2};
  cpu[{0x10, 0}] = {0, 0xa, 0, 0};
  EXPECT_THAT(AskedOf(0xf, cpu), ElementsAre(CpuidLeaf{0xf, 0}, CpuidLeaf{0xf, 1}));
  EXPECT_THAT(AskedOf(0x10, cpu),
              ElementsAre(CpuidLeaf{0x10, 0}, CpuidLeaf{0x10, 1}, CpuidLeaf{0x10, 3}));
}

TEST(CpuidWalk, SgxSectionsStartAtSubleaf2) {
  Answers cpu = Basic(0x12);
  EXPECT_THAT(AskedOf(0x12, cpu), ElementsAre(CpuidLeaf{0x12, 0}));
  cpu[{0x12, 0}] = {0x3, 0, 0, 0x241f};
  cpu[{0x12, 2}] = {0x7020'0001, 0, 0, 0};
  EXPECT_THAT(AskedOf(0x12, cpu), ElementsAre(CpuidLeaf{0x12, 0}, CpuidLeaf{0x12, 1},
                                              CpuidLeaf{0x12, 2}, CpuidLeaf{0x12, 3}));
}

TEST(CpuidWalk, AmdCachesAndTopologyFollowTheSameRules) {
  Answers cpu = Basic(0x1);
  cpu[{0x8000'0000}] = {0x8000'0026, 0, 0, 0};
  cpu[{0x8000'001d, 0}] = {0x21, 0, 0, 0};
  cpu[{0x8000'0020, 0}] = {0, 0x2, 0, 0};
  cpu[{0x8000'0026, 0}] = {0, 0, 0x100, 0};
  EXPECT_THAT(AskedOf(0x8000'001d, cpu),
              ElementsAre(CpuidLeaf{0x8000'001d, 0}, CpuidLeaf{0x8000'001d, 1}));
  EXPECT_THAT(AskedOf(0x8000'0020, cpu),
              ElementsAre(CpuidLeaf{0x8000'0020, 0}, CpuidLeaf{0x8000'0020, 1}));
  EXPECT_THAT(AskedOf(0x8000'0026, cpu),
              ElementsAre(CpuidLeaf{0x8000'0026, 0}, CpuidLeaf{0x8000'0026, 1}));
}

TEST(CpuidWalk, OnlyAGuestIsAskedForHypervisors) {
  Answers cpu = Basic(0x1);
  cpu[{0x4000'0000}] = {0x4000'0001, 0, 0, 0};
  EXPECT_THAT(Asked(cpu), Not(Contains(CpuidLeaf{0x4000'0000})));
  cpu[{0x1}] = {0, 0, kHypervisorBit, 0};
  EXPECT_THAT(Asked(cpu), IsSupersetOf({CpuidLeaf{0x4000'0000}, CpuidLeaf{0x4000'0001}}));
}

TEST(CpuidWalk, ASecondInterfaceFollowsTheFirst) {
  Answers cpu = Basic(0x1);
  cpu[{0x1}] = {0, 0, kHypervisorBit, 0};
  cpu[{0x4000'0000}] = {0x4000'0000, 0, 0, 0};
  cpu[{0x4000'0100}] = {0x4000'0101, 0, 0, 0};
  const std::vector<CpuidLeaf> asked = Asked(cpu);
  EXPECT_THAT(asked, Contains(CpuidLeaf{0x4000'0101}));
  EXPECT_THAT(asked, Not(Contains(CpuidLeaf{0x4000'0300})))
      << "an interface that is not there ends the search";
}

TEST(CpuidWalk, OnlyCentaurIsAskedForItsOwnRange) {
  Answers cpu = Basic(0x0);
  cpu[{0xc000'0000}] = {0xc000'0001, 0, 0, 0};
  EXPECT_THAT(Asked(cpu), Not(Contains(CpuidLeaf{0xc000'0000})));
  cpu[{0x0}].ebx = kCent;
  EXPECT_THAT(Asked(cpu), Contains(CpuidLeaf{0xc000'0001}));
}

TEST(CpuidWalk, AnAnnouncementBeyondReasonIsNotFollowed) {
  Answers cpu = {{{0x0}, {0xffff'ffff, kGenu, 0, 0}}};
  cpu[{0x8000'0000}] = {0x7fff'ffff, 0, 0, 0};
  EXPECT_THAT(Asked(cpu), ElementsAre(CpuidLeaf{0x0}, CpuidLeaf{0x8000'0000}));
  cpu = Basic(0x7);
  cpu[{0x7, 0}] = {0xffff'ffff, 0, 0, 0};
  EXPECT_EQ(AskedOf(0x7, cpu).size(), 64u);
}

}  // namespace
}  // namespace vtprobe
