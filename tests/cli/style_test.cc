// What an answer looks like: on a terminal, in a file, in short and at length.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <sstream>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kEscape = '\x1b';

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();  // a terminal's
    lines.push_back(line);
  }
  return lines;
}

struct Look {
  const char* name;
  std::vector<std::string> arguments;
  bool terminal;
  std::map<std::string, std::string> environment;
  bool colored;
};

void PrintTo(const Look& look, std::ostream* out) { *out << look.name; }

class Color : public testing::TestWithParam<Look> {};

TEST_P(Color, IsThereWhereItIsWanted) {
  std::vector<std::string> arguments = {"--replay", "-"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  Surroundings around{.input = std::string(kSmxOnly), .environment = GetParam().environment};
  if (GetParam().terminal) around.terminal_columns = 100;
  const Ended ended = Vtprobe(arguments, around);
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_EQ(ended.out.find(kEscape) != std::string::npos, GetParam().colored) << ended.out;
}

INSTANTIATE_TEST_SUITE_P(
    Style, Color,
    testing::Values(
        Look{"Terminal", {}, true, {{"TERM", "xterm"}}, true},
        Look{"TerminalWithoutTerm", {}, true, {}, true},
        Look{"DumbTerminal", {}, true, {{"TERM", "dumb"}}, false},
        Look{"NoColor", {}, true, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}, false},
        Look{"NoColorWhateverItsValue", {}, true, {{"NO_COLOR", "0"}}, false},
        Look{"EmptyNoColor", {}, true, {{"NO_COLOR", ""}}, true},
        Look{"Never", {"--color", "never"}, true, {{"TERM", "xterm"}}, false},
        Look{"AlwaysWinsOverNoColor", {"--color", "always"}, true, {{"NO_COLOR", "1"}}, true},
        Look{"Pipe", {}, false, {{"TERM", "xterm"}}, false},
        Look{"PipeAlways", {"--color", "always"}, false, {}, true},
        Look{"PipeAuto", {"--color=auto"}, false, {}, false},
        Look{"Json", {"--color", "always", "--format", "json"}, true, {{"TERM", "xterm"}}, false}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Style, GivesAFileNoColor) {
  const TempTree tree;
  const std::string path = tree.root() + "/report.txt";
  const Ended ended = Vtprobe({"--replay", "-", "-o", path},
                              {.input = std::string(kSmxOnly), .terminal_columns = 100});
  EXPECT_EQ(ended.out, "");
  const std::string report = ContentOf(path);
  EXPECT_THAT(report, StartsWith("Intel VT-x is OFF"));
  EXPECT_EQ(report.find(kEscape), std::string::npos);
}

TEST(Style, TheFirstLineIsTheWholeAnswer) {
  const Surroundings around{.input = std::string(kSmxOnly)};
  const std::vector<std::string> lines = Lines(Vtprobe({"--replay", "-"}, around).out);
  ASSERT_GT(lines.size(), 2U);
  EXPECT_THAT(lines[0], StartsWith("Intel VT-x is OFF"));
  EXPECT_THAT(lines[0], HasSubstr("all 8 CPUs"));
  EXPECT_THAT(lines[0], HasSubstr("TXT"));
  EXPECT_EQ(lines[1], "");

  const Ended quiet = Vtprobe({"--replay", "-", "--quiet"}, around);
  EXPECT_EQ(quiet.out, lines[0] + "\n");
}

TEST(Style, AGroupOfCpusIsOneLineWithItsRegister) {
  const Ended ended =
      Vtprobe({"--replay", "-"},
              {.input = Intel("0-63", "cpu 0-16,18-63\nmsr 0x3a = 0x5\ncpu 17\nmsr 0x3a = 0x1\n")});
  EXPECT_THAT(ended.out, HasSubstr("\n  CPUs 0-16,18-63   IA32_FEATURE_CONTROL (0x3a) = 0x5   "));
  EXPECT_THAT(ended.out, HasSubstr("\n  CPU  17           IA32_FEATURE_CONTROL (0x3a) = 0x1   "));
  EXPECT_THAT(ended.out, HasSubstr("LOCK 1 \u00b7 VMX_IN_SMX 0 \u00b7 VMX_OUTSIDE_SMX 0\n"));
}

TEST(Style, OfflineCpusAreListed) {
  EXPECT_THAT(Vtprobe({"--replay", "-"}, {.input = std::string(kSmxOnly)}).out,
              HasSubstr("\n  CPU  8     offline"));
}

TEST(Style, OnATerminalNoLineIsWiderThanIt) {
  for (const int columns : {70, 80, 120}) {
    const Ended ended = Vtprobe({"--replay", "-", "--color", "never", "--verbose"},
                                {.input = std::string(kSmxOnly), .terminal_columns = columns});
    std::vector<std::string> lines = Lines(ended.out);
    ASSERT_GT(lines.size(), 5U);
    lines.erase(lines.begin());  // the answer is one line, whatever its length
    for (const std::string& line : lines) {
      const auto is_character = [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
      };
      EXPECT_LE(std::count_if(line.begin(), line.end(), is_character), columns) << line;
    }
  }
}

TEST(Style, VerboseShowsWhatIsKnownBesides) {
  const std::string dump =
      "vtprobe-dump 1\nmeta stage = os\nmeta x-rack = 12 left\nmeta kernel = 6.1.0\ncpu 0\n" +
      std::string(kIntelLeaves) + "msr 0x3a = 0x5\n";
  const Ended normal = Vtprobe({"--replay", "-"}, {.input = dump});
  EXPECT_THAT(normal.out, Not(HasSubstr("x-rack")));
  const Ended verbose = Vtprobe({"--replay", "-", "--verbose"}, {.input = dump});
  EXPECT_THAT(verbose.out, HasSubstr("x-rack"));
  EXPECT_THAT(verbose.out, HasSubstr("12 left"));
  EXPECT_THAT(verbose.out, HasSubstr("CPUID.01H:ECX = 0x7ffafbff"));
  EXPECT_THAT(verbose.out, HasSubstr("(virtualization.usable)"));
}

TEST(Style, MetadataCannotTurnTheLine) {
  const std::string dump = "vtprobe-dump 1\nmeta kernel = 6.1\u202e0.6\u2066x\ncpu 0\n" +
                           std::string(kIntelLeaves) + "msr 0x3a = 0x5\n";
  EXPECT_THAT(Vtprobe({"--replay", "-"}, {.input = dump}).out,
              HasSubstr("kernel 6.1<U+202E>0.6<U+2066>x"));
}

}  // namespace
}  // namespace vtprobe
