// The program from its start to its end: where the recording goes, and what is said.

#include "run.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "efi/made_up_firmware.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::efi {
namespace {

constexpr MsrAddress kFeatureControl{0x3a};

// Each CPU has its APIC id, and each second one another switch.
PlatformSnapshot Machine(unsigned cpus) {
  std::ostringstream text;
  text << "vtprobe-dump 1\ncpu 0-" << cpus - 1
       << "\ncpuid 0x0.0x0 = 0x1 0x756e6547 0x6c65746e 0x49656e69\n";
  for (unsigned cpu = 0; cpu < cpus; ++cpu) {
    text << "cpu " << cpu << "\ncpuid 0x1.0x0 = 0x506e3 0x" << std::hex << (cpu << 24 | 0x800)
         << std::dec << " 0x20 0x0\nmsr 0x3a = " << (cpu % 2 == 0 ? "0x5" : "0x1") << '\n';
  }
  return ParseDump(text.str()).value();
}

PlatformSnapshot Parsed(const std::string& text) {
  const auto parsed = ParseDump(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(PlatformSnapshot());
}

// What went over the serial line from where a recording begins to where it ends.
PlatformSnapshot OnSerial(const MadeUpFirmware& machine) {
  const std::size_t begin = machine.serial.find("vtprobe-dump 1");
  if (begin == std::string::npos) return {};
  const std::size_t end = machine.serial.find("\nend ", begin);
  return Parsed(machine.serial.substr(begin, machine.serial.find('\n', end + 1) + 1 - begin));
}

uefi::Status RunOn(MadeUpFirmware& machine) { return Run(machine.firmware(), machine); }

void ExpectWhole(const PlatformSnapshot& read) {
  EXPECT_EQ(read.online().ToString(), "0-1");
  EXPECT_EQ(read.Msr(LogicalCpu{0}, kFeatureControl), 0x5);
  EXPECT_EQ(read.Msr(LogicalCpu{1}, kFeatureControl), 0x1);
  EXPECT_EQ(read.metadata().Get("stage"), "pre-os");
}

TEST(Run, WritesAFileBesideTheProgram) {
  MadeUpFirmware machine(Machine(2));
  EXPECT_EQ(RunOn(machine), uefi::kSuccess);
  ASSERT_EQ(machine.files.size(), 1u);
  EXPECT_EQ(machine.files.begin()->first, "\\EFI\\BOOT\\vtprobe-1.dump");
  ExpectWhole(Parsed(machine.files.begin()->second));
  EXPECT_NE(machine.screen.find("\\EFI\\BOOT\\vtprobe-1.dump"), std::string::npos);
}

TEST(Run, TakesANewNameAndLeavesWhatIsThere) {
  MadeUpFirmware machine(Machine(2));
  machine.files["\\EFI\\BOOT\\vtprobe-1.dump"] = "an older one";
  EXPECT_EQ(RunOn(machine), uefi::kSuccess);
  EXPECT_EQ(machine.files["\\EFI\\BOOT\\vtprobe-1.dump"], "an older one");
  ExpectWhole(Parsed(machine.files["\\EFI\\BOOT\\vtprobe-2.dump"]));
}

TEST(Run, SaysWhatItReadOnAScreen) {
  MadeUpFirmware machine(Machine(64));
  machine.refused = {{7, uefi::kNotReady}};
  machine.disabled = {9};
  EXPECT_EQ(RunOn(machine), uefi::kSuccess);
  for (const std::string words :
       {"63 (0-8,10-63)", "9: disabled", "7: it is busy", "family 0x6 model 0x5e stepping 0x3",
        "IA32_FEATURE_CONTROL (0x3a) = 0x5", "IA32_FEATURE_CONTROL (0x3a) = 0x1",
        "IA32_FEATURE_CONTROL (0x3a) ! not-pinned  CPUs 7"}) {
    EXPECT_NE(machine.screen.find(words), std::string::npos) << words << " in\n" << machine.screen;
  }
  std::istringstream lines(machine.screen);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_LE(count, 24u);
}

TEST(Run, ShowsAScreenOnTheSerialLineOnce) {
  for (const bool mirrored : {false, true}) {
    MadeUpFirmware machine(Machine(2));
    machine.screen_is_on_serial = mirrored;
    RunOn(machine);
    const std::string words = "recorded in";
    const std::size_t first = machine.serial.find(words);
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(machine.serial.find(words, first + 1), std::string::npos);
  }
}

TEST(Run, SendsOverTheSerialLineWhatTheVolumeHasNoRoomFor) {
  MadeUpFirmware machine(Machine(2));
  machine.free_bytes = 100;
  EXPECT_TRUE(uefi::IsError(RunOn(machine)));
  EXPECT_TRUE(machine.files.empty()) << "no half of one is left";
  const PlatformSnapshot sent = OnSerial(machine);
  ExpectWhole(sent);
  EXPECT_EQ(sent.metadata().Get("uefi.no_file"), "the file system is full");
  EXPECT_NE(machine.screen.find("the file system is full"), std::string::npos);
}

TEST(Run, SendsOverTheSerialLineWhatMayNotBeWritten) {
  MadeUpFirmware machine(Machine(2));
  machine.refuses_to_create = uefi::kWriteProtected;
  EXPECT_TRUE(uefi::IsError(RunOn(machine)));
  ExpectWhole(OnSerial(machine));
  EXPECT_EQ(OnSerial(machine).metadata().Get("uefi.no_file"), "it is write-protected");
}

TEST(Run, SendsOverTheSerialLineWhereItWasLoadedFromNoVolume) {
  MadeUpFirmware machine(Machine(2));
  machine.has_volume = false;
  EXPECT_TRUE(uefi::IsError(RunOn(machine)));
  ExpectWhole(OnSerial(machine));
}

TEST(Run, SaysSoWhereNothingCouldBeKept) {
  MadeUpFirmware machine(Machine(2));
  machine.has_volume = false;
  machine.serial_fails = uefi::kTimeout;
  EXPECT_TRUE(uefi::IsError(RunOn(machine)));
  EXPECT_NE(machine.screen.find("nothing is recorded"), std::string::npos);
}

TEST(Run, WritesNoFileWhereTheSerialLineIsAskedFor) {
  MadeUpFirmware machine(Machine(2));
  machine.shell_arguments = {u"vtprobe.efi", u"-s"};
  EXPECT_EQ(RunOn(machine), uefi::kSuccess);
  EXPECT_TRUE(machine.files.empty());
  ExpectWhole(OnSerial(machine));
  EXPECT_FALSE(OnSerial(machine).metadata().Get("uefi.no_file")) << "none was wanted";
}

TEST(Run, ObeysABootEntrysWords) {
  MadeUpFirmware machine(Machine(2));
  machine.load_options = u"vtprobe -s";
  EXPECT_EQ(RunOn(machine), uefi::kSuccess);
  EXPECT_TRUE(machine.files.empty());
}

TEST(Run, RecordsWhateverABootEntryHoldsThatIsNotForIt) {
  for (const std::u16string& options :
       {std::u16string(u"-quiet splash"), std::u16string(u"\x1\xffee-s")}) {
    MadeUpFirmware machine(Machine(2));
    machine.load_options = options;
    EXPECT_EQ(RunOn(machine), uefi::kSuccess);
    EXPECT_EQ(machine.files.size(), 1u);
  }
}

TEST(Run, RefusesAWordThatItDoesNotKnow) {
  MadeUpFirmware machine(Machine(2));
  machine.shell_arguments = {u"vtprobe.efi", u"-s", u"-x"};
  EXPECT_EQ(RunOn(machine), uefi::kInvalidParameter);
  EXPECT_NE(machine.screen.find("what is -x?"), std::string::npos);
  EXPECT_EQ(machine.entered, 0u);
}

TEST(Run, IsQuietWhereThatIsAskedFor) {
  MadeUpFirmware machine(Machine(2));
  machine.shell_arguments = {u"vtprobe.efi", u"-q"};
  EXPECT_EQ(RunOn(machine), uefi::kSuccess);
  EXPECT_EQ(machine.screen, "vtprobe: recorded in \\EFI\\BOOT\\vtprobe-1.dump\r\n");
}

TEST(Run, WaitsForWhoeverLooksAtTheScreen) {
  {
    MadeUpFirmware machine(Machine(2));
    RunOn(machine);
    EXPECT_EQ(machine.stalled_microseconds, 60'000'000u);
  }
  {
    MadeUpFirmware machine(Machine(2));
    machine.keys = {u' '};
    RunOn(machine);
    EXPECT_LT(machine.stalled_microseconds, 1'000'000u);
  }
  MadeUpFirmware machine(Machine(2));
  machine.shell_arguments = {u"vtprobe.efi"};
  RunOn(machine);
  EXPECT_EQ(machine.stalled_microseconds, 0u) << "a shell's screen stays";
}

}  // namespace
}  // namespace vtprobe::efi
