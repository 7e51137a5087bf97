// vtprobe fleet add, judge and report over a store: that it answers as the files do that
// it was made from, that each recording is in it once, and that a call that fails leaves
// it as it was.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/dumps.h"
#include "cli/fleet_files.h"
#include "cli/process.h"
#include "store/database.h"
#include "tar_writer.h"

namespace vtprobe {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class StoreCommands : public FleetFiles {
 protected:
  std::string StorePath() const { return Path("kept.db"); }

  Ended Add(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = {"fleet", "add", StorePath()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return Vtprobe(all);
  }
  // Each row of the answer to one statement, its columns apart by blanks.
  std::vector<std::string> Ask(const char* statement, int columns) const {
    std::vector<std::string> rows;
    const auto database = store::OpenSqlite(StorePath(), store::Use::kRead);
    if (!database) return {database.error().words};
    const auto asked = (*database)->Ask(statement, {}, [&](const store::Row& row) {
      std::string& text = rows.emplace_back(row.Bytes(0));
      for (int i = 1; i < columns; ++i) text += ' ' + row.Bytes(i);
      return true;
    });
    if (!asked) return {asked.error().words};
    return rows;
  }

  // The report over the files and over the store that they were added to, of each format.
  void ExpectTheSame(const std::vector<std::string>& options, const std::string& files) const {
    for (const std::string format : {"text", "json", "csv", "html"}) {
      std::vector<std::string> arguments = {"fleet", "report", "--format", format};
      arguments.insert(arguments.end(), options.begin(), options.end());
      arguments.push_back(files);
      const Ended of_files = Vtprobe(arguments);
      arguments.back() = StorePath();
      const Ended of_store = Vtprobe(arguments);
      EXPECT_EQ(of_store.exit_status, of_files.exit_status) << format;
      EXPECT_EQ(of_store.out, of_files.out) << format;
      EXPECT_EQ(of_store.err, of_files.err) << format;
      EXPECT_THAT(of_files.out, testing::Not(IsEmpty()));
    }
  }
};

TEST_F(StoreCommands, AnswersAsTheFilesDo) {
  for (int i = 0; i < 9; ++i) {
    File("lab/rack" + std::to_string(i % 2) + "/m" + std::to_string(i) + ".dump", Dump("0x5"));
  }
  File("lab/rack1/m0.dump", Dump("0x1"));  // another than that of rack0
  File("lab/unread.dump", Dump("0x5") + "msr 0x179 ! no-driver\n");
  const Ended added = Add({Path("lab")});
  EXPECT_EQ(added.out, "11 recordings added, 0 were there already.\n");
  EXPECT_THAT(added.err, IsEmpty());
  EXPECT_EQ(added.exit_status, 0);
  ExpectTheSame({}, Path("lab"));
  ExpectTheSame({"--profile", "kvm-host"}, Path("lab"));
  ExpectTheSame({"--against", Path("lab/rack1/m0.dump")}, Path("lab"));
}

TEST_F(StoreCommands, AnswersAsAnArchiveDoes) {
  bench::TarWriter tar;
  for (int i = 0; i < 5; ++i) {
    tar.AddFile("lab/m" + std::to_string(i) + "/machine.dump", Dump(i == 2 ? "0x1" : "0x5"));
  }
  const std::string archive = File("lab.tar", tar.Archive());
  EXPECT_EQ(Add({archive}).exit_status, 0);
  ExpectTheSame({}, archive);
  EXPECT_THAT(Ask("SELECT machine, usable FROM machines ORDER BY machine", 2),
              ElementsAre("lab/m0 yes", "lab/m1 yes", "lab/m2 no", "lab/m3 yes", "lab/m4 yes"));
}

// A reboot test: boots that are the same to the bit are as many as there are files.
TEST_F(StoreCommands, KnowsBootsOfOneMachine) {
  for (int i = 0; i < 9; ++i) {
    File("boots/n1/" + std::to_string(i) + ".dump", Dump(i == 4 ? "0x1" : "0x5"));
  }
  EXPECT_EQ(Add({"--machines", "folders", Path("boots")}).out,
            "9 recordings added, 0 were there already.\n");
  ExpectTheSame({"--machines", "folders"}, Path("boots"));
  // The store knows whose they are without being told again.
  const Ended of_store = Vtprobe({"fleet", "report", StorePath()});
  EXPECT_EQ(of_store.out, Vtprobe({"fleet", "report", "--machines", "folders", Path("boots")}).out);
  EXPECT_THAT(of_store.out, StartsWith("1 machine: 1 usable."));
  EXPECT_THAT(Ask("SELECT machine, recordings FROM machines", 2), ElementsAre("n1 9"));
  EXPECT_EQ(Add({"--machines", "folders", Path("boots")}).out,
            "0 recordings added, 9 were there already.\n");
}

// What a list puts in order is judged together, and one that tells whose it is, is that's.
TEST_F(StoreCommands, KnowsSequencesAndHosts) {
  const std::string host = "meta host.name = n7\n";
  File("lab/board/a.dump", Dump("0x5"));
  File("lab/board/b.dump", Dump("0x1"));
  File("lab/board/sequence.toml", "recordings = [\"a.dump\", \"b.dump\"]\n");
  File("lab/monday.dump", Dump("0x5", host + "meta time = 2026-11-02T00:00:00Z\n"));
  File("lab/tuesday.dump", Dump("0x1", host + "meta time = 2026-11-03T00:00:00Z\n"));
  EXPECT_EQ(Add({"--machines", "hosts", Path("lab/board"), Path("lab/monday.dump"),
                 Path("lab/tuesday.dump")})
                .out,
            "4 recordings added, 0 were there already.\n");
  EXPECT_THAT(Ask("SELECT machine, recordings, last_time FROM machines ORDER BY machine", 3),
              ElementsAre("board 2 ", "n7 2 2026-11-03T00:00:00Z"));
  const Ended of_files =
      Vtprobe({"fleet", "report", "--format", "json", "--machines", "hosts", Path("lab/board"),
               Path("lab/monday.dump"), Path("lab/tuesday.dump")});
  const Ended of_store =
      Vtprobe({"fleet", "report", "--format", "json", "--machines", "hosts", StorePath()});
  EXPECT_EQ(of_store.out, of_files.out);
  EXPECT_THAT(of_store.out, HasSubstr("\"changes\": [\n    {"));
}

TEST_F(StoreCommands, HoldsEachRecordingOnce) {
  const std::string a = File("day1/n1.dump", Dump("0x5", "meta time = 2026-11-01T00:00:00Z\n"));
  EXPECT_EQ(Add({a, a}).out, "1 recording added, 1 was there already.\n");
  EXPECT_EQ(Add({Path("day1")}).out, "0 recordings added, 1 was there already.\n");
  // The same content is another recording where it is another machine's.
  EXPECT_EQ(Add({"--name", "n2", a}).out, "1 recording added, 0 were there already.\n");
  const std::string b = File("day2/n1.dump", Dump("0x1", "meta time = 2026-11-02T00:00:00Z\n"));
  EXPECT_EQ(Add({b}).out, "1 recording added, 0 were there already.\n");
  EXPECT_THAT(Ask("SELECT machine, recordings, usable FROM machines ORDER BY machine", 3),
              ElementsAre("n1 2 no", "n2 1 yes"));
  const Ended report = Vtprobe({"fleet", "report", StorePath()});
  EXPECT_THAT(report.out, AllOf(StartsWith("2 machines: 1 NOT usable, 1 usable."),
                                HasSubstr("changed"), HasSubstr(b)));
  EXPECT_EQ(report.exit_status, 1);
}

TEST_F(StoreCommands, KeepsWhatPeopleAskFor) {
  File("n1.dump",
       "vtprobe-dump 1\nmeta board = X\nmeta firmware.version = 1.2\nmeta microcode = 0x22\n"
       "meta time = 2026-11-01T00:00:00Z\ncpu 0-3\n" +
           std::string(kIntelLeaves) + "msr 0x3a = 0x5\ncpu 4\n" + std::string(kIntelLeaves) +
           "msr 0x3a ! general-protection\n");
  EXPECT_EQ(Add({Path("n1.dump")}).exit_status, 0);
  EXPECT_THAT(Ask("SELECT machine, name, time, board, signature, firmware, microcode, tool_version "
                  "FROM recordings",
                  8),
              ElementsAre("n1 " + Path("n1.dump") +
                          " 2026-11-01T00:00:00Z X 0x506e3 1.2 0x22 " VTPROBE_VERSION));
  EXPECT_THAT(
      Ask("SELECT register, cpus, value, error FROM register_values WHERE address = '0x3a'"
          " ORDER BY cpus",
          4),
      ElementsAre("IA32_FEATURE_CONTROL 0-3 0x5 ", "IA32_FEATURE_CONTROL 4  general-protection"));
  EXPECT_THAT(Ask("SELECT outcome, cpus FROM findings WHERE rule = 'virtualization.uniform'", 2),
              ElementsAre(StartsWith("fail ")));
  // The recording itself, as vtprobe reads it.
  const auto kept = Ask("SELECT dump FROM recordings", 1);
  ASSERT_EQ(kept.size(), 1U);
  const std::string gz = File("again.dump.gz", kept.front());
  EXPECT_EQ(Vtprobe({"diff", Path("n1.dump"), gz}).exit_status, 0);
}

TEST_F(StoreCommands, AddsAllOrNothing) {
  const std::string good = File("good.dump", Dump("0x5"));
  const std::string bad = File("bad.dump", "vtprobe-dump 1\ncpu x\n");
  Ended ended = Add({good, bad, Path("none.dump")});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_EQ(ended.err, bad + ":2:5: expected a decimal CPU number\nvtprobe: can't read " +
                           Path("none.dump") +
                           ": No such file or directory\nvtprobe: nothing was added, since not all "
                           "could be read\n");
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(StorePath())) << "it was not there before";

  EXPECT_EQ(Add({good}).exit_status, 0);
  const std::string before = ContentOf(StorePath());
  EXPECT_EQ(Add({File("other.dump", Dump("0x1")), bad}).exit_status, 65);
  EXPECT_EQ(ContentOf(StorePath()), before);
  EXPECT_EQ(Add({Path("none.dump")}).exit_status, 66);
  EXPECT_EQ(ContentOf(StorePath()), before);
}

TEST_F(StoreCommands, LeavesAStoreAsItWasWhereThereIsNoRoom) {
  const std::string first = File("first.dump", Dump("0x5"));
  EXPECT_EQ(Add({first}).exit_status, 0);
  const std::string before = ContentOf(StorePath());
  for (int i = 0; i < 400; ++i) {
    // Each has bits of its own that nothing packs.
    std::string text = Dump("0x5");
    for (int at = 0; at < 60; ++at) {
      const std::uint64_t bits = 0x9e37'79b9'7f4a'7c15u * static_cast<unsigned>(i * 60 + at + 1);
      text += "msr 0x" + std::to_string(9000 + at) + " = 0x" +
              std::to_string(bits % 10'000'000'000'000'000u) + '\n';
    }
    File("lab/m" + std::to_string(i) + ".dump", text);
  }
  const Ended ended =
      Vtprobe({"fleet", "add", StorePath(), Path("lab")}, {.largest_file = std::size_t{300} << 10});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_THAT(ended.err, StartsWith("vtprobe: " + StorePath() + ": "));
  EXPECT_EQ(Vtprobe({"fleet", "add", StorePath(), first}).out,
            "0 recordings added, 1 was there already.\n");
  EXPECT_EQ(ContentOf(StorePath()), before);
}

TEST_F(StoreCommands, RefusesWhatIsNoStore) {
  const std::string dump = File("n1.dump", Dump("0x5"));
  const Ended of_dump = Vtprobe({"fleet", "add", dump, dump});
  EXPECT_EQ(of_dump.exit_status, 65);
  EXPECT_THAT(of_dump.err, StartsWith(dump + ": "));
  EXPECT_EQ(ContentOf(dump), Dump("0x5"));
  EXPECT_EQ(Vtprobe({"fleet", "judge", dump}).exit_status, 65);
  EXPECT_EQ(Vtprobe({"fleet", "judge", Path("none.db")}).exit_status, 66);
  EXPECT_FALSE(std::filesystem::exists(Path("none.db")));
  EXPECT_EQ(Vtprobe({"fleet", "add", Path("no/folder.db"), dump}).exit_status, 74);
  {
    const auto other = store::OpenSqlite(Path("other.db"), store::Use::kMake);
    ASSERT_TRUE(other);
    ASSERT_TRUE((*other)->Run("CREATE TABLE something (a TEXT)"));
    ASSERT_TRUE((*other)->Commit());
  }
  for (const std::string action : {"add", "report", "judge"}) {
    std::vector<std::string> arguments = {"fleet", action, Path("other.db")};
    if (action == "add") arguments.push_back(dump);
    const Ended of_other = Vtprobe(arguments);
    EXPECT_EQ(of_other.exit_status, 65);
    EXPECT_EQ(of_other.err, Path("other.db") + ": this is a database of something else\n");
  }
}

TEST_F(StoreCommands, TellsHowItIsUsed) {
  const std::string dump = File("n1.dump", Dump("0x5"));
  EXPECT_EQ(Add({}).exit_status, 64);
  EXPECT_EQ(Add({dump}).exit_status, 0);
  EXPECT_EQ(Vtprobe({"fleet", "report", StorePath(), dump}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"fleet", "judge", StorePath(), dump}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"fleet", "report", "--name", "n1", StorePath()}).exit_status, 64);
  EXPECT_EQ(Add({"--machines", "rooms", dump}).exit_status, 64);
  EXPECT_EQ(Add({"--profile", "kvm-host", dump}).exit_status, 64);
  EXPECT_EQ(Add({"--format", "json", dump}).exit_status, 64);
}

// As if an older vtprobe had judged, which knew other rules.
TEST_F(StoreCommands, JudgesAgain) {
  for (int i = 0; i < 300; ++i) {
    File("lab/m" + std::to_string(i) + ".dump", Dump(i % 3 == 0 ? "0x1" : "0x5"));
  }
  EXPECT_EQ(Add({Path("lab")}).exit_status, 0);
  const auto findings = Ask("SELECT * FROM findings ORDER BY recording, rule, cpus", 7);
  const auto values = Ask("SELECT * FROM register_values ORDER BY recording, address, register", 8);
  EXPECT_EQ(Ask("SELECT DISTINCT usable FROM machines ORDER BY usable", 1).size(), 2U);
  {
    const auto database = store::OpenSqlite(StorePath(), store::Use::kChange);
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->Run(
        "UPDATE judgement SET usable = 'unknown', hash = id, tool_version = '0.0.1';"
        "UPDATE finding SET rule = 'old.' || rule, hash = id;"
        "UPDATE reading SET register = 'MSR', hash = id; UPDATE reading_set SET hash = id"));
    ASSERT_TRUE((*database)->Commit());
  }
  const Ended judged = Vtprobe({"fleet", "judge", StorePath()});
  EXPECT_EQ(judged.out, "300 recordings judged.\n");
  EXPECT_EQ(judged.exit_status, 0);
  EXPECT_EQ(Ask("SELECT * FROM findings ORDER BY recording, rule, cpus", 7), findings);
  EXPECT_EQ(Ask("SELECT * FROM register_values ORDER BY recording, address, register", 8), values);
  EXPECT_THAT(Ask("SELECT DISTINCT tool_version FROM recordings", 1), ElementsAre(VTPROBE_VERSION));
  EXPECT_THAT(Ask("SELECT count(*) FROM judgement", 1), ElementsAre("2")) << "old ones are gone";
  EXPECT_THAT(Ask("SELECT count(*) FROM finding WHERE rule LIKE 'old.%'", 1), ElementsAre("0"));
}

// One that is there keeps what an older vtprobe thought of it; one that is new does not.
TEST_F(StoreCommands, KeepsWhatAnotherVersionThought) {
  EXPECT_EQ(Add({File("n1.dump", Dump("0x5"))}).exit_status, 0);
  const auto values = Ask("SELECT register, cpus, value FROM register_values", 3);
  const auto findings = Ask("SELECT rule, outcome, message FROM findings", 3);
  {
    const auto database = store::OpenSqlite(StorePath(), store::Use::kChange);
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->Run(
        "UPDATE judgement SET hash = 'old', tool_version = '0.0.1', findings = '[]';"
        "UPDATE reading_set SET hash = 'old', readings = '[]'"));
    ASSERT_TRUE((*database)->Commit());
  }
  EXPECT_EQ(Add({Path("n1.dump"), File("n2.dump", Dump("0x5"))}).out,
            "1 recording added, 1 was there already.\n");
  EXPECT_THAT(Ask("SELECT machine, tool_version FROM recordings ORDER BY machine", 2),
              ElementsAre("n1 0.0.1", "n2 " VTPROBE_VERSION));
  EXPECT_EQ(Ask("SELECT register, cpus, value FROM register_values WHERE machine = 'n2'", 3),
            values);
  EXPECT_EQ(Ask("SELECT rule, outcome, message FROM findings WHERE machine = 'n2'", 3), findings);
}

TEST_F(StoreCommands, TellsWhichRecordingsAreDamaged) {
  EXPECT_EQ(Add({File("n1.dump", Dump("0x5")), File("n2.dump", Dump("0x5"))}).exit_status, 0);
  {
    const auto database = store::OpenSqlite(StorePath(), store::Use::kChange);
    ASSERT_TRUE(database);
    ASSERT_TRUE(
        (*database)->Run("UPDATE recording SET dump = x'1f8b00' WHERE name LIKE '%n1.dump'"));
    ASSERT_TRUE((*database)->Commit());
  }
  const Ended judged = Vtprobe({"fleet", "judge", StorePath()});
  EXPECT_EQ(judged.exit_status, 65);
  EXPECT_EQ(judged.err, Path("n1.dump") + ": what is kept of it is damaged\n");
  EXPECT_EQ(judged.out, "1 recording judged.\n");
  const Ended report = Vtprobe({"fleet", "report", StorePath()});
  EXPECT_EQ(report.exit_status, 65);
  EXPECT_THAT(report.out, StartsWith("1 machine: 1 usable."));
}

}  // namespace
}  // namespace vtprobe
