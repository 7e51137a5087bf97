// The words by which people ask for help, and those that a report answers with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "cli/dumps.h"
#include "cli/process.h"

namespace vtprobe {
namespace {

using testing::AllOf;
using testing::HasSubstr;

bool IsAscii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

TEST(Words, HelpAndVersionAreWhatTheOptionsSay) {
  EXPECT_EQ(Vtprobe({"help"}).out, Vtprobe({"--help"}).out);
  EXPECT_EQ(Vtprobe({"help", "diff"}).out, Vtprobe({"diff", "--help"}).out);
  EXPECT_EQ(Vtprobe({"version"}).out, Vtprobe({"--version"}).out);
  EXPECT_EQ(Vtprobe({"help"}).exit_status, 0);
  EXPECT_EQ(Vtprobe({"help", "chek"}).exit_status, 64);
}

TEST(Words, HelpWrapsAtTheTerminal) {
  for (const int columns : {60, 80, 100}) {
    for (const char* const command : {"check", "record", "read", "diff", "import", "serve"}) {
      std::istringstream lines(Vtprobe({command, "--help"}, {.terminal_columns = columns}).out);
      std::size_t longest = 0;
      for (std::string line; std::getline(lines, line);) {
        longest = std::max(longest, line.size() - (line.ends_with('\r') ? 1 : 0));
      }
      EXPECT_LE(longest, static_cast<std::size_t>(columns)) << command;
      EXPECT_GT(longest, 40U) << command;
    }
  }
}

// Below its text, and not below the number that it is of.
TEST(Words, AFootersLineGoesOnBelowItsText) {
  const std::string help = Vtprobe({"check", "--help"}, {.terminal_columns = 60}).out;
  EXPECT_THAT(help, HasSubstr("\n  0  usable on every CPU, and all that the profile counts"));
  EXPECT_THAT(help, HasSubstr("\n     passes"));
}

TEST(Words, OfAReportAreExplained) {
  const std::string all = Vtprobe({"explain"}).out;
  for (const char* const word :
       {"enabled", "enabled_unlocked", "enabled_in_smx_only", "disabled_locked",
        "disabled_unlocked", "disabled_needs_key", "unlocked", "unsupported", "in_use",
        "hidden_by_hypervisor", "contradictory", "inconsistent", "indeterminate", "not_yet",
        "firmware_or_kernel", "vt-x", "waived", "general-protection"}) {
    EXPECT_THAT("\n" + all, HasSubstr(std::string("\n  ") + word + " "));
  }
  EXPECT_THAT(Vtprobe({"explain", "enabled_in_smx_only"}).out, HasSubstr("measured launch"));
  EXPECT_THAT(Vtprobe({"explain", "unknown"}).out,
              AllOf(HasSubstr("(usable)"), HasSubstr("(attribution)"), HasSubstr("(technology)")));
}

TEST(Words, ThatNoReportHasAreNamedWithTheNearest) {
  const Ended ended = Vtprobe({"explain", "disabled_lockt"});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, HasSubstr("disabled_locked"));
  EXPECT_THAT(Vtprobe({"explain", "intel.smrr.locked"}).err,
              HasSubstr("vtprobe rules intel.smrr.locked"));
}

TEST(Words, ARulesIdIsEnough) {
  const Ended ended = Vtprobe({"rules", "virtualization.usable"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_EQ(ended.out, Vtprobe({"rules", "explain", "virtualization.usable"}).out);
  EXPECT_EQ(Vtprobe({"rules", "virtualization.usable", "more"}).exit_status, 64);
}

TEST(Words, AnUnknownFormatOfImportListsAll) {
  const Ended ended = Vtprobe({"import", "--from", "nosuch", "-"});
  EXPECT_EQ(ended.exit_status, 64);
  for (const char* const format : {"vtprobe", "chipsec", "rdmsr", "hwloc", "turbostat"}) {
    EXPECT_THAT(ended.err, HasSubstr(format));
  }
}

TEST(Words, StayInAsciiWhereTheLocaleHasNoMore) {
  const std::string dump = Intel("0-3", "msr 0x3a = 0x5\n");
  const auto shown = [&](const std::vector<std::string>& more, const std::string& locale) {
    std::vector<std::string> arguments = {"check", "-v", "--replay", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Vtprobe(arguments, {.input = "vtprobe-dump 1\nmeta board = B\u00f6ard\n" +
                                        dump.substr(dump.find('\n') + 1),
                               .environment = {{"LC_ALL", locale}}})
        .out;
  };
  EXPECT_FALSE(IsAscii(shown({}, "C.UTF-8")));
  EXPECT_FALSE(IsAscii(shown({}, "")));
  for (const std::string& text :
       {shown({}, "C"), shown({}, "de_DE.ISO-8859-1"), shown({"--ascii"}, "C.UTF-8")}) {
    EXPECT_TRUE(IsAscii(text)) << text;
    EXPECT_THAT(text, AllOf(HasSubstr("LOCK 1 | VMX_IN_SMX 0"), HasSubstr("B?ard")));
  }
}

}  // namespace
}  // namespace vtprobe
