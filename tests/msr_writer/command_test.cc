// The program by its command line, on machines in software: who is refused, in which
// words, and that nothing was written then.

#include "msr_writer/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/fixtures/simulated_platform.h"

namespace vtprobe::msr_writer {
namespace {

using fixtures::PlatformBuilder;
using fixtures::SimulatedPlatform;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Passes writes on, and counts them.
class CountingWriter final : public MsrWriter {
 public:
  explicit CountingWriter(MsrWriter& machine) : machine_(machine) {}
  Result<void> WriteMsr(LogicalCpu cpu, MsrAddress address, std::uint64_t value) override {
    ++writes;
    return machine_.WriteMsr(cpu, address, value);
  }
  int writes = 0;

 private:
  MsrWriter& machine_;
};

struct Told {
  int status = -1;
  std::string out;
  std::string err;
  int writes = 0;
};

// What is written to a file in memory.
class Text {
 public:
  Text() : file_(::open_memstream(&text_, &size_), &std::fclose) {}
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() {
    file_.reset();
    std::free(text_);
  }
  std::FILE* file() { return file_.get(); }
  std::string Take() {
    std::fflush(file_.get());
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

Told RunOn(SimulatedPlatform& machine, std::vector<std::string_view> arguments,
           bool is_root = true) {
  CountingWriter writer(machine);
  Text out;
  Text err;
  Told told;
  told.status =
      RunCommand(std::move(arguments), {machine, machine, writer, is_root}, out.file(), err.file());
  told.out = out.Take();
  told.err = err.Take();
  told.writes = writer.writes;
  return told;
}

Told RunOn(PlatformBuilder builder, std::vector<std::string_view> arguments, bool is_root = true) {
  SimulatedPlatform machine = SimulatedPlatform::AsFound(builder.Build());
  return RunOn(machine, std::move(arguments), is_root);
}

PlatformBuilder Unlocked() { return PlatformBuilder::Intel().Cpus(2).FeatureControl(0x0); }
PlatformBuilder Locked() { return PlatformBuilder::Intel().Cpus(2).FeatureControl(0x5); }

TEST(WriterCommand, TakesNothingThatIsNotMeant) {
  using Words = std::vector<std::string_view>;
  for (const Words& words :
       {Words{}, Words{"verify-locks", "0-1"}, Words{"enable", "0-1"},
        Words{"enable", "--yes", "--dry-run", "0-1"}, Words{"enable", "--yes", "--yes", "0-1"},
        Words{"verify-locks", "--dry-run", "0-1"},
        Words{"verify-locks", "--yes", "--in-smx", "0-1"},
        Words{"enable", "--yes", "--in-guest", "0-1"}, Words{"enable", "--yes"},
        Words{"enable", "--yes", ""}, Words{"enable", "--yes", "1-0"},
        Words{"enable", "--yes", "0", "1"}, Words{"disable", "--yes", "0-1"}}) {
    const Told told = RunOn(Unlocked(), words);
    EXPECT_EQ(told.status, 64);
    EXPECT_EQ(told.writes, 0);
    EXPECT_THAT(told.out, IsEmpty());
  }
}

TEST(WriterCommand, IsRootsAlone) {
  for (const char* const command : {"verify-locks", "enable"}) {
    const Told told = RunOn(Unlocked(), {command, "--yes", "0-1"}, /*is_root=*/false);
    EXPECT_EQ(told.status, 2);
    EXPECT_THAT(told.err, StartsWith("only root"));
    EXPECT_EQ(told.writes, 0);
  }
}

TEST(WriterCommand, LeavesAGuestsRegistersAlone) {
  for (const char* const command : {"verify-locks", "enable"}) {
    const Told told = RunOn(Locked().Guest(), {command, "--yes", "0-1"});
    EXPECT_EQ(told.status, 2);
    EXPECT_THAT(told.err, StartsWith("this is a guest"));
    EXPECT_EQ(told.writes, 0);
  }
  EXPECT_EQ(RunOn(Unlocked().Guest(), {"enable", "--dry-run", "0-1"}).status, 2);
}

TEST(WriterCommand, AsksAGuestsLocksIfThatIsMeant) {
  const Told told = RunOn(Locked().Guest(), {"verify-locks", "--yes", "--in-guest", "0-1"});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.writes, 2);
  EXPECT_THAT(told.out, StartsWith("lock 0 0x3a IA32_FEATURE_CONTROL holds 0x5 0x5\n"
                                   "lock 1 0x3a IA32_FEATURE_CONTROL holds 0x5 0x5\n"));
}

TEST(WriterCommand, WritesNoRegisterThatIsNotLocked) {
  const Told told = RunOn(Unlocked(), {"verify-locks", "--yes", "0-1"});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.writes, 0);
  EXPECT_THAT(told.out, StartsWith("lock 0 0x3a IA32_FEATURE_CONTROL not_locked 0x0 -\n"));
  EXPECT_THAT(told.out, HasSubstr("left-alone VM_CR once locked it ignores"));
}

TEST(WriterCommand, SaysWhatItWouldWriteAndWritesNothing) {
  SimulatedPlatform machine = SimulatedPlatform::AsFound(Unlocked().Build());
  const Told told = RunOn(machine, {"enable", "--dry-run", "0-1"});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.writes, 0);
  EXPECT_EQ(told.out, "extension vmx\nwrite 0 0x3a 0x0 0x5\nwrite 1 0x3a 0x0 0x5\n");
  EXPECT_EQ(*machine.ReadMsr(LogicalCpu{0}, MsrAddress{0x3a}), 0x0u);
}

TEST(WriterCommand, WritesWhatItSaid) {
  SimulatedPlatform machine = SimulatedPlatform::AsFound(Unlocked().Build());
  const std::string planned = RunOn(machine, {"enable", "--dry-run", "0-1"}).out;
  const Told told = RunOn(machine, {"enable", "--yes", "0-1"});
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.writes, 2);
  EXPECT_EQ(told.out, planned);
  EXPECT_EQ(*machine.ReadMsr(LogicalCpu{0}, MsrAddress{0x3a}), 0x5u);
  EXPECT_EQ(RunOn(machine, {"enable", "--yes", "0-1"}).writes, 0) << "it is on";
}

TEST(WriterCommand, WritesTheCpusThatAreNamed) {
  SimulatedPlatform machine = SimulatedPlatform::AsFound(Unlocked().Build());
  EXPECT_EQ(RunOn(machine, {"enable", "--yes", "1"}).out, "extension vmx\nwrite 1 0x3a 0x0 0x5\n");
  EXPECT_EQ(*machine.ReadMsr(LogicalCpu{0}, MsrAddress{0x3a}), 0x0u);
}

TEST(WriterCommand, WritesNothingWhereOneCpuIsLockedOff) {
  const Told told = RunOn(Unlocked().FeatureControl(0x1, "1"), {"enable", "--yes", "0-1"});
  EXPECT_EQ(told.status, 2);
  EXPECT_EQ(told.writes, 0);
  EXPECT_THAT(told.err, StartsWith("nothing is written: CPU 1 is locked with it off"));
  EXPECT_THAT(told.out, IsEmpty());
}

TEST(WriterCommand, EnablesNothingThatIsNotOffered) {
  const Told told =
      RunOn(PlatformBuilder::Intel().Cpus(2).WithoutExtension(), {"enable", "--yes", "0-1"});
  EXPECT_EQ(told.status, 2);
  EXPECT_EQ(told.writes, 0);
  EXPECT_THAT(told.err, StartsWith("CPUID offers neither"));
}

}  // namespace
}  // namespace vtprobe::msr_writer
