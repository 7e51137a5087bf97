// The recipes of fixtures/COOKBOOK.md, compiled and run as they stand there, between
// what their reader has of his own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "vtprobe/fixtures/backend_contract.h"
#include "vtprobe/fixtures/golden.h"
#include "vtprobe/fixtures/recorded_machines.h"
#include "vtprobe/fixtures/replay_platform.h"
#include "vtprobe/fixtures/simulated_platform.h"
#include "vtprobe/fixtures/verdict_matchers.h"
#include "vtprobe/registers/msr.h"

static_assert(VTPROBE_RECIPES == 8, "a recipe of COOKBOOK.md is not included here, or is gone");

// NOLINTBEGIN(google-build-using-namespace): as who follows a recipe writes it
using namespace vtprobe;
using namespace vtprobe::fixtures;
// NOLINTEND(google-build-using-namespace)
using testing::HasSubstr;
using testing::IsEmpty;

// Recipe 1: machines made up, each by tests of its own.
#include "recipe_1.inc"

namespace {

std::string TextOf(const std::string& file) {
  std::ifstream stream(VTPROBE_SOURCE "/" + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Cookbook, ShowsWhatIsSaidOfAMachineThatDoesNotMatch) {
  const PlatformSnapshot host =
      PlatformBuilder::Intel().Cpus(8).Locked().VmxOutsideSmx().SwitchedOff("3").Unreadable(
          "7", AccessCode::kPermissionDenied);
  testing::StringMatchResultListener listener;
  EXPECT_FALSE(
      testing::ExplainMatchResult(Holds(registers::kFeatureControl, 0x5), host, &listener));
  EXPECT_THAT(TextOf("fixtures/COOKBOOK.md"), HasSubstr("```\n" + listener.str() + "\n```\n"));
}

// What is told to CMake, as a project tells it that is built when the package is tested.
TEST(Cookbook, TellsCMakeWhatAnExampleTellsIt) {
  const std::string example = TextOf("tests/install/examples/decode_suite/CMakeLists.txt");
  const std::string book = TextOf("fixtures/COOKBOOK.md");
  const std::string fence = "\n```cmake\n";
  const std::size_t begin = book.find(fence);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t first = begin + fence.size();
  std::istringstream lines(book.substr(first, book.find("```", first) - first));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    line.erase(std::min(line.find(" #"), line.size()));
    line.erase(line.find_last_not_of(' ') + 1);
    EXPECT_THAT(example, HasSubstr(line + "\n"));
  }
  EXPECT_EQ(count, 3);
}

// Recipe 2 takes whatever reads registers.
struct MyDriver {
  explicit MyDriver(MsrReader& registers)
      : is_enabled(registers.ReadMsr(LogicalCpu{0}, MsrAddress{0x3a}).has_value()) {}
  bool is_enabled;
};

TEST(Cookbook, TakesARecordedMachine) {
#include "recipe_2.inc"
  EXPECT_TRUE(driver.is_enabled);
}

}  // namespace

// Recipe 3: a folder of recordings.
#include "recipe_3.inc"

// Recipe 4 is a program (programs/hardware_tests.cc). Recipe 5: a reader of somebody else's, and
// what it asks.
using Box = KnownMsrs;

class MyReader : public MsrReader {
 public:
  explicit MyReader(const Box& box) : box_(box) {}
  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override {
    for (const KnownMsr& known : box_) {
      if (known.cpu == cpu && known.address == address) return known.answer;
    }
    return Fail(AccessCode::kGeneralProtection);
  }

 private:
  const Box& box_;
};

#include "recipe_5.inc"

namespace {

// Recipe 6: firmware.
void MyFeatureControlRoutine(SimulatedCpu& cpu) {
  EXPECT_TRUE(cpu.WriteMsr(MsrAddress{0x3a}, 0x5).has_value());
}
void MyResumeRoutine(SimulatedCpu& cpu) { MyFeatureControlRoutine(cpu); }

TEST(Cookbook, RunsFirmwareThroughSleep) {
#include "recipe_6.inc"
}

}  // namespace

// Recipe 7: firmware in C, which calls what the recipe defines.
extern "C" std::uint64_t my_rdmsr(unsigned address);
extern "C" void my_wrmsr(unsigned address, std::uint64_t value);
extern "C" void my_firmware_in_c() {
  if ((my_rdmsr(0x3a) & 1) == 0) my_wrmsr(0x3a, 0x5);
}

#include "recipe_7.inc"

// Recipe 8: a driver of EDK2's kind, which is C.
#include "recipe_8.inc"

void CpuFeaturesInitialize() { AsmWriteMsr64(0x3a, 0x5); }
