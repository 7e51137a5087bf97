// Recordings that went over a console, with other words around them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "vtprobe/hal/dump.h"
#include "vtprobe/import/import.h"
#include "vtprobe/import/importer.h"

namespace vtprobe::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

PlatformSnapshot Machine(const std::string& value) {
  return ParseDump("vtprobe-dump 1\nmeta stage = pre-os\ncpu 0-1\nmsr 0x3a = " + value +
                   "\ncpu 0\nmsr 0x8b = 0x1\n")
      .value();
}

// As a serial line has it.
std::string Sent(const std::string& value) {
  std::string lines;
  for (const char c : WriteDump(Machine(value))) lines += c == '\n' ? "\r\n" : std::string(1, c);
  return lines;
}

const std::string kFirmware = "\x1b[2J\x1b[01;01HBdsDxe: loading Boot0001\r\nmsr 0x3a = 0x7\r\n";

tl::expected<Imported, Error> Read(const std::string& text) {
  const File file{"serial.log", text};
  const auto importer = Detect(std::span(&file, 1));
  if (!importer) return tl::unexpected(importer.error());
  EXPECT_EQ((*importer)->name, "vtprobe-log");
  return (*importer)->import(std::span(&file, 1), {});
}

TEST(VtprobeLog, HoldsTheRecordingAndNothingElse) {
  const auto read =
      Read(kFirmware + "\x1b[1m" + Sent("0x5") + "vtprobe: recorded\r\nmsr 0x10 = 0x1\r\n");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->snapshot, Machine("0x5"));
  EXPECT_TRUE(read->notes.empty());
}

TEST(VtprobeLog, OfTwoRecordingsHoldsTheLast) {
  const auto read = Read(kFirmware + Sent("0x5") + kFirmware + Sent("0x1"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->snapshot, Machine("0x1"));
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("2 recordings; the last")));
}

TEST(VtprobeLog, ThatBreaksOffAnywhereIsRefusedWithItsPlace) {
  const std::string sent = Sent("0x5");
  const std::size_t begins = std::string("vtprobe-dump 1 sealed\r\n").size();
  const std::size_t ends = sent.rfind("end ");
  for (std::size_t size = begins; size <= ends; ++size) {
    const auto read = Read(kFirmware + sent.substr(0, size));
    ASSERT_FALSE(read.has_value()) << size;
    EXPECT_EQ(read.error().line, 3U);
    EXPECT_THAT(read.error().message, HasSubstr("breaks off"));
  }
  const auto restarted = Read(kFirmware + sent.substr(0, ends) + kFirmware + Sent("0x1"));
  ASSERT_TRUE(restarted.has_value());
  EXPECT_EQ(restarted->snapshot, Machine("0x1"));
  const auto later = Read(kFirmware + Sent("0x1") + kFirmware + sent.substr(0, ends));
  ASSERT_TRUE(later.has_value());
  EXPECT_THAT(later->notes, ElementsAre(HasSubstr("breaks off")));
}

TEST(VtprobeLog, WithALineLostIsRefusedAndASpoiltOneNamed) {
  std::string sent = Sent("0x5");
  const std::size_t at = sent.find("msr 0x3a");
  EXPECT_FALSE(Read(kFirmware + sent.substr(0, at) + sent.substr(sent.find('\n', at) + 1)));
  sent.replace(at, 3, "m?r");
  const auto spoilt = Read(kFirmware + sent);
  ASSERT_FALSE(spoilt.has_value());
  EXPECT_EQ(spoilt.error().line, 6U) << "of the log";
}

TEST(VtprobeLog, IsNoTextThatSpeaksOfOne) {
  for (const std::string text : {"a vtprobe-dump 1 sealed\nmsr 0x3a = 0x5\n",
                                 "$ head -1 my.dump\nvtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n"}) {
    const File file{"mail.txt", text};
    EXPECT_EQ(FindImporter("vtprobe-log")->detect(file), Confidence::kNone) << text;
  }
}

}  // namespace
}  // namespace vtprobe::import
