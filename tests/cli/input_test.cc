// Inputs that are missing, huge, or no files at all.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <thread>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// More than the process itself, any sanitizer included, takes for a few lines.
std::int64_t PeakKibOfASmallInput() {
  return Vtprobe({"--replay", "-"}, {.input = std::string(kSmxOnly)}).peak_kib;
}

TEST(Input, ThatIsMissingIsNamed) {
  const Ended ended = Vtprobe({"--replay", "/nonexistent/a.dump"});
  EXPECT_EQ(ended.exit_status, 66);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(ended.err, "vtprobe: can't read /nonexistent/a.dump: No such file or directory\n");
}

TEST(Input, ThatIsADirectoryIsNamed) {
  const TempTree tree;
  const Ended ended = Vtprobe({"--replay", tree.root()});
  EXPECT_EQ(ended.exit_status, 66);
  EXPECT_THAT(ended.err, HasSubstr("directory"));
}

TEST(Input, ThatMayNotBeReadIsNamed) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  TempTree tree;
  tree.Write("a.dump", 0, kSmxOnly);
  const std::string path = tree.root() + "/a.dump";
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const Ended ended = Vtprobe({"--replay", path});
  EXPECT_EQ(ended.exit_status, 66);
  EXPECT_THAT(ended.err, HasSubstr("Permission denied"));
}

TEST(Input, FromStandardInputIsNamedSo) {
  EXPECT_THAT(Vtprobe({"--replay", "-", "-v"}, {.input = std::string(kSmxOnly)}).out,
              HasSubstr("<stdin>"));
}

// A writer that opens the FIFO, writes and goes.
std::jthread Writer(const std::string& fifo, std::string text) {
  return std::jthread([fifo, text = std::move(text)] { std::ofstream(fifo) << text; });
}

TEST(Input, FromAFifoIsReadToItsEnd) {
  const TempTree tree;
  const std::string fifo = tree.root() + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const std::jthread writer = Writer(fifo, std::string(kSmxOnly));
  EXPECT_EQ(Vtprobe({"--replay", fifo}).exit_status, 1);
}

TEST(Input, FromAFifoThatClosesEarlyIsAShortFile) {
  const TempTree tree;
  const std::string fifo = tree.root() + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  {
    const std::jthread writer = Writer(fifo, std::string(kSmxOnly.substr(0, 25)));
    const Ended ended = Vtprobe({"--replay", fifo});
    EXPECT_EQ(ended.exit_status, 65);
    EXPECT_THAT(ended.err, StartsWith(fifo + ":2:"));
  }
  const std::jthread writer = Writer(fifo, "");
  EXPECT_THAT(Vtprobe({"--replay", fifo}).err, StartsWith(fifo + ":1:1: "));
}

TEST(Input, WithoutEndIsRefusedAfterItsBeginning) {
  const Ended ended = Vtprobe({"--replay", "/dev/zero"});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, StartsWith("/dev/zero: it begins with zeros"));
}

TEST(Input, OfAHundredMegabytesOfZerosTakesNoMemory) {
  TempTree tree;
  tree.Write("zeros", 0, "");
  const std::string path = tree.root() + "/zeros";
  std::filesystem::resize_file(path, 100'000'000);
  const Ended ended = Vtprobe({"--replay", path});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, StartsWith(path + ": it begins with zeros"));
  EXPECT_LT(ended.peak_kib, PeakKibOfASmallInput() + 4096);
}

TEST(Input, OfAHundredMegabytesOfZerosBehindAHeaderTakesAFewTimesItsSize) {
  TempTree tree;
  tree.Write("zeros", 0, "vtprobe-dump 1\n");
  const std::string path = tree.root() + "/zeros";
  std::filesystem::resize_file(path, 100'000'000);
  const Ended ended = Vtprobe({"--replay", path});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, StartsWith(path + ":2:1: expected"));
  EXPECT_LT(ended.peak_kib, PeakKibOfASmallInput() + std::int64_t{4} * 100'000'000 / 1024);
}

TEST(Input, OfTenMegabytesOnOneLineIsQuotedInShort) {
  const Ended ended =
      Vtprobe({"--replay", "-"}, {.input = "vtprobe-dump 1\n" + std::string(10'000'000, 'x')});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_LT(ended.err.size(), 200U);
}

TEST(Input, OfFourThousandCpusIsAnswered) {
  std::string dump = "vtprobe-dump 1\n";
  for (int cpu = 0; cpu < 4096; ++cpu) {
    dump += "cpu " + std::to_string(cpu) + "\n" + std::string(kIntelLeaves) + "msr 0x3a = 0x" +
            (cpu == 2047 ? "1" : "5") + "\n";
  }
  const Ended ended = Vtprobe({"--replay", "-"}, {.input = dump});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.out, HasSubstr("CPUs 0-2046,2048-4095 "));
  EXPECT_THAT(ended.out, HasSubstr("CPU  2047 "));
}

TEST(Input, OfFourThousandCpusThatAllDifferIsAnsweredLineByLine) {
  std::string dump = "vtprobe-dump 1\n";
  for (int cpu = 0; cpu < 4096; ++cpu) {
    dump += "cpu " + std::to_string(cpu) + "\n" + std::string(kIntelLeaves) + "msr 0x3a = 0x" +
            std::to_string(cpu) + "00005\n";
  }
  const Ended ended = Vtprobe({"--replay", "-"}, {.input = dump});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("CPU  4095 "));
  EXPECT_LT(ended.peak_kib, PeakKibOfASmallInput() + std::int64_t{64} * 1024);
}

}  // namespace
}  // namespace vtprobe
