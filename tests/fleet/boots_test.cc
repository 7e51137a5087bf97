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
