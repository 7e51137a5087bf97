// CpuSet against its definition: what a list of CPUs may look like, where a
// wrong one goes wrong, and set algebra against std::set.

#include "vtprobe/hal/cpu_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vtprobe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Range = CpuSet::Range;
using Members = std::set<std::uint32_t>;

constexpr std::uint32_t kHighest = std::numeric_limits<std::uint32_t>::max();

TEST(CpuSetTest, RangesAreKeptAscendingDisjointAndNonAdjacent) {
  EXPECT_THAT((CpuSet{{8, 9}, {0, 3}}).ranges(), ElementsAre(Range{0, 3}, Range{8, 9}));
  EXPECT_THAT((CpuSet{{0, 3}, {4, 5}}).ranges(), ElementsAre(Range{0, 5}));
  EXPECT_THAT((CpuSet{{0, 9}, {2, 3}, {9, 12}}).ranges(), ElementsAre(Range{0, 12}));
  EXPECT_THAT((CpuSet{{5, 5}, {5, 5}}).ranges(), ElementsAre(Range{5, 5}));
  EXPECT_THAT(CpuSet().ranges(), IsEmpty());
}

TEST(CpuSetTest, HowASetWasMadeDoesNotShow) {
  EXPECT_EQ((CpuSet{{0, 1}, {2, 3}}), (CpuSet{{3, 3}, {0, 2}}));
  EXPECT_EQ(CpuSet(LogicalCpu{7}), (CpuSet{{7, 7}}));
  EXPECT_NE((CpuSet{{0, 1}}), (CpuSet{{0, 2}}));
}

TEST(CpuSetTest, FirstAndLastAreTheExtremes) {
  const CpuSet set{{40, 41}, {2, 3}};
  EXPECT_EQ(set.First(), LogicalCpu{2});
  EXPECT_EQ(set.Last(), LogicalCpu{41});
}

TEST(CpuSetTest, TheWholeRangeOfNumbersCanBeHeld) {
  const CpuSet all{{0, kHighest}};
  EXPECT_EQ(all.Count(), std::size_t{1} << 32);
  EXPECT_TRUE(all.Contains(LogicalCpu{kHighest}));
  EXPECT_EQ((CpuSet{{kHighest, kHighest}, {0, kHighest - 1}}), all);
  EXPECT_TRUE(all.Difference(all).empty());
  EXPECT_EQ(all.Difference(CpuSet{{1, kHighest}}), (CpuSet{{0, 0}}));
  EXPECT_EQ(all.Difference(CpuSet{{0, kHighest - 1}}), (CpuSet{{kHighest, kHighest}}));
  EXPECT_THAT((CpuSet{{kHighest, kHighest}}).ToVector(), ElementsAre(LogicalCpu{kHighest}));
}

// A few ranges among many are found wherever they stand.
TEST(CpuSetTest, AFewAmongManyAreFound) {
  std::vector<CpuSet::Range> ranges;
  for (std::uint32_t cpu = 0; cpu <= 1000; cpu += 2) ranges.push_back({cpu, cpu});
  const CpuSet even(std::move(ranges));
  for (std::uint32_t cpu = 1; cpu <= 1003; ++cpu) {
    const bool is_member = cpu % 2 == 0 && cpu <= 1000;
    const CpuSet one(LogicalCpu{cpu});
    EXPECT_EQ(even.Intersects(one), is_member) << cpu;
    EXPECT_EQ(one.Intersects(even), is_member) << cpu;
    EXPECT_EQ(even.Contains(one), is_member) << cpu;
    EXPECT_FALSE(one.Contains(even)) << cpu;
    const CpuSet two{{0, 0}, {cpu + 1, cpu + 1}};
    EXPECT_EQ(even.Contains(two), cpu % 2 == 1 && cpu < 1000) << cpu;
    EXPECT_TRUE(even.Intersects(two)) << cpu;
  }
}

TEST(CpuSetParseTest, ReadsWhatTheKernelWrites) {
  EXPECT_EQ(CpuSet::Parse("0"), CpuSet(LogicalCpu{0}));
  EXPECT_EQ(CpuSet::Parse("0-16,18-63"), (CpuSet{{0, 16}, {18, 63}}));
  EXPECT_EQ(CpuSet::Parse("3-3"), CpuSet(LogicalCpu{3}));
  EXPECT_EQ(CpuSet::Parse("9,0-1,4"), (CpuSet{{0, 1}, {4, 4}, {9, 9}}));
  EXPECT_EQ(CpuSet::Parse("0-65535"), (CpuSet{{0, kMaxCpuNumber}}));
}

struct BadList {
  std::string_view text;
  std::size_t offset;        // of the first byte that can't be right
  std::string_view message;  // part of it

  // Tests are listed by what this prints; bytes would name an address.
  friend void PrintTo(const BadList& value, std::ostream* out) {
    *out << testing::PrintToString(value.text);
  }
};

class CpuSetParseErrorTest : public testing::TestWithParam<BadList> {};

TEST_P(CpuSetParseErrorTest, SaysWhereAndWhat) {
  const auto set = CpuSet::Parse(GetParam().text);
  ASSERT_FALSE(set.has_value()) << set->ToString();
  EXPECT_EQ(set.error().offset, GetParam().offset);
  EXPECT_THAT(set.error().message, HasSubstr(std::string(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    BadLists, CpuSetParseErrorTest,
    testing::Values(BadList{"", 0, "CPU number"}, BadList{"x", 0, "CPU number"},
                    BadList{" 0", 0, "CPU number"}, BadList{"-1", 0, "CPU number"},
                    BadList{"+1", 0, "CPU number"}, BadList{"all", 0, "CPU number"},
                    BadList{"0,", 2, "CPU number"}, BadList{",0", 0, "CPU number"},
                    BadList{"0,,1", 2, "CPU number"}, BadList{"0, 1", 2, "CPU number"},
                    BadList{"0-", 2, "CPU number"}, BadList{"0--1", 2, "CPU number"},
                    BadList{"0-,1", 2, "CPU number"}, BadList{"0 ", 1, "','"},
                    BadList{"0\n", 1, "','"}, BadList{"0x10", 1, "','"}, BadList{"0-1-2", 3, "','"},
                    BadList{"0-3/4", 3, "','"}, BadList{"65536", 0, "65535"},
                    BadList{"0-65536", 2, "65535"}, BadList{"1,4294967296", 2, "65535"},
                    BadList{"99999999999999999999999999", 0, "65535"}, BadList{"3-1", 0, "upwards"},
                    BadList{"0,3-1", 2, "upwards"}, BadList{"1,1", 0, "twice"},
                    BadList{"0-3,2", 0, "twice"}, BadList{"2,0-3", 0, "twice"},
                    BadList{"0-65535,0-65535", 0, "twice"}));

TEST(CpuSetParseTest, ReadsNothingBeyondTheView) {
  const std::string_view text = "0-12";
  EXPECT_EQ(CpuSet::Parse(text.substr(0, 3)), (CpuSet{{0, 1}}));
  EXPECT_FALSE(CpuSet::Parse(std::string_view()).has_value());
}

TEST(CpuSetToStringTest, IsTheKernelsNotation) {
  EXPECT_EQ(CpuSet().ToString(), "");
  EXPECT_EQ((CpuSet{{5, 5}}).ToString(), "5");
  EXPECT_EQ((CpuSet{{0, 1}}).ToString(), "0-1");
  EXPECT_EQ((CpuSet{{0, 16}, {18, 63}, {70, 70}}).ToString(), "0-16,18-63,70");
}

// Sets small enough that overlaps, touching ranges and equal sets all come up.
std::vector<Range> ArbitraryRanges() {
  const auto pairs = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
      rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, 40), rc::gen::inRange<std::uint32_t>(0, 6)));
  std::vector<Range> ranges;
  ranges.reserve(pairs.size());
  for (const auto& [first, more] : pairs) ranges.push_back({first, first + more});
  return ranges;
}

Members MembersOf(const std::vector<Range>& ranges) {
  Members members;
  for (const Range& range : ranges) {
    for (std::uint32_t n = range.first; n <= range.last; ++n) members.insert(n);
  }
  return members;
}

Members MembersOf(const CpuSet& set) {
  Members members;
  for (const LogicalCpu cpu : set.ToVector()) members.insert(Number(cpu));
  return members;
}

// The same set twice: as built, and as its definition.
struct Sample {
  CpuSet set;
  Members members;
};

Sample ArbitrarySample() {
  const std::vector<Range> ranges = ArbitraryRanges();
  return {CpuSet(ranges), MembersOf(ranges)};
}

void ExpectCanonical(const CpuSet& set) {
  const auto& ranges = set.ranges();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    RC_ASSERT(ranges[i].first <= ranges[i].last);
    if (i > 0) RC_ASSERT(ranges[i - 1].last + 1 < ranges[i].first);
  }
}

RC_GTEST_PROP(CpuSetProperty, HoldsExactlyWhatItWasGiven, ()) {
  const auto [set, members] = ArbitrarySample();
  ExpectCanonical(set);
  RC_ASSERT(MembersOf(set) == members);
  RC_ASSERT(set.Count() == members.size());
  RC_ASSERT(set.empty() == members.empty());
  for (std::uint32_t n = 0; n < 50; ++n) {
    RC_ASSERT(set.Contains(LogicalCpu{n}) == members.contains(n));
  }
  if (members.empty()) return;
  RC_ASSERT(Number(set.First()) == *members.begin());
  RC_ASSERT(Number(set.Last()) == *members.rbegin());
}

RC_GTEST_PROP(CpuSetProperty, MembersComeOutAscending, ()) {
  const auto [set, members] = ArbitrarySample();
  const std::vector<LogicalCpu> cpus = set.ToVector();
  RC_ASSERT(std::is_sorted(cpus.begin(), cpus.end()));
  RC_ASSERT(cpus.size() == members.size());
}

RC_GTEST_PROP(CpuSetProperty, AlgebraIsThatOfSets, ()) {
  const Sample a = ArbitrarySample();
  const Sample b = ArbitrarySample();
  Members both;
  Members either;
  Members only_a;
  std::set_intersection(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                        std::inserter(both, both.end()));
  std::set_union(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                 std::inserter(either, either.end()));
  std::set_difference(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                      std::inserter(only_a, only_a.end()));
  for (const auto& [set, members] :
       {std::pair(a.set.Intersection(b.set), both), std::pair(a.set.Union(b.set), either),
        std::pair(a.set.Difference(b.set), only_a)}) {
    ExpectCanonical(set);
    RC_ASSERT(MembersOf(set) == members);
  }
  RC_ASSERT(a.set.Intersects(b.set) == !both.empty());
  RC_ASSERT(a.set.Contains(b.set) == (both == b.members));
  RC_ASSERT((a.set == b.set) == (a.members == b.members));
}

RC_GTEST_PROP(CpuSetProperty, ASetContainsItsParts, ()) {
  const CpuSet a = ArbitrarySample().set;
  const CpuSet b = ArbitrarySample().set;
  RC_ASSERT(a.Contains(a));
  RC_ASSERT(a.Contains(a.Intersection(b)));
  RC_ASSERT(a.Union(b).Contains(b));
  RC_ASSERT(a.Contains(CpuSet()));
  RC_ASSERT(!a.Difference(b).Intersects(b));
}

RC_GTEST_PROP(CpuSetProperty, TextComesBackAsTheSameSet, ()) {
  const CpuSet set = ArbitrarySample().set;
  RC_PRE(!set.empty());
  const auto parsed = CpuSet::Parse(set.ToString());
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == set);
}

RC_GTEST_PROP(CpuSetProperty, AListIsReadInAnyOrderAndOnlyOnce, ()) {
  const std::vector<Range> ranges = ArbitraryRanges();
  RC_PRE(!ranges.empty());
  std::string text;
  std::size_t listed = 0;
  for (const Range& range : ranges) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first) + '-' + std::to_string(range.last);
    listed += range.last - range.first + 1;
  }
  const Members members = MembersOf(ranges);
  const auto parsed = CpuSet::Parse(text);
  RC_ASSERT(parsed.has_value() == (listed == members.size()));
  if (parsed) RC_ASSERT(MembersOf(*parsed) == members);
}

RC_GTEST_PROP(CpuSetProperty, AnyTextIsReadOrRefusedWithinIt, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string_view("0123456789,,--- x\n")));
  const auto parsed = CpuSet::Parse(text);
  if (!parsed) {
    RC_ASSERT(parsed.error().offset <= text.size());
    RC_ASSERT(!parsed.error().message.empty());
    return;
  }
  ExpectCanonical(*parsed);
  RC_ASSERT(Number(parsed->Last()) <= kMaxCpuNumber);
}

}  // namespace
}  // namespace vtprobe
