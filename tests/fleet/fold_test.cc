// What is kept of many machines: enough to merge shards without loss, little enough to
// hold a fleet, and nothing that a damaged text could make of it.

#include "vtprobe/fleet/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "fleet/machines.h"
#include "sanitizer.h"

namespace vtprobe::fleet {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::SizeIs;

TEST(Names, KeepTheFirstAndCountAll) {
  Names names;
  for (std::size_t i = 3 * Names::kMostKept; i > 0; --i) names.Add("m" + std::to_string(i));
  EXPECT_EQ(names.count(), 3 * Names::kMostKept);
  ASSERT_THAT(names.kept(), SizeIs(Names::kMostKept));
  EXPECT_EQ(names.kept().front(), "m1");
  EXPECT_EQ(names.kept()[9], "m10") << "numbers within names are numbers";
  EXPECT_EQ(names.kept().back(), "m" + std::to_string(Names::kMostKept));
}

TEST(Names, OfTwoShardsAreThoseOfTheWhole) {
  Names whole;
  Names even;
  Names odd;
  for (std::size_t i = 0; i < 3 * Names::kMostKept; ++i) {
    whole.Add(std::to_string(i));
    (i % 2 == 0 ? even : odd).Add(std::to_string(i));
  }
  even.Add(odd);
  EXPECT_EQ(even.count(), whole.count());
  EXPECT_EQ(even.kept(), whole.kept());
}

// A fleet in which nearly everything that is kept occurs.
struct Recorded {
  Item item;
  PlatformSnapshot snapshot;
};

std::vector<Recorded> Fleet() {
  std::vector<Recorded> fleet;
  for (unsigned i = 0; i < 60; ++i) {
    const std::string value = i % 20 == 7 ? "0x1" : "0x5";
    const std::string meta = "meta firmware.version = 1." + std::to_string(i % 3) +
                             "\nmeta time = 2026-11-0" + std::to_string(1 + i % 9) + "T00:00:00Z\n";
    std::string msrs = "msr 0x3a = " + value + "\nmsr 0x1f2 = 0x" + std::to_string(i % 4) +
                       "b000006\nmsr 0x8b = 0x" + std::to_string(20 + i % 2) + "00000000\n";
    if (i % 11 == 3) msrs += "msr 0x480 ! no-driver\n";
    if (i % 13 == 5) msrs += "msr 0x480 ! general-protection\n";
    Item item{"rack/m" + std::to_string(i)};
    if (i % 5 == 0) item.machine = "host" + std::to_string(i % 4);
    fleet.push_back({item, Machine(msrs, meta, i % 17 == 4 ? "cpu 4 offline\n" : "")});
  }
  return fleet;
}

Judgement BySwitch(const PlatformSnapshot& snapshot) {
  const bool is_on = snapshot.Msr(LogicalCpu{0}, MsrAddress{0x3a}) == RegisterReading(0x5);
  if (is_on) return {vtprobe::Usable::kYes, 0, {{"some.advice", false}}};
  return {vtprobe::Usable::kNo, 1, {{"virtualization.usable", true}}};
}

TEST(Shards, MergedAreTheWholeToTheByte) {
  std::mt19937 random(20261130);  // NOLINT(cert-msc51-cpp): the same each time
  const std::vector<Recorded> fleet = Fleet();
  Fold whole({"1.0", {}, {}});
  for (const Recorded& one : fleet) whole.Add(one.item, one.snapshot, BySwitch);
  whole.AddUnreadable("rack/bad", {"why", 65});
  whole.AddNotRecordings(3);
  for (int round = 0; round < 20; ++round) {
    std::vector<Fold> shards;
    for (int i = 0; i < 4; ++i) shards.emplace_back(Way{"1.0", {}, {}});
    std::vector<std::size_t> order(fleet.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t i : order) {
      shards[random() % shards.size()].Add(fleet[i].item, fleet[i].snapshot, BySwitch);
    }
    shards[1].AddUnreadable("rack/bad", {"why", 65});
    shards[2].AddNotRecordings(1);
    shards[3].AddNotRecordings(2);
    std::shuffle(shards.begin(), shards.end(), random);
    Fold merged({"1.0", {}, {}});
    for (const Fold& shard : shards) {
      // As it comes out of a file.
      auto read = Fold::FromJson(shard.ToJson(), "1.0");
      ASSERT_TRUE(read) << read.error();
      EXPECT_EQ(read->ToJson(), shard.ToJson());
      merged.Merge(*read);
    }
    ASSERT_EQ(merged.ToJson(), whole.ToJson()) << "round " << round;
    EXPECT_EQ(OutliersOf(Conclude(merged)), OutliersOf(Conclude(whole)));
  }
}

TEST(Fold, AsksForAJudgementOnceOfMachinesThatAreTheSame) {
  std::size_t asked = 0;
  const auto judge = [&](const PlatformSnapshot&) {
    ++asked;
    return Judgement{vtprobe::Usable::kYes, 0, {}};
  };
  Fold fold({"1.0", {}, {}});
  fold.Add({"a"}, Machine("msr 0x3a = 0x5\nmsr 0x10 = 0x1\n", "meta time = 1\n"), judge);
  fold.Add({"b"}, Machine("msr 0x3a = 0x5\nmsr 0x10 = 0x2\n", "meta time = 2\n"), judge);
  EXPECT_EQ(asked, 1U) << "they differ in a counter and in when they were recorded";
  // SMRR's base is not compared, and is judged: it has to be a multiple of the size.
  fold.Add({"c"}, Machine("msr 0x3a = 0x5\nmsr 0x10 = 0x1\nmsr 0x1f2 = 0x7b000006\n"), judge);
  fold.Add({"d"}, Machine("msr 0x3a = 0x5\nmsr 0x10 = 0x1\nmsr 0x1f2 = 0x7b001006\n"), judge);
  EXPECT_EQ(asked, 3U);
  // What the kernel logged is judged, too.
  fold.Add({"e"}, Machine("msr 0x3a = 0x5\n", "meta kernel_log = complete\n"), judge);
  fold.Add({"f"}, Machine("msr 0x3a = 0x5\n", "meta kernel_log = partial\n"), judge);
  EXPECT_EQ(asked, 5U);
  EXPECT_EQ(Conclude(fold).machines, 6U);
}

// It takes no more for a hundred thousand machines that are alike than for ten.
TEST(Fold, GrowsWithWhatDiffers) {
  constexpr std::size_t kMachines = 100'000 / kStride;
  Fold fold({"1.0", {}, {}});
  const PlatformSnapshot machine = Machine("msr 0x3a = 0x5\n");
  for (std::size_t i = 0; i < kMachines; ++i) fold.Add({"m" + std::to_string(i)}, machine, Usable);
  EXPECT_THAT(fold.patterns(), SizeIs(1));
  EXPECT_THAT(fold.patterns().begin()->second.kept(), SizeIs(Names::kMostKept));
  EXPECT_EQ(Conclude(fold).machines, kMachines);
}

TEST(Fold, ThatIsDamagedIsRefused) {
  Fold fold = FoldOf({Machine("msr 0x3a = 0x5\n"), Machine("msr 0x3a = 0x1\n")});
  const std::string whole = fold.ToJson();
  ASSERT_TRUE(Fold::FromJson(whole, {}));
  for (std::size_t end = 0; end < whole.size(); ++end) {
    EXPECT_FALSE(Fold::FromJson(whole.substr(0, end), {})) << end;
  }
  const auto with = [&](const std::string& old_text, const std::string& new_text) {
    std::string text = whole;
    const std::size_t at = text.find(old_text);
    if (at == std::string::npos) throw std::invalid_argument(old_text);
    return text.replace(at, old_text.size(), new_text);
  };
  EXPECT_FALSE(Fold::FromJson(with("msr 0x3a|", "msr 3a|"), {}));
  EXPECT_FALSE(Fold::FromJson(with("0-3=0x1", "0-3"), {}));
  EXPECT_FALSE(Fold::FromJson(with("0-3=0x1", "3-0=0x1"), {}));
  EXPECT_FALSE(Fold::FromJson(with("\"machines\":1", "\"machines\":0"), {}));
  EXPECT_FALSE(Fold::FromJson(with("\"cells\":[0", "\"cells\":[1000"), {}));
  EXPECT_FALSE(Fold::FromJson(with("\"patterns\":[", "\"patterns\":[1,"), {}));
  EXPECT_FALSE(Fold::FromJson("[]", {}));
}

// bad\xff.dump and bad\xfe.dump are both shown as bad?.dump.
TEST(Fold, KeepsUnreadableOnesThatHaveOneNameApart) {
  const auto in_order = [](const std::vector<int>& codes) {
    Fold fold({"1.0", {}, {}});
    for (const int code : codes) fold.AddUnreadable("bad?.dump", {"why", code});
    return fold;
  };
  EXPECT_THAT(Conclude(in_order({65, 65})).unread, SizeIs(2));
  EXPECT_EQ(in_order({65, 66}).ToJson(), in_order({66, 65}).ToJson());
  Fold merged = in_order({65});
  merged.Merge(in_order({66}));
  EXPECT_EQ(merged.ToJson(), in_order({65, 66}).ToJson());
}

// Each of these is JSON of the right form, and what no fold has.
TEST(Fold, ThatSaysWhatCannotBeIsRefusedWithTheValue) {
  Fold fold = FoldOf({Machine("msr 0x3a = 0x5\n"), Machine("msr 0x3a = 0x5\n")});
  fold.AddUnreadable("bad", {"why", 65});
  const std::string whole = fold.ToJson();
  const auto error_of = [&](const std::string& old_text, const std::string& new_text) {
    std::string text = whole;
    const std::size_t at = text.find(old_text);
    if (at == std::string::npos) throw std::invalid_argument(old_text);
    text.replace(at, old_text.size(), new_text);
    const auto read = Fold::FromJson(text, {});
    return read ? std::string("it was read") : read.error();
  };
  using testing::StartsWith;
  EXPECT_EQ(error_of("\"exit_code\":0", "\"exit_code\":42"),
            "patterns[0].exit_code: expected one of 0, 1, 2, 3");
  EXPECT_THAT(error_of("\"exit_code\":0", "\"exit_code\":-1"),
              StartsWith("patterns[0].exit_code: "));
  EXPECT_THAT(error_of("\"exit_code\":65", "\"exit_code\":300"),
              StartsWith("unreadable[0].exit_code: "));
  EXPECT_THAT(error_of("\"exit_code\":65", "\"exit_code\":0"),
              StartsWith("unreadable[0].exit_code: "));
  for (const char* const count : {"-2", "2.5", "2.0", "1", "3", "0", "18446744073709551615"}) {
    EXPECT_THAT(error_of("\"machines\":2", "\"machines\":" + std::string(count)),
                StartsWith("patterns[0]."))
        << count;
  }
  EXPECT_THAT(error_of("[\"m0\",\"m1\"]", "[]"), StartsWith("patterns[0].names: there are 0"));
  EXPECT_THAT(error_of("\"yes\"", "\"banana\""), StartsWith("patterns[0].usable: "));
  EXPECT_THAT(error_of("0-3=0x5\"", "0-3=0x5|2=0x1\""), StartsWith("cells["));
  EXPECT_THAT(error_of("0-3=0x5\"", "0-3=0x5/0x1\""), StartsWith("cells["));
  EXPECT_THAT(error_of("\"cells\":[0", "\"cells\":[0,0"),
              StartsWith("patterns[0].cells[1]: a register stands here twice"));
  EXPECT_THAT(error_of("\"board\":\"X\"", "\"board\":null"), StartsWith("patterns[0].board: "));
  EXPECT_EQ(error_of("\"golden\":", "\"silver\":"), "golden is missing");
  EXPECT_THAT(error_of("\"golden\":[]", "\"golden\":[0]"), StartsWith("golden: "));
  EXPECT_EQ(error_of("\"machines\":2,\"names\":[\"m0\",\"m1\"]", "\"machines\":0,\"names\":[]"),
            "patterns[0]: no machine is like this");
}

TEST(Fold, IsMergedWithThoseMadeInItsWayAlone) {
  const auto of = [](const Way& way, std::string_view golden) {
    Fold fold(way);
    if (!golden.empty()) fold.HoldAgainst(Machine(golden));
    fold.Add({"m"}, Machine("msr 0x3a = 0x5\n"), Usable);
    return fold;
  };
  const Way way{"1.0", "lab", "g", "files", "cpus = 8"};
  const std::string_view golden = "msr 0x3a = 0x5\n";
  const Fold fold = of(way, golden);
  EXPECT_TRUE(fold.IsMadeLike(of(way, golden)));
  EXPECT_FALSE(fold.IsMadeLike(of(way, "msr 0x3a = 0x1\n"))) << "its name is the same";
  Way other = way;
  other.machines = "folders";
  EXPECT_FALSE(fold.IsMadeLike(of(other, golden)));
  other = way;
  other.profile_text = "cpus = 16";
  EXPECT_FALSE(fold.IsMadeLike(of(other, golden))) << "its name is the same";
  const auto read = Fold::FromJson(fold.ToJson(), "1.0");
  ASSERT_TRUE(read) << read.error();
  EXPECT_TRUE(fold.IsMadeLike(*read));
}

TEST(Findings, CountRulesAndUsableMachines) {
  Fold fold({"1.0", {}, {}});
  const PlatformSnapshot on = Machine("msr 0x3a = 0x5\n");
  const PlatformSnapshot off = Machine("msr 0x3a = 0x1\n");
  fold.Add({"a"}, on, BySwitch);
  fold.Add({"b"}, off, BySwitch);
  fold.Add({"c"}, on, BySwitch);
  const Findings findings = Conclude(fold);
  EXPECT_EQ(findings.usable.at(static_cast<std::size_t>(vtprobe::Usable::kYes)), 2U);
  EXPECT_EQ(findings.usable.at(static_cast<std::size_t>(vtprobe::Usable::kNo)), 1U);
  ASSERT_THAT(findings.rules, SizeIs(2));
  EXPECT_EQ(findings.rules[0].rule, "some.advice");
  EXPECT_EQ(findings.rules[0].fail, 2U);
  EXPECT_EQ(findings.rules[0].counted, 0U);
  EXPECT_EQ(findings.rules[1].rule, "virtualization.usable");
  EXPECT_EQ(findings.rules[1].counted, 1U);
  EXPECT_THAT(findings.rules[1].machines.kept(), ElementsAre("b"));
  EXPECT_EQ(findings.exit_code, 1);
}

TEST(Findings, ExitAsTheWorst) {
  const auto exit_of = [](const std::vector<int>& codes, bool unreadable) {
    Fold fold({"1.0", {}, {}});
    for (std::size_t i = 0; i < codes.size(); ++i) {
      fold.Add({"m" + std::to_string(i)},
               Machine("msr 0x3a = 0x" + std::to_string(codes[i]) + '\n'),
               [&](const PlatformSnapshot&) {
                 return Judgement{vtprobe::Usable::kUnknown, codes[i], {}};
               });
    }
    if (unreadable) fold.AddUnreadable("bad", {"why", 65});
    return Conclude(fold).exit_code;
  };
  EXPECT_EQ(exit_of({0, 0}, false), 0);
  EXPECT_EQ(exit_of({0, 3}, false), 3);
  EXPECT_EQ(exit_of({0, 3, 2}, false), 2);
  EXPECT_EQ(exit_of({0, 3, 2, 1}, false), 1);
  EXPECT_EQ(exit_of({0, 3, 2, 1}, true), 65);
}

// [dmtf/dsp0134] 7.1 has a BIOS release date as MM/DD/YYYY.
TEST(Levels, AreTheOldestFirst) {
  const auto of = [](const std::string& version, const std::string& date) {
    return Machine("",
                   "meta firmware.version = " + version + "\nmeta firmware.date = " + date + '\n');
  };
  const auto versions = [](const Findings& findings) {
    std::vector<std::pair<std::string, std::size_t>> list;
    for (const Level& level : findings.firmware) list.emplace_back(level.version, level.machines);
    return list;
  };
  EXPECT_THAT(versions(Conclude(FoldOf({of("F10", "03/01/2025"), of("F9", "12/24/2024"),
                                        of("B2", "01/15/2026"), of("F9", "12/24/2024")}))),
              ElementsAre(Pair("F9", 2), Pair("F10", 1), Pair("B2", 1)));
  // Of one the date can't be read: by version, of which numbers count as numbers.
  EXPECT_THAT(versions(Conclude(
                  FoldOf({of("F10", "03/01/2025"), of("F9", "unknown"), of("B2", "01/15/2026")}))),
              ElementsAre(Pair("B2", 1), Pair("F9", 1), Pair("F10", 1)));
  // On Intel the revision is the upper half. [intel/sdm-vol3] 10.11.7.1
  const Findings microcode =
      Conclude(FoldOf({Machine("msr 0x8b = 0x10000000000\n"), Machine("msr 0x8b = 0xf000000000\n"),
                       Machine("", "meta microcode = 0x22\n"), Machine("")}));
  std::vector<std::string> revisions;
  for (const Level& level : microcode.microcode) revisions.push_back(level.version);
  EXPECT_THAT(revisions, ElementsAre("", "0x22", "0xf0", "0x100"));
}

}  // namespace
}  // namespace vtprobe::fleet
