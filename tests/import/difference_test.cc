// A machine that holds what differs from its base is whole for whoever reads it,
// and says what is wrong where it can't be.

#include "vtprobe/import/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/import/import.h"

namespace vtprobe::import {
namespace {

using testing::HasSubstr;

constexpr std::string_view kBase = "vtprobe-dump 1\ncpu 0-1\nmsr 0x3a = 0x5\n";
constexpr std::string_view kDifference = "vtprobe-difference 1\ncpu 1\nmsr 0x3a = 0x1\n";
constexpr std::string_view kWhole =
    "vtprobe-dump 1 sealed\ncpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\nend 6\n";

class MadeWholeTest : public testing::Test {
 protected:
  tl::expected<Input, Error> Made(std::string_view content) const {
    return MadeWhole({"d/lab/board/machine.dump", std::string(content)},
                     [&](const std::string& path) -> tl::expected<std::string, std::string> {
                       const auto file = files_.find(path);
                       if (file == files_.end()) return tl::unexpected(std::string("is missing"));
                       return file->second;
                     });
  }
  Error MustFail(std::string_view content = kDifference) const {
    const auto made = Made(content);
    EXPECT_FALSE(made.has_value());
    return made ? Error() : made.error();
  }

  static constexpr const char* kManifest = "d/lab/board/manifest.toml";
  static constexpr const char* kBaseDump = "d/lab/board/../../lab/plain/machine.dump";
  std::map<std::string, std::string> files_ = {{kManifest, "title = \"t\"\nbase = \"lab/plain\"\n"},
                                               {kBaseDump, std::string(kBase)}};
};

TEST_F(MadeWholeTest, WithItsBase) {
  const auto made = Made(kDifference);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->name, "d/lab/board/machine.dump");
  EXPECT_EQ(made->content, kWhole);
}

TEST_F(MadeWholeTest, WhatIsNoDifferenceStays) {
  files_.clear();
  for (const std::string_view content : {kBase, std::string_view("x"), std::string_view("")}) {
    const auto made = Made(content);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->content, content);
  }
}

TEST_F(MadeWholeTest, SaysWhichFileIsMissing) {
  files_.erase(kBaseDump);
  EXPECT_EQ(MustFail().file, kManifest);
  EXPECT_EQ(MustFail().line, 2u);
  EXPECT_EQ(MustFail().column, 8u);
  EXPECT_THAT(MustFail().message, HasSubstr(std::string(kBaseDump) + " is missing"));
  files_.erase(kManifest);
  EXPECT_EQ(MustFail().file, "d/lab/board/machine.dump");
  EXPECT_THAT(MustFail().message, HasSubstr(std::string(kManifest) + " is missing"));
}

TEST_F(MadeWholeTest, TheManifestMustNameABase) {
  files_[kManifest] = "title = \"t\"\n";
  EXPECT_EQ(MustFail().file, kManifest);
  EXPECT_THAT(MustFail().message, HasSubstr("expected base = \"GROUP/NAME\""));
}

// A manifest leads to a machine of its own collection and nowhere else.
TEST_F(MadeWholeTest, ABaseIsAMachineOfTheCollection) {
  for (const char* const base :
       {"\"plain\"", "\"../plain\"", "\"lab/..\"", "\"/etc/passwd\"", "\"lab/plain/machine.dump\"",
        "\"lab/\"", "\"Lab/plain\"", "\"lab/pl ain\"", "\"\"", "7", "[\"lab/plain\"]"}) {
    files_[kManifest] = std::string("title = \"t\"\nbase = ") + base + "\n";
    const Error error = MustFail();
    EXPECT_EQ(error.file, kManifest) << base;
    EXPECT_EQ(error.line, 2u) << base;
    EXPECT_EQ(error.column, 8u) << base;
  }
}

TEST_F(MadeWholeTest, AManifestThatIsNoTomlIsNamedWithItsPlace) {
  files_[kManifest] = "base = \n";
  EXPECT_EQ(MustFail().file, kManifest);
  EXPECT_EQ(MustFail().line, 1u);
  files_[kManifest] = "[\n";  // which toml++ 3.3 would not survive
  EXPECT_EQ(MustFail().file, kManifest);
}

// A reader has two files to look at, and a circle can't come about.
TEST_F(MadeWholeTest, ABaseIsWhole) {
  files_[kBaseDump] = kDifference;
  EXPECT_EQ(MustFail().file, kManifest);
  EXPECT_EQ(MustFail().line, 2u);
  EXPECT_THAT(MustFail().message, HasSubstr("name one that is whole"));
}

TEST_F(MadeWholeTest, ItsOwnBaseIsNoneThatIsWhole) {
  files_[kManifest] = "base = \"lab/board\"\n";
  files_["d/lab/board/../../lab/board/machine.dump"] = kDifference;
  EXPECT_THAT(MustFail().message, HasSubstr("name one that is whole"));
}

TEST_F(MadeWholeTest, IsOfTwoSmallDumps) {
  const std::string large = "\n#" + std::string(std::size_t{256} << 10, ' ');
  EXPECT_THAT(MustFail(std::string(kDifference) + large).message, HasSubstr("at most 256 KiB"));
  files_[kBaseDump] = std::string(kBase) + large;
  EXPECT_EQ(MustFail().file, kBaseDump);
  EXPECT_THAT(MustFail().message, HasSubstr("at most 256 KiB"));
}

TEST_F(MadeWholeTest, NamesThePlaceInEitherDump) {
  const Error error = MustFail("vtprobe-difference 1\ncpu 1\nmsr 0x3a = 0x5\n");
  EXPECT_EQ(error.file, "d/lab/board/machine.dump");
  EXPECT_EQ(error.line, 3u);
  EXPECT_EQ(error.column, 5u);
  files_[kBaseDump] = "vtprobe-dump 1\ncpu x\n";
  EXPECT_EQ(MustFail().file, kBaseDump);
  EXPECT_EQ(MustFail().line, 2u);
}

TEST(Import, OfBytesAloneSaysThatABaseIsMissing) {
  const auto imported = Import("x.dump", std::string(kDifference));
  ASSERT_FALSE(imported.has_value());
  EXPECT_THAT(imported.error().message, HasSubstr("holds only what differs from a base"));
}

}  // namespace
}  // namespace vtprobe::import
