// vtprobe corpus over archives: the same answer as over the folder that they
// were made of, whatever their members' order, and nothing lost where something
// is wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"
#include "sanitizer.h"
#include "tar_writer.h"
#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;
using bench::TarWriter;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kMalformed = "vtprobe-dump 1\ncpu x\n";

std::string Enabled() { return Intel("0", "msr 0x3a = 0x5\n"); }

// The last row of the table without the blanks of its columns: "3 enabled 3".
std::string Total(const Ended& ended) {
  std::istringstream lines(ended.out);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("all ")) continue;
    std::istringstream words(line.substr(4));
    for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

using IsBefore = std::function<bool(const fs::path&, const fs::path&)>;

// As tar walks a folder: what is in it in some order, a folder as a whole.
void AddTree(const fs::path& folder, const std::string& path, const IsBefore& is_before,
             TarWriter* tar) {
  tar->AddFolder(path + "/");
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end(), is_before);
  for (const fs::path& entry : entries) {
    const std::string name = path + "/" + entry.filename().string();
    fs::is_directory(entry) ? AddTree(entry, name, is_before, tar)
                            : tar->AddFile(name, ContentOf(entry));
  }
}

class CorpusArchive : public testing::Test {
 protected:
  // The command over an archive of these bytes, in a file of that name.
  Ended Corpus(const std::string& bytes, std::vector<std::string> options = {}) {
    tree_.Write("fleet.tar", 0, bytes);
    std::vector<std::string> words = {"corpus", Path()};
    words.insert(words.end(), options.begin(), options.end());
    return Vtprobe(words);
  }
  Ended Corpus(const TarWriter& tar) { return Corpus(tar.Archive()); }
  std::string Path() const { return tree_.root() + "/fleet.tar"; }

  TempTree tree_;
};

TEST_F(CorpusArchive, SaysOfTheShippedRecordingsWhatTheFolderSays) {
  TarWriter tar;
  AddTree(VTPROBE_SHIPPED_RECORDINGS, "recorded", std::greater<>(), &tar);
  const Ended of_tar = Corpus(tar);
  EXPECT_EQ(of_tar.exit_status, 0);
  EXPECT_THAT(of_tar.err, IsEmpty());
  EXPECT_EQ(of_tar.out, Vtprobe({"corpus", VTPROBE_SHIPPED_RECORDINGS}).out);
}

// A machine that holds what differs from its base, in every order of its folder's
// files and its base's.
TEST_F(CorpusArchive, MakesAMachineWholeWhereverItsBaseStands) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"c/lab/plain/machine.dump", Enabled()},
      {"c/lab/one-off/manifest.toml", "base = \"lab/plain\"\n"},
      {"c/lab/one-off/machine.dump", "vtprobe-difference 1\ncpu 0\nmsr 0x3a = 0x1\n"}};
  for (const auto& [first, second, third] :
       {std::array{0, 1, 2}, std::array{0, 2, 1}, std::array{1, 2, 0}, std::array{2, 1, 0}}) {
    TarWriter tar;
    for (const int i : {first, second, third}) {
      tar.AddFile(files[static_cast<std::size_t>(i)].first,
                  files[static_cast<std::size_t>(i)].second);
    }
    const Ended ended = Corpus(tar.Archive(), {"--verbose"});
    EXPECT_EQ(ended.exit_status, 0) << first << second << third;
    // --verbose may say there what a build does without.
    EXPECT_THAT(ended.err, Not(HasSubstr("fleet.tar"))) << first << second << third;
    EXPECT_THAT(ended.out, HasSubstr("c/lab/one-off/machine.dump")) << first << second << third;
    EXPECT_THAT(ended.out, HasSubstr("disabled_locked 1")) << first << second << third;
  }
}

TEST_F(CorpusArchive, NamesABaseThatItDoesNotHold) {
  TarWriter tar;
  tar.AddFile("c/lab/one-off/machine.dump", "vtprobe-difference 1\n");
  tar.AddFile("c/lab/one-off/manifest.toml", "base = \"lab/plain\"\n");
  const Ended ended = Corpus(tar);
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, HasSubstr("fleet.tar!c/lab/one-off/manifest.toml:1:8: "));
  EXPECT_THAT(ended.err, HasSubstr("lab/plain/machine.dump is not in the archive"));
}

// Each way in which files make a machine, and what stands beside them.
TEST_F(CorpusArchive, PutsFilesTogetherAsAFolderDoes) {
  TempTree machines;
  machines.Write("one/machine.dump", 0, kSmxOnly);
  machines.Write("one/another.dump", 0, Enabled());
  machines.Write("one/zz.dump", 0, kMalformed);
  machines.Write("one/below/x.dump", 0, Enabled());
  machines.Write("hwloc/pu0", 0, kPu);
  machines.Write("hwloc/pu1", 0, kPu);
  machines.Write("hwloc/pu10", 0, kPu);
  machines.Write("hwloc/hwloc-cpuid-info", 0, "Architecture: x86\n");
  machines.Write("hwloc/within/pu1", 0, kPu);
  machines.Write("loose/a.dump", 0, Enabled());
  machines.Write("loose/b.dump", 0, kMalformed);
  machines.Write("loose/README", 0, "text\n");
  machines.Write("loose/empty", 0, "");
  machines.Write("both/pu0", 0, kPu);
  machines.Write("both/machine.dump", 0, Enabled());
  machines.Write("a.dump", 0, Enabled());
  const Ended of_folder = Vtprobe({"corpus", machines.root()});
  ASSERT_EQ(of_folder.exit_status, 65);
  ASSERT_THAT(of_folder.out, HasSubstr("all "));

  for (const IsBefore& order : {IsBefore(std::less<>()), IsBefore(std::greater<>())}) {
    TarWriter tar;
    AddTree(machines.root(), ".", order, &tar);
    const Ended of_tar = Corpus(tar);
    EXPECT_EQ(of_tar.exit_status, 65);
    EXPECT_EQ(of_tar.out, of_folder.out);
    EXPECT_THAT(of_tar.err, StartsWith(Path() + "!./loose/b.dump:2:5: "));
  }
}

TEST_F(CorpusArchive, ReadsCompressedOnesAndPipes) {
  TarWriter tar;
  tar.AddFile("a.dump", Enabled());
  tar.AddFile("b.dump", kSmxOnly);
  const std::string expected = Corpus(tar).out;
  ASSERT_THAT(expected, HasSubstr("enabled 1, enabled_in_smx_only 1"));
  EXPECT_EQ(Vtprobe({"corpus", "-"}, {.input = tar.Archive()}).out, expected);

  TempTree packed;
  packed.Write("x", 0, Enabled());
  ASSERT_EQ(std::system(("gzip " + packed.root() + "/x").c_str()), 0);
  const Ended one = Vtprobe({"corpus", packed.root() + "/x.gz"});
  EXPECT_EQ(one.exit_status, 0);
  EXPECT_EQ(Total(one), "1 enabled 1");
}

TEST_F(CorpusArchive, ReadsEveryFormatThatAFolderMayHold) {
  TarWriter inner;
  inner.AddFile("pu0", kPu);
  TarWriter tar;
  tar.AddFile("x/binary.vtpb", WriteBinaryDump(*ParseDump(Enabled())));
  tar.AddFile("x/machine.tar", inner.Archive());
  const Ended ended = Corpus(tar);
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("Skylake              2  enabled 1, indeterminate 1\n"));
}

TEST_F(CorpusArchive, NamesMalformedOnesUpToABoundAndCountsAll) {
  TarWriter tar;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "rack/" + std::to_string(1000 + i) + ".dump";
    tar.AddFile(name, i % 10 == 3 ? std::string(kMalformed) : Enabled());
  }
  const Ended ended = Corpus(tar);
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_EQ(Total(ended), "270 enabled 270");
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 21);
  EXPECT_THAT(ended.err, StartsWith(Path() + "!rack/1003.dump:2:5: "));
  EXPECT_THAT(ended.err, HasSubstr("!rack/1193.dump:2:5: "));
  EXPECT_THAT(ended.err, Not(HasSubstr("!rack/1203.dump")));
  EXPECT_THAT(ended.err, HasSubstr("\nvtprobe: and 10 more that can't be read\n"));
}

TEST_F(CorpusArchive, CountsWhatStandsBeforeABreak) {
  TarWriter tar;
  for (int i = 0; i < 4; ++i) tar.AddFile("m" + std::to_string(i), Enabled());
  // Each has a block of header and one of content; the fourth is cut.
  const Ended ended = Corpus(tar.Archive().substr(0, 7 * 512 + 100));
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_EQ(Total(ended), "3 enabled 3");
  EXPECT_THAT(ended.err, StartsWith(Path() + ": the archive is broken: "));
}

TEST_F(CorpusArchive, SaysWhatItDidNotFollow) {
  TarWriter tar;
  tar.AddFile("a.dump", Enabled());
  tar.AddHardLink("b.dump", "a.dump");
  tar.AddSymbolicLink("c.dump", "a.dump");
  const Ended ended = Corpus(tar);
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_EQ(Total(ended), "1 enabled 1");
  EXPECT_THAT(ended.out, HasSubstr("Links in the archive, which are not followed: 2.\n"));
}

// More than is kept waiting of a folder that has not shown what it is.
void AddManyFiles(std::string_view folder, TarWriter* tar) {
  const std::string text(std::size_t{1} << 19, 'x');
  for (int i = 0; i < 33; ++i) tar->AddFile(std::string(folder) + std::to_string(i), text);
}

TEST_F(CorpusArchive, ADecisionThatComesTooLateIsAnError) {
  for (const char* const name : {"machine.dump", "pu0"}) {
    SCOPED_TRACE(name);
    TarWriter tar;
    AddManyFiles("m/", &tar);
    tar.AddFile(std::string("m/") + name, name[0] == 'p' ? std::string(kPu) : Enabled());
    tar.AddFile("n/a.dump", Enabled());
    const Ended ended = Corpus(tar);
    EXPECT_EQ(ended.exit_status, 65);
    EXPECT_EQ(Total(ended), "1 enabled 1");
    EXPECT_THAT(ended.err,
                StartsWith(Path() + "!m/" + name + ": it comes behind more than 16 MiB"));
  }
}

TEST_F(CorpusArchive, AMachineOfTooManyFilesIsAnError) {
  TarWriter tar;
  tar.AddFile("m/pu0", kPu);
  AddManyFiles("m/", &tar);
  tar.AddFile("n/a.dump", Enabled());
  const Ended ended = Corpus(tar);
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_EQ(Total(ended), "1 enabled 1");
  EXPECT_THAT(ended.err, StartsWith(Path() + "!m: expected a machine of at most 16 MiB"));
}

TEST_F(CorpusArchive, LongFilesThatAreNoRecordingsDoNotWait) {
  TarWriter tar;
  const std::string log(std::size_t{2} << 20, 'x');
  for (int i = 0; i < 12; ++i) tar.AddFile("m/log" + std::to_string(i), log);
  tar.AddFile("m/machine.dump", Enabled());
  const Ended ended = Corpus(tar);
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_EQ(Total(ended), "1 enabled 1");
  EXPECT_THAT(ended.out, Not(HasSubstr("no recordings")));
}

TEST_F(CorpusArchive, HoldsAPartOfItInMemory) {
  if (kHasASanitizer) GTEST_SKIP() << "a sanitizer keeps memory of its own";
  // Written member by member: what this process ever held counts as the
  // command's, too.
  TarWriter tar;
  tar.AddFile("m", "vtprobe-dump 1\n# " + std::string(std::size_t{1} << 18, 'x') + "\ncpu 0\n");
  const std::int64_t small = Corpus(tar).peak_kib;
  const std::string one = tar.TakePart();
  for (std::size_t i = 0; i < 512; ++i) tree_.Write("fleet.tar", i * one.size(), one);
  tree_.Write("fleet.tar", 512 * one.size(), tar.Archive());
  const Ended ended = Vtprobe({"corpus", Path()});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_EQ(Total(ended), "512 indeterminate 512");
  EXPECT_LT(ended.peak_kib, small + (std::int64_t{48} << 10));  // of 128 MiB
}

// What is held counts, with the room that was made for it: members of nothing,
// and folders that wait within each other.
TEST_F(CorpusArchive, HoldsLittleOfManySmallMembersAndOfDeepFolders) {
  if (kHasASanitizer) GTEST_SKIP() << "a sanitizer keeps memory of its own";
  TarWriter small;
  small.AddFile("a.dump", Enabled());
  const std::int64_t usual = Corpus(small).peak_kib;

  tree_.Write("fleet.tar", 0, "");
  std::size_t at = 0;
  const auto write = [&](const std::string& part) {
    tree_.Write("fleet.tar", at, part);
    at += part.size();
  };
  TarWriter tar;
  for (int i = 0; i < 20'000; ++i) {
    tar.AddFile("m/" + std::to_string(i), "");
    if (i % 1000 == 0) write(tar.TakePart());
  }
  std::string folder;
  const std::string file =
      "vtprobe-dump 1\n# " + std::string(std::size_t{1} << 19, 'x') + "\ncpu 0\n";
  for (int depth = 0; depth < 40; ++depth) {
    folder += "d/";
    for (const char* const name : {"1", "2", "3"}) tar.AddFile(folder + name, file);
    write(tar.TakePart());
  }
  write(tar.Archive());
  const Ended ended = Vtprobe({"corpus", Path()});
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_EQ(Total(ended), "120 indeterminate 120");
  EXPECT_LT(ended.peak_kib, usual + (std::int64_t{64} << 10));
}

// The rest counts, and the archive is no more than it proves to be.
TEST_F(CorpusArchive, CutBetweenTwoMembersIsAnError) {
  TarWriter tar;
  tar.AddFile("a.dump", Enabled());
  tar.AddFile("b.dump", Enabled());
  const std::string cut = tar.TakePart();
  const Ended ended = Corpus(cut);
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_EQ(Total(ended), "2 enabled 2");
  EXPECT_THAT(ended.err, StartsWith(Path() + ": the archive is broken: it breaks off"));
}

TEST_F(CorpusArchive, OfNothingIsAnError) {
  EXPECT_THAT(Corpus(std::string(10'240, '\0')).err, HasSubstr("fleet.tar: it begins with zeros"));
  TarWriter folders;
  folders.AddFolder("a/");
  EXPECT_THAT(Corpus(folders).err, HasSubstr("fleet.tar: the archive holds no file"));
  for (const char* const device : {"/dev/zero", "/dev/null"}) {
    const Ended ended = Vtprobe({"corpus", device});
    EXPECT_EQ(ended.exit_status, 65) << device;
    EXPECT_THAT(ended.err, StartsWith(std::string(device) + ": it ")) << device;
  }
}

// A file that had its size and never its content is not one of another kind.
TEST_F(CorpusArchive, NamesWhatHoldsNothingButZeros) {
  for (const std::string name : {"b/machine.dump", "b/x.dump", "b/pu0", "b/1.txt"}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{512}, std::size_t{3} << 20}) {
      const std::string zeros(size, '\0');
      TarWriter tar;
      tar.AddFile("a/machine.dump", Enabled());
      tar.AddFile(name, zeros);
      const Ended of_tar = Corpus(tar);
      EXPECT_EQ(of_tar.exit_status, 65) << name << size;
      EXPECT_EQ(Total(of_tar), "1 enabled 1");
      EXPECT_THAT(of_tar.err, HasSubstr(name + ": it begins with zeros")) << size;
      TempTree files;
      files.Write("a/machine.dump", 0, Enabled());
      files.Write(name, 0, zeros);
      const Ended of_folder = Vtprobe({"corpus", files.root()});
      EXPECT_EQ(of_folder.exit_status, 65) << name << size;
      EXPECT_THAT(of_folder.err, HasSubstr(name + ": it begins with zeros")) << size;
    }
  }
}

TEST_F(CorpusArchive, IsNamedWhereItIsNone) {
  const Ended ended = Corpus(Enabled());
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, HasSubstr("fleet.tar: expected a folder or an archive"));
  EXPECT_EQ(Corpus("").exit_status, 65);
}

TEST_F(CorpusArchive, NamesTheMachinesThatStandOut) {
  TarWriter tar;
  tar.AddFile("rack/a.dump", Enabled());
  tar.AddFile("rack/b.dump", Intel("0", "msr 0x3a = 0x1\n"));
  tar.AddFile("rack/c.dump", Enabled());
  tar.AddFile("rack/d\x1b.dump", Intel("0", "msr 0x3a = 0x0\n"));
  EXPECT_THAT(Corpus(tar).out, Not(HasSubstr("b.dump")));

  const Ended verbose = Corpus(tar.Archive(), {"--verbose"});
  EXPECT_EQ(verbose.exit_status, 0);
  EXPECT_THAT(verbose.out, HasSubstr("\nNot usable, or not known to be:\n"
                                     "  disabled_locked       " +
                                     Path() +
                                     "!rack/b.dump  (GenuineIntel Skylake)\n"
                                     "  unlocked              " +
                                     Path() + "!rack/d?.dump  (GenuineIntel Skylake)\n"));

  TarWriter usable;
  usable.AddFile("a.dump", Enabled());
  EXPECT_THAT(Corpus(usable.Archive(), {"-v"}).out,
              HasSubstr("\nIt is usable on every machine recorded.\n"));
}

TEST_F(CorpusArchive, AnswersProgramsInJson) {
  TarWriter tar;
  tar.AddFile("a.dump", Enabled());
  tar.AddFile("b.dump", Intel("0", "msr 0x3a = 0x1\n"));
  tar.AddFile("c.dump", kMalformed);
  tar.AddFile("README", "text\n");
  tar.AddSymbolicLink("d.dump", "a.dump");
  const Ended ended = Corpus(tar.Archive(), {"--format", "json", "--verbose"});
  EXPECT_EQ(ended.exit_status, 65);
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json["schema"], "vtprobe-corpus/1");
  EXPECT_EQ(json["tool"]["name"], "vtprobe");
  EXPECT_EQ(json["recordings"], 2);
  EXPECT_EQ(json["states"], nlohmann::json::parse(R"({"enabled": 1, "disabled_locked": 1})"));
  EXPECT_EQ(json["generations"], nlohmann::json::parse(R"([{
      "vendor": "GenuineIntel", "generation": "Skylake", "recordings": 2,
      "states": {"enabled": 1, "disabled_locked": 1}}])"));
  EXPECT_EQ(json["not_usable"], nlohmann::json::parse(R"([{
      "name": ")" + Path() + R"(!b.dump", "vendor": "GenuineIntel", "generation": "Skylake",
      "state": "disabled_locked", "usable": "no"}])"));
  EXPECT_EQ(json["not_recordings"], 1);
  EXPECT_EQ(json["links"], 1);
  EXPECT_EQ(json["malformed"], 1);
  EXPECT_EQ(json["exit_code"], 65);

  const Ended brief = Corpus(tar.Archive(), {"--format", "json"});
  EXPECT_FALSE(nlohmann::json::parse(brief.out).contains("not_usable"));
  EXPECT_EQ(Corpus(tar.Archive(), {"--format", "junit"}).exit_status, 64);
}

}  // namespace
}  // namespace vtprobe
