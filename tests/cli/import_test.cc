// vtprobe import, and --replay of what other programs recorded.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"
#include "sanitizer.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kChipsec =
    "{\"cpuid\": {\"(0,0)\": [\"(22, 1970169159, 1818588270, 1231384169)\"],\n"
    " \"(1,0)\": [\"(329443, 1050624, 2147154879, 3219913727)\"]},\n"
    " \"read_msr\": {\"(0,58)\": [\"(5, 0)\"]}}\n";

// A folder as hwloc-gather-cpuid leaves it.
class Import : public testing::Test {
 protected:
  Import() {
    const std::string pu = "# mask e[abcd]x => e[abcd]x\n" + std::string(kPu);
    tree_.Write("m/pu0", 0, pu);
    tree_.Write("m/pu10", 0, pu);
    tree_.Write("m/hwloc-cpuid-info", 0, "Architecture: x86\n");
    std::filesystem::create_directory(tree_.root() + "/m/sub");
    tree_.Write("chipsec.json", 0, kChipsec);
  }
  std::string Path(std::string_view name) const { return tree_.root() + "/" + std::string(name); }

  TempTree tree_;
};

const std::string kReadings = "cpu 0,10\n" + std::string(kIntelLeaves);

// What tells a machine from its twins, by whatever name a key has it; and what
// does not, which stays.
TEST_F(Import, ScrubsARecordingOfWhatIdentifiesTheMachine) {
  const std::string kept =
      "meta kernel = 6.1\nmeta board = Vendor Board\nmeta chip = T2\n\ncpu 0,10\n" +
      std::string(kIntelLeaves) + "msr 0x3a = 0x5\n";
  const std::string told =
      "vtprobe-dump 1\nmeta source = rack-12.dump\nmeta host.name = rack-12\n"
      "meta host = rack-12\nmeta Contact.EMail = admin@rack-12\nmeta mgmt_ip = 192.0.2.12\n"
      "meta board.serial_number = 4711\nmeta SystemUUID = 1\nmeta asset-tag = 2\n" +
      kept + "msr 0x4f = 0x1234567890\nmsr 0xc00102f1 = 0x77\ncpuid 0x3.0x0 = 0x1 0x2 0x3 0x4\n";
  const Ended scrubbed = Vtprobe({"import", "-", "--scrub"}, {.input = told});
  EXPECT_EQ(scrubbed.exit_status, 0);
  EXPECT_THAT(scrubbed.out, HasSubstr("meta board = Vendor Board"));
  EXPECT_THAT(scrubbed.out, HasSubstr("msr 0x3a = 0x5"));
  EXPECT_THAT(scrubbed.out, HasSubstr("meta chip = T2"));
  for (const char* const trace : {"rack-12", "192.0.2.12", "4711", "UUID", "asset", "0x4f",
                                  "0xc00102f1", "0x1234567890", "cpuid 0x3.0x0"}) {
    EXPECT_THAT(scrubbed.out, Not(HasSubstr(trace)));
    EXPECT_THAT(Vtprobe({"import", "-"}, {.input = told}).out, HasSubstr(trace));
  }
  // Nor does a report show them.
  EXPECT_THAT(Vtprobe({"--replay", "-", "--format", "json"}, {.input = told}).out,
              Not(HasSubstr("4711")));
}

TEST_F(Import, WritesBinaryByTheNameOfTheFileAndReadsItByItsContent) {
  const std::string text = Path("text.dump");
  const std::string binary = Path("machine.vtpb");
  ASSERT_EQ(Vtprobe({"import", Path("chipsec.json"), "-o", text}).exit_status, 0);
  ASSERT_EQ(Vtprobe({"import", Path("chipsec.json"), "-o", binary}).exit_status, 0);
  EXPECT_THAT(ContentOf(binary), StartsWith("\x89VTPB\r\n\x1a"));
  std::filesystem::rename(binary, Path("any-name"));
  EXPECT_EQ(Vtprobe({"import", Path("any-name")}).out, ContentOf(text));
  const Ended judged = Vtprobe({"check", "--replay", Path("any-name")});
  EXPECT_EQ(judged.out, Vtprobe({"check", "--replay", text}).out);
  EXPECT_EQ(judged.exit_status, 0);

  std::string damaged = ContentOf(Path("any-name"));
  damaged.back() = '\x01';
  tree_.Write("damaged", 0, damaged);
  const Ended refused = Vtprobe({"check", "--replay", Path("damaged")});
  EXPECT_EQ(refused.exit_status, 65);
  EXPECT_THAT(refused.err, HasSubstr("byte 24: the checksum is another"));
}

TEST_F(Import, WritesOurDump) {
  const Ended ended = Vtprobe({"import", Path("m/pu0"), Path("m/pu10")});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, StartsWith("vtprobe-dump 1 sealed\n"));
  EXPECT_THAT(ended.out, HasSubstr(kReadings));
  EXPECT_THAT(ended.out, HasSubstr("meta source = pu0 and 1 more\n"));
  EXPECT_THAT(ended.out, HasSubstr("meta provenance = recorded\n"));
  EXPECT_THAT(ended.out, HasSubstr("meta tool = hwloc-gather-cpuid\n"));
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST_F(Import, AFolderStandsForItsFiles) {
  const Ended ended = Vtprobe({"import", Path("m")});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr(kReadings));
  EXPECT_EQ(ended.err, "vtprobe: note: left alone, being no recording: hwloc-cpuid-info\n");
  EXPECT_THAT(Vtprobe({"import", "-q", Path("m")}).err, IsEmpty());
}

TEST_F(Import, ToAFile) {
  const Ended ended = Vtprobe({"import", Path("m"), "-o", Path("out.dump")});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ContentOf(Path("out.dump")), HasSubstr(kReadings));
  EXPECT_EQ(Vtprobe({"import", Path("m"), "-o", "/dev/full"}).exit_status, 74);
}

TEST_F(Import, FromStandardInput) {
  const Ended ended = Vtprobe({"import", "-"}, {.input = std::string(kChipsec)});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("msr 0x3a = 0x5\n"));
  EXPECT_THAT(ended.out, HasSubstr("meta source = <stdin>\n"));
}

TEST_F(Import, OfADumpIsThatDump) {
  const std::string dump = "vtprobe-dump 1 sealed\nmeta board = x\ncpu 0\nmsr 0x3a ! io\nend 5\n";
  const Ended ended = Vtprobe({"import", "-"}, {.input = dump});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_EQ(ended.out, dump);
}

TEST_F(Import, ReplayTakesEveryFormat) {
  const Ended direct = Vtprobe({"--replay", Path("chipsec.json"), "--format", "json"});
  EXPECT_EQ(direct.exit_status, 0);
  EXPECT_THAT(direct.err, HasSubstr("vtprobe: note: chipsec does not say"));

  const Ended imported = Vtprobe({"import", "-q", Path("chipsec.json"), "-o", Path("out.dump")});
  ASSERT_EQ(imported.exit_status, 0);
  const Ended again = Vtprobe({"--replay", Path("out.dump"), "--format", "json"});
  auto one = nlohmann::json::parse(direct.out);
  auto other = nlohmann::json::parse(again.out);
  for (auto* const report : {&one, &other}) {
    (*report)["subject"].erase("file");
    (*report)["subject"].erase("source");
  }
  EXPECT_EQ(one, other);

  const Ended folder = Vtprobe({"--replay", Path("m")});
  EXPECT_EQ(folder.exit_status, 2);
  EXPECT_THAT(folder.out, HasSubstr("0x3a"));
}

TEST_F(Import, UnknownFormatsAreUsageErrors) {
  const Ended ended = Vtprobe({"import", "--from", "hwlok", Path("m")});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, StartsWith("vtprobe: there is no format hwlok; the nearest are hwloc"));
  EXPECT_EQ(Vtprobe({"import"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"import", "--register", "CPUID.01H:ECX", Path("m")}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"import", "--register", "NO_SUCH_MSR", Path("m")}).exit_status, 64);
}

TEST_F(Import, WhatIsNoRecordingIsMalformedInput) {
  tree_.Write("text", 0, "hello\n");
  const Ended unknown = Vtprobe({"import", Path("text")});
  EXPECT_EQ(unknown.exit_status, 65);
  EXPECT_THAT(unknown.err, StartsWith(Path("text") + ":1:1: no line of it is understood"));
  EXPECT_THAT(unknown.err, HasSubstr("vtprobe import --help"));
  tree_.Write("bytes", 0,
              std::string_view("\x7f"
                               "ELF\0\0",
                               6));
  EXPECT_THAT(Vtprobe({"import", Path("bytes")}).err, HasSubstr("bytes:1:1: it is no text"));
  tree_.Write("empty", 0, "\n");
  EXPECT_THAT(Vtprobe({"import", Path("empty")}).err, HasSubstr("empty:1:1: it is empty\n"));

  tree_.Write("pu1", 0, "1 1 0 0 0 => 1 2 3\n");
  const Ended broken = Vtprobe({"import", "--from", "hwloc", Path("pu1")});
  EXPECT_EQ(broken.exit_status, 65);
  EXPECT_THAT(broken.err, StartsWith(Path("pu1") + ":1:19: expected"));

  // Two machines', as what they say of one CPU shows.
  const Ended mixed = Vtprobe({"import", Path("m/pu0"), Path("chipsec.json")});
  EXPECT_EQ(mixed.exit_status, 65);
  EXPECT_THAT(mixed.err, HasSubstr("chipsec.json: CPUID 0x1.0x0 of CPU 0 is another here than in "
                                   "pu0"));

  tree_.Write("cut.gz", 0, "\x1f\x8b\x08");
  EXPECT_EQ(Vtprobe({"import", Path("cut.gz")}).exit_status, 65);
}

TEST_F(Import, WhatIsMissingIsNamed) {
  const Ended ended = Vtprobe({"import", Path("m/pu0"), Path("m/pu1")});
  EXPECT_EQ(ended.exit_status, 66);
  EXPECT_THAT(ended.err, HasSubstr("pu1: No such file"));
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(Vtprobe({"import", Path("m/sub")}).exit_status, 66);
}

std::string Repeated(std::string_view line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

// What became of a line is said once it is known, and a command is not waited for
// when it has printed more than any does.
TEST_F(Import, HoldsOfAPasteWhatACommandMayStillPrint) {
  if (kHasASanitizer) GTEST_SKIP() << "a sanitizer keeps memory of its own";
  const auto peak = [](const std::string& text) {
    return Vtprobe({"import", "-", "-o", "/dev/null"}, {.input = text}).peak_kib;
  };
  const std::string command = "# rdmsr -p 1 0x3a\n";
  const std::int64_t usual = peak(Repeated("# cat something\n\n", 200'000) + command + "5\n");
  EXPECT_LT(peak(Repeated(command, 200'000) + "5\n"), usual + (std::int64_t{4} << 10));
  const std::string many = "# " + Repeated("rdmsr -p 1 0x3a; ", 2'000) + "\n";
  EXPECT_LT(peak(many + Repeated("5\n", 800'000)), usual + (std::int64_t{64} << 10));
}

TEST_F(Import, HelpListsTheFormats) {
  const Ended ended = Vtprobe({"import", "--help"});
  EXPECT_EQ(ended.exit_status, 0);
  for (const char* const name : {"hwloc", "firecracker", "firecracker-csv", "chipsec"}) {
    EXPECT_THAT(ended.out, HasSubstr(name));
  }
}

}  // namespace
}  // namespace vtprobe
