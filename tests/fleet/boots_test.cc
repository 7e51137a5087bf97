// Recordings of one machine: what changed since the last, and in which of many boots
// what was otherwise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fleet/machines.h"

namespace vtprobe::fleet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string Time(unsigned minute) {
  char text[64];
  std::snprintf(text, sizeof text, "meta time = 2026-11-%02uT%02u:%02u:00Z\n", 1 + minute / 1440,
                minute / 60 % 24, minute % 60);
  return text;
}

TEST(Boots, OfWhichSomeDifferAreNamedAndCounted) {
  Fold fold({"1.0", {}, {}});
  for (unsigned i = 0; i < 500; ++i) {
    const bool is_odd = i == 7 || i == 123 || i == 499;
    const std::string msrs = std::string(is_odd ? "msr 0x3a = 0x1\n" : "msr 0x3a = 0x5\n") +
                             "msr 0x10 = " + "0x" + std::to_string(i) + '\n';
    fold.Add({"boot" + std::to_string(i), "board 4"}, Machine(msrs, Time(i)), Usable);
  }
  const Findings findings = Conclude(fold);
  EXPECT_EQ(findings.machines, 1U);
  EXPECT_EQ(findings.recordings, 500U);
  ASSERT_THAT(findings.boots, SizeIs(1)) << "a counter changes from boot to boot";
  const InSomeBoots& boots = findings.boots[0];
  EXPECT_EQ(boots.machine, "board 4");
  EXPECT_EQ(boots.recordings, 500U);
  EXPECT_EQ(NameOf(boots.reg), "IA32_FEATURE_CONTROL");
  EXPECT_EQ(boots.cpus.ToString(), "0-3");
  EXPECT_EQ(boots.value, RegisterReading(1));
  EXPECT_EQ(boots.usual, RegisterReading(5));
  EXPECT_EQ(boots.boots.count(), 3U);
  EXPECT_THAT(boots.boots.kept(), ElementsAre("boot7", "boot123", "boot499"));
  EXPECT_THAT(findings.outliers, IsEmpty()) << "it has no like";
}

// Where SMM's memory lies differs between machines by nature. Of one machine it should
// stay where it is.
TEST(Boots, AreComparedInWhatDiffersBetweenMachines) {
  Fold fold({"1.0", {}, {}});
  for (unsigned i = 0; i < 5; ++i) {
    const std::string base = i == 2 ? "0x6b000006" : "0x7b000006";
    fold.Add({"boot" + std::to_string(i), "m"}, Machine("msr 0x1f2 = " + base + '\n', Time(i)),
             Usable);
  }
  const Findings findings = Conclude(fold);
  ASSERT_THAT(findings.boots, SizeIs(1));
  EXPECT_EQ(findings.boots[0].value, RegisterReading(0x6b000000)) << "but for its type";
  EXPECT_THAT(findings.boots[0].boots.kept(), ElementsAre("boot2"));
}

// CPUs 0-3, of which these have 0x1 in place of 0x5; `all` is the machine's every CPU.
PlatformSnapshot WithOdd(const std::string& odd, unsigned minute, const std::string& all = "0-3") {
  const CpuSet rest = CpuSet::Parse(all)->Difference(odd.empty() ? CpuSet() : *CpuSet::Parse(odd));
  std::string dump = "vtprobe-dump 1\nmeta board = X\n" + Time(minute);
  const auto add = [&](const std::string& cpus, const std::string& value) {
    dump += "cpu " + cpus + '\n' + std::string(kSkylake) + "msr 0x3a = " + value + '\n';
  };
  if (!odd.empty()) add(odd, "0x1");
  add(rest.ToString(), "0x5");
  return Parsed(dump);
}

// "CPUs 0: 0x1 in 2 of 7: boot1 boot4"
std::vector<std::string> BootsOf(const Findings& findings) {
  std::vector<std::string> lines;
  for (const InSomeBoots& one : findings.boots) {
    std::string line = "CPUs " + one.cpus.ToString() + ": " +
                       (one.usual == RegisterReading(5) ? "" : "not usually 0x5, ") +
                       (one.value == RegisterReading(1) ? "0x1" : "another") + " in " +
                       std::to_string(one.boots.count()) + " of " + std::to_string(one.recordings) +
                       ':';
    for (const std::string& boot : one.boots.kept()) line += ' ' + boot;
    lines.push_back(std::move(line));
  }
  return lines;
}

// One CPU comes up with VT-x off each time, and it is never the same.
TEST(Boots, AreComparedCpuByCpu) {
  Fold fold({"1.0", {}, {}});
  std::vector<std::string> expected;
  for (unsigned i = 0; i < 10; ++i) {
    const std::string number = std::to_string(i);
    fold.Add({"boot" + number, "m"}, WithOdd(number, i, "0-15"), Usable);
    expected.push_back("CPUs " + number + ": 0x1 in 1 of 10: boot" + number);
  }
  EXPECT_EQ(BootsOf(Conclude(fold)), expected);
}

TEST(Boots, CountACpuOnceWhateverItsNeighboursHave) {
  const std::vector<std::string> odd = {"", "0", "", "2-3", "0,3", "", ""};
  for (const bool is_backwards : {false, true}) {
    Fold fold({"1.0", {}, {}});
    for (unsigned i = 0; i < odd.size(); ++i) {
      const unsigned boot = is_backwards ? 6 - i : i;
      fold.Add({"boot" + std::to_string(boot), "m"}, WithOdd(odd[boot], boot), Usable);
    }
    EXPECT_THAT(BootsOf(Conclude(fold)),
                ElementsAre("CPUs 0: 0x1 in 2 of 7: boot1 boot4", "CPUs 2: 0x1 in 1 of 7: boot3",
                            "CPUs 3: 0x1 in 2 of 7: boot3 boot4"))
        << (is_backwards ? "backwards" : "forwards");
  }
}

TEST(Boots, NoneOfWhichIsUsualAreAllNamed) {
  Fold fold({"1.0", {}, {}});
  for (unsigned i = 0; i < 4; ++i) {
    fold.Add({"boot" + std::to_string(i), "m"},
             Machine(i < 2 ? "msr 0x3a = 0x1\n" : "msr 0x3a = 0x5\n", Time(i)), Usable);
  }
  const Findings findings = Conclude(fold);
  ASSERT_THAT(findings.boots, SizeIs(2));
  for (const InSomeBoots& boots : findings.boots) {
    EXPECT_FALSE(boots.usual);
    EXPECT_EQ(boots.boots.count(), 2U);
  }
}

// What stands out of a machine and what its boots show have one name.
TEST(Boots, AreOfAMachineThatIsCalledByItsOwnName) {
  Fold fold({"1.0", {}, {}});
  for (unsigned i = 0; i < 3; ++i) {
    for (const std::string machine : {"a", "b", "c"}) {
      fold.Add({machine + std::to_string(i) + ".dump", machine},
               WithOdd(machine == "c" ? "0-2" : "", i), Usable);
    }
  }
  EXPECT_THAT(OutliersOf(Conclude(fold)),
              ElementsAre("c CPUs 0-2: IA32_FEATURE_CONTROL 0x1, usually 0x5"));
}

TEST(Changes, AreInTheOrderOfFractionsOfASecond) {
  const auto last_of = [](const std::vector<std::string>& times) {
    Fold fold({"1.0", {}, {}});
    for (std::size_t i = 0; i < times.size(); ++i) {
      fold.Add({times[i], "m"},
               Machine("msr 0x3a = 0x" + std::to_string(i) + '\n',
                       "meta time = 2026-11-01T00:00:" + times[i] + '\n'),
               Usable);
    }
    const Findings findings = Conclude(fold);
    return findings.changes.empty() ? std::string("none") : findings.changes[0].after;
  };
  EXPECT_EQ(last_of({"00Z", "00.5Z"}), "00.5Z");
  EXPECT_EQ(last_of({"00.5Z", "00.25Z"}), "00.5Z");
  EXPECT_EQ(last_of({"00.5Z", "01Z"}), "01Z");
  EXPECT_EQ(last_of({"00.125Z", "00.12Z"}), "00.125Z");
}

TEST(Changes, AreThoseSinceTheRecordingBefore) {
  Fold fold({"1.0", {}, {}});
  // Given in no order: the time of each decides.
  fold.Add({"third", "m"}, Machine("msr 0x3a = 0x1\n", "meta firmware.version = 2\n" + Time(30)),
           Usable);
  fold.Add({"first", "m"}, Machine("msr 0x3a = 0x4\n", Time(10)), Usable);
  fold.Add({"second", "m"}, Machine("msr 0x3a = 0x5\n", Time(20)), Usable);
  const Findings findings = Conclude(fold);
  ASSERT_THAT(findings.changes, SizeIs(1));
  const Change& change = findings.changes[0];
  EXPECT_EQ(change.machine, "m");
  EXPECT_EQ(change.before, "second");
  EXPECT_EQ(change.after, "third");
  ASSERT_THAT(change.readings, SizeIs(1));
  EXPECT_EQ(change.readings[0].usual, RegisterReading(5));
  EXPECT_EQ(change.readings[0].value, RegisterReading(1));
  EXPECT_EQ(change.readings[0].differing, 4U);
  ASSERT_THAT(change.texts, SizeIs(1));
  EXPECT_EQ(change.texts[0].what, "firmware");
  EXPECT_EQ(change.texts[0].before, "1");
  EXPECT_EQ(change.texts[0].after, "2");
}

// The machine is what it is now.
TEST(Changes, LeaveTheLastRecordingToBeCounted) {
  Fold fold({"1.0", {}, {}});
  const auto by_switch = [](const PlatformSnapshot& snapshot) {
    const bool is_on = snapshot.Msr(LogicalCpu{0}, MsrAddress{0x3a}) == RegisterReading(0x5);
    return Judgement{is_on ? vtprobe::Usable::kYes : vtprobe::Usable::kNo, is_on ? 0 : 1, {}};
  };
  fold.Add({"old", "m"}, Machine("msr 0x3a = 0x1\n", Time(1)), by_switch);
  fold.Add({"new", "m"}, Machine("msr 0x3a = 0x5\n", Time(2)), by_switch);
  EXPECT_EQ(Conclude(fold).exit_code, 0);
}

TEST(Changes, AreNoneOfWhatWasNotReadBefore) {
  Fold fold({"1.0", {}, {}});
  fold.Add({"old", "m"}, Machine("msr 0x3a ! no-driver\n", Time(1)), Usable);
  fold.Add({"new", "m"}, Machine("msr 0x3a = 0x5\n", Time(2)), Usable);
  EXPECT_THAT(Conclude(fold).changes, IsEmpty());
}

}  // namespace
}  // namespace vtprobe::fleet
