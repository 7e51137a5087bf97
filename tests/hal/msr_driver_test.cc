#include "vtprobe/hal/msr_driver.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "hal/temp_tree.h"
#include "vtprobe/fixtures/result_matchers.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using fixtures::ReadsAs;

constexpr MsrAddress kAddress{0};

// Plain files in a driver's place, of one register each.
class MsrDriverTest : public testing::Test {
 protected:
  void Put(const std::string& node, std::string_view bytes) { tree_.Write(node, 0, bytes); }

  Result<std::uint64_t> Read(LogicalCpu cpu) {
    return OpenMsrDriver(CpuSet{{0, 1}}, tree_.root()).reader->ReadMsr(cpu, kAddress);
  }

 private:
  TempTree tree_;
};

TEST_F(MsrDriverTest, IsTheKernelsOwnWhereThatCanBeOpened) {
  Put("1/msr", "kkkkkkkk");
  Put("0/msr_safe", "ssssssss");
  Put("1/msr_safe", "ssssssss");
  EXPECT_THAT(Read(LogicalCpu{1}), ReadsAs(0x6b6b'6b6b'6b6b'6b6bu));
  EXPECT_THAT(Read(LogicalCpu{0}), FailsWith(AccessCode::kCpuOffline));
}

TEST_F(MsrDriverTest, IsMsrSafeWhereOnlyThatCanBeOpened) {
  Put("1/msr_safe", "ssssssss");
  EXPECT_THAT(Read(LogicalCpu{1}), ReadsAs(0x7373'7373'7373'7373u));
}

TEST_F(MsrDriverTest, IsTheKernelsOwnWhereThereIsNone) {
  EXPECT_THAT(Read(LogicalCpu{0}), FailsWith(AccessCode::kNoDriver));
}

}  // namespace
}  // namespace vtprobe
