// The one call that a consumer makes: from a path or bytes to a snapshot.

#include "vtprobe/import/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace vtprobe::import {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// A folder of its own for each test, gone at the end.
class ImportTest : public testing::Test {
 protected:
  ImportTest()
      : folder_(std::filesystem::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::create_directories(folder_);
  }
  ~ImportTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name) << content;
    return folder_ / name;
  }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// hwloc's "puN" has a line a leaf: masks of what was asked with, the four
// registers, what came back.
constexpr char kPu[] = "5 0 0 0 0 => d 756e6547 6c65746e 49656e69\n";

TEST_F(ImportTest, AFile) {
  const auto imported = Import(Write("log.txt", "# rdmsr -a 0x3a\n5\n1\n"));
  ASSERT_TRUE(imported.has_value()) << imported.error().message;
  EXPECT_EQ(imported->snapshot.Msr(LogicalCpu{1}, MsrAddress{0x3a}), 1u);
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kSource), "log.txt");
}

TEST_F(ImportTest, AFolderOfFilesOfOneMachineAndAnother) {
  Write("pu0", kPu);
  Write("pu1", kPu);
  Write("README", "what the lab says of it\n");
  const auto imported = Import(folder());
  ASSERT_TRUE(imported.has_value()) << imported.error().message;
  EXPECT_EQ(imported->snapshot.online(), CpuSet({{0, 1}}));
  EXPECT_THAT(imported->notes, testing::Contains(HasSubstr("README")));
}

TEST_F(ImportTest, BytesAtHand) {
  const auto imported = Import("console", "# rdmsr -p 2 0x3a\nff03\n");
  ASSERT_TRUE(imported.has_value()) << imported.error().message;
  EXPECT_EQ(imported->snapshot.Msr(LogicalCpu{2}, MsrAddress{0x3a}), 0xff03u);
}

TEST_F(ImportTest, AnErrorHasItsPlace) {
  const auto imported = Import(Write("machine.dump", "vtprobe-dump 1\ncpu 0\nmsr 0x3a = five\n"));
  ASSERT_FALSE(imported.has_value());
  EXPECT_THAT(imported.error().file, EndsWith("/machine.dump"));
  EXPECT_EQ(imported.error().line, 3u);
  EXPECT_EQ(imported.error().column, 12u);
}

TEST_F(ImportTest, WhatIsNotThereIsSaid) {
  const auto imported = Import(folder() / "absent");
  ASSERT_FALSE(imported.has_value());
  EXPECT_THAT(imported.error().file, EndsWith("/absent"));
  EXPECT_THAT(imported.error().message, HasSubstr("can't be read"));
}

}  // namespace
}  // namespace vtprobe::import
