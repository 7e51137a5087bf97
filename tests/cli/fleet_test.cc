// vtprobe fleet: machines of files, folders and archives, held against each other, and
// reports of shards put together.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/dumps.h"
#include "cli/fleet_files.h"
#include "cli/process.h"
#include "tar_writer.h"

namespace vtprobe {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class FleetCommand : public FleetFiles {
 protected:
  static nlohmann::json Json(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"fleet", "report", "--format", "json"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return nlohmann::json::parse(Vtprobe(all).out, nullptr, false);
  }
  static std::vector<std::string> Machines(const nlohmann::json& list) {
    std::vector<std::string> machines;
    for (const auto& entry : list) machines.push_back(entry["machine"]);
    return machines;
  }
};

TEST_F(FleetCommand, NamesWhoStandsOut) {
  for (int i = 0; i < 9; ++i) File("lab/m" + std::to_string(i) + ".dump", Dump("0x5"));
  const std::string off = File("lab/m9.dump", Dump("0x1"));
  const Ended ended = Vtprobe({"fleet", "report", Path("lab")});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, IsEmpty());
  EXPECT_THAT(ended.out,
              AllOf(StartsWith("10 machines: 1 NOT usable, 9 usable.\n"),
                    HasSubstr("stand out   IA32_FEATURE_CONTROL (0x3a)   0x1 on " + off +
                              " (CPUs 0-7), 0x5 on 9 of 10 like it. VMX_OUTSIDE_SMX 0 (usual 1)"),
                    HasSubstr("virtualization.usable")));
  const auto json = Json({Path("lab")});
  EXPECT_EQ(json["schema"], "vtprobe-fleet/1");
  EXPECT_EQ(json["machines"], 10);
  EXPECT_EQ(json["usable"]["yes"], 9);
  ASSERT_EQ(json["outliers"].size(), 1U);
  const auto& outlier = json["outliers"][0];
  EXPECT_EQ(outlier["machine"], off);
  EXPECT_EQ(outlier["register"], "IA32_FEATURE_CONTROL");
  EXPECT_EQ(outlier["address"], "0x3a");
  EXPECT_EQ(outlier["cpus"], "0-7");
  EXPECT_EQ(outlier["value"], "0x1");
  EXPECT_EQ(outlier["majority"], "0x5");
  EXPECT_EQ(outlier["fields"][0]["field"], "VMX_OUTSIDE_SMX");
  EXPECT_EQ(json["groups"].size(), 1U);
  EXPECT_EQ(json["groups"][0]["board"], "X");
  EXPECT_EQ(json["groups"][0]["signature"], "0x506e3");
  EXPECT_EQ(json["exit_code"], 1);
}

// Also where the one that has them is alone in its shard.
TEST_F(FleetCommand, NamesWhoHasMoreCpusThanItsLike) {
  for (int i = 0; i < 4; ++i) File("lab/a/m" + std::to_string(i) + ".dump", Dump("0x5"));
  std::string dump = Dump("0x5");
  dump.replace(dump.find("cpu 0-7"), 7, "cpu 0-15");
  const std::string large = File("lab/b/large.dump", dump);
  const Ended ended = Vtprobe({"fleet", "report", Path("lab")});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(
      ended.out,
      AllOf(HasSubstr("none: no register differs from what most of its like have\n"),
            HasSubstr("more CPUs   CPUs 8-15 "),
            HasSubstr(" recorded on " + large + ", where 4 of 5 like it have CPUs 0-7 alone\n")));
  const auto json = Json({Path("lab")});
  EXPECT_THAT(json["outliers"], IsEmpty());
  EXPECT_EQ(json["more_cpus"], nlohmann::json::array({{{"machine", large},
                                                       {"cpus", "8-15"},
                                                       {"majority", "0-7"},
                                                       {"with_majority", 4},
                                                       {"of", 5},
                                                       {"board", "X"},
                                                       {"signature", "0x506e3"},
                                                       {"model", nullptr}}}));
  EXPECT_THAT(Vtprobe({"fleet", "report", "--format", "csv", Path("lab")}).out,
              HasSubstr("\r\nmore_cpus," + large + ",,,8-15,,0-7,1,\r\n"));
  for (const std::string shard : {"a", "b"}) {
    Vtprobe({"fleet", "report", "--format", "json", Path("lab/" + shard), "-o", Path(shard)});
  }
  EXPECT_EQ(Vtprobe({"fleet", "merge", "--format", "json", Path("b"), Path("a")}).out,
            Vtprobe({"fleet", "report", "--format", "json", Path("lab")}).out);
}

TEST_F(FleetCommand, SaysWhereNoCountCanTell) {
  File("lab/a.dump", Dump("0x5"));
  File("lab/b.dump", Dump("0x1"));
  const Ended ended = Vtprobe({"fleet", "report", Path("lab")});
  EXPECT_THAT(ended.out, AllOf(HasSubstr("stand out     none"), HasSubstr("no majority"),
                               HasSubstr("no count can tell")));
}

TEST_F(FleetCommand, ReadsAnArchiveAsAFolder) {
  bench::TarWriter tar;
  for (int i = 0; i < 4; ++i) tar.AddFile("lab/m" + std::to_string(i) + ".dump", Dump("0x5"));
  tar.AddFile("lab/m4.dump", Dump("0x0"));
  const std::string archive = File("lab.tar", tar.Archive());
  EXPECT_THAT(Machines(Json({archive})["outliers"]), ElementsAre(archive + "!lab/m4.dump"));
}

TEST_F(FleetCommand, NamesAMalformedFileAndGoesOn) {
  for (int i = 0; i < 3; ++i) File("lab/m" + std::to_string(i) + ".dump", Dump("0x5"));
  const std::string bad = File("lab/bad.dump", "vtprobe-dump 1\ncpu x\n");
  const Ended ended = Vtprobe({"fleet", "report", Path("lab")});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, StartsWith(bad + ":2:5: expected"));
  EXPECT_THAT(ended.out, AllOf(StartsWith("3 machines: 3 usable."), HasSubstr(bad)));
  const Ended missing = Vtprobe({"fleet", "report", Path("lab/m0.dump"), Path("none.dump")});
  EXPECT_EQ(missing.exit_status, 66);
  EXPECT_THAT(missing.out, StartsWith("1 machine: 1 usable."));
  EXPECT_EQ(Vtprobe({"fleet", "report", Path("none")}).exit_status, 66);
}

TEST_F(FleetCommand, HoldsMachinesAgainstAGoldenOne) {
  const std::string golden = File("golden.dump", Dump("0x1"));
  for (int i = 0; i < 3; ++i) File("lab/m" + std::to_string(i) + ".dump", Dump("0x5"));
  const auto json = Json({"--against", golden, Path("lab")});
  EXPECT_EQ(json["against"], golden);
  EXPECT_EQ(json["outliers"].size(), 3U);
  EXPECT_EQ(json["outliers"][0]["majority"], "0x1");
  EXPECT_EQ(Vtprobe({"fleet", "report", "--against", Path("none"), Path("lab")}).exit_status, 66);
}

TEST_F(FleetCommand, JudgesByAProfile) {
  File("lab/a.dump", Dump("0x5"));
  const std::string profile = File("lab.toml", "name = \"lab\"\n[expect]\ncpus = 16\n");
  const Ended ended = Vtprobe({"fleet", "report", "--profile", profile, Path("lab")});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.out, HasSubstr("profile.cpus"));
}

// A folder of boots, a folder with a list of its recordings, and, where a person says that
// host names tell, recordings that have one.
TEST_F(FleetCommand, KnowsRecordingsOfOneMachine) {
  for (int i = 0; i < 9; ++i) {
    File(
        "boots/" + std::to_string(i) + ".dump",
        Dump(i == 4 ? "0x1" : "0x5", "meta time = 2026-11-01T00:0" + std::to_string(i) + ":00Z\n"));
  }
  const auto boots = Json({"--machines", "folders", Path("boots")});
  EXPECT_EQ(boots["machines"], 1);
  EXPECT_EQ(boots["recordings"], 9);
  ASSERT_EQ(boots["boots"].size(), 1U);
  EXPECT_EQ(boots["boots"][0]["count"], 1);
  EXPECT_EQ(boots["boots"][0]["boots"][0], Path("boots/4.dump"));
  EXPECT_EQ(boots["exit_code"], 0) << "of its last recording";

  File("board/a.dump", Dump("0x5"));
  File("board/b.dump", Dump("0x1"));
  File("board/sequence.toml", "recordings = [\"a.dump\", \"b.dump\"]\n");
  const auto sequence = Json({Path("board")});
  EXPECT_EQ(sequence["machines"], 1);
  ASSERT_EQ(sequence["changes"].size(), 1U);
  EXPECT_EQ(sequence["changes"][0]["readings"][0]["was"], "0x5");

  File("hosts/1.dump", Dump("0x5", "meta host.name = n1\nmeta time = 2026-11-01T00:00:00Z\n"));
  File("hosts/2.dump", Dump("0x1", "meta host.name = n1\nmeta time = 2026-11-02T00:00:00Z\n"));
  File("hosts/3.dump", Dump("0x5", "meta host.name = localhost\n"));
  File("hosts/4.dump", Dump("0x5", "meta host.name = localhost\n"));
  EXPECT_EQ(Json({Path("hosts")})["machines"], 4) << "hosts may have one name by mistake";
  const auto hosts = Json({"--machines", "hosts", Path("hosts")});
  EXPECT_EQ(hosts["machines"], 3);
  EXPECT_THAT(Machines(hosts["changes"]), ElementsAre("n1"));
}

TEST_F(FleetCommand, MergesShardsIntoTheWholeToTheByte) {
  for (int i = 0; i < 12; ++i) {
    File((i % 3 == 0 ? "lab/a/m" : "lab/b/m") + std::to_string(i) + ".dump",
         Dump(i == 7 ? "0x1" : "0x5", "meta firmware.version = 1." + std::to_string(i % 2) + '\n'));
  }
  File("lab/b/bad.dump", "vtprobe-dump 1\ncpu x\n");
  File("lab/a/README", "text\n");
  const auto report = [&](const std::string& folder, const std::string& output) {
    static_cast<void>(
        Vtprobe({"fleet", "report", "--format", "json", Path(folder), "-o", Path(output)}));
  };
  report("lab", "whole.json");
  report("lab/a", "a.json");
  report("lab/b", "b.json");
  const std::string whole = ContentOf(Path("whole.json"));
  ASSERT_THAT(whole, HasSubstr("m7.dump"));
  for (const auto& shards :
       {std::vector{Path("a.json"), Path("b.json")}, std::vector{Path("b.json"), Path("a.json")}}) {
    const Ended merged =
        Vtprobe({"fleet", "merge", "--format", "json", shards.front(), shards.back()});
    EXPECT_EQ(merged.exit_status, 65);
    EXPECT_EQ(merged.out, whole);
  }
  EXPECT_EQ(Vtprobe({"fleet", "merge", Path("a.json"), Path("b.json")}).out,
            Vtprobe({"fleet", "report", Path("lab")}).out);
}

TEST_F(FleetCommand, MergesNoReportsThatWereMadeInAnotherWay) {
  File("lab/a.dump", Dump("0x5"));
  const std::string plain = Path("plain.json");
  const std::string hardened = Path("hardened.json");
  static_cast<void>(Vtprobe({"fleet", "report", "--format", "json", Path("lab"), "-o", plain}));
  static_cast<void>(Vtprobe({"fleet", "report", "--format", "json", "--profile", "hardened",
                             Path("lab"), "-o", hardened}));
  const Ended ended = Vtprobe({"fleet", "merge", plain, hardened});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, HasSubstr("profile hardened"));
  const Ended other = Vtprobe({"fleet", "merge", File("x.json", "{\"a\": 1,\n  b}")});
  EXPECT_EQ(other.exit_status, 65);
  EXPECT_THAT(other.err, HasSubstr("x.json:2:3: expected a report of schema vtprobe-fleet/1"));
  EXPECT_EQ(Vtprobe({"fleet", "merge", File("y.json", "{}")}).exit_status, 65);
  EXPECT_EQ(Vtprobe({"fleet", "merge", Path("none.json")}).exit_status, 66);
  EXPECT_EQ(Vtprobe({"fleet", "merge", "--profile", "hardened", plain}).exit_status, 64);

  // What the name of a golden machine or of a profile says in both is not the same.
  const auto report = [&](const std::string& output, const std::vector<std::string>& options) {
    std::vector<std::string> all = {"fleet",     "report", "--format",  "json",
                                    Path("lab"), "-o",     Path(output)};
    all.insert(all.end(), options.begin(), options.end());
    static_cast<void>(Vtprobe(all));
    return Path(output);
  };
  const auto refused = [](const std::string& a, const std::string& b) {
    const Ended merge = Vtprobe({"fleet", "merge", a, b});
    EXPECT_EQ(merge.exit_status, 64) << merge.err;
    EXPECT_THAT(merge.out, IsEmpty());
    return merge.err;
  };
  const std::string golden = File("golden.dump", Dump("0x5"));
  const std::string profile = File("p.toml", "name = \"p\"\n[expect]\ncpus = 8\n");
  const std::string on = report("on.json", {"--against", golden});
  const std::string eight = report("eight.json", {"--profile", profile});
  File("golden.dump", Dump("0x1"));
  File("p.toml", "name = \"p\"\n[expect]\ncpus = 16\n");
  EXPECT_THAT(refused(on, report("off.json", {"--against", golden})),
              HasSubstr("the recordings that they are held against differ"));
  EXPECT_THAT(refused(eight, report("sixteen.json", {"--profile", profile})),
              HasSubstr("the profiles of that name differ"));
  EXPECT_THAT(refused(plain, report("folders.json", {"--machines", "folders"})),
              HasSubstr("machines are folders"));
}

// Reports come from other machines, by whatever way.
TEST_F(FleetCommand, MergesNoReportThatIsDamaged) {
  File("lab/a.dump", Dump("0x5"));
  File("lab/bad.dump", "vtprobe-dump 1\ncpu x\n");
  const std::string report = Path("report.json");
  static_cast<void>(Vtprobe({"fleet", "report", "--format", "json", Path("lab"), "-o", report}));
  const auto json = nlohmann::ordered_json::parse(ContentOf(report));
  int damaged = 0;
  const auto merge = [&](const std::string& text) {
    const std::string name = "damaged" + std::to_string(damaged++) + ".json";
    return Vtprobe({"fleet", "merge", File(name, text)});
  };
  EXPECT_EQ(merge(json.dump()).err, Vtprobe({"fleet", "report", Path("lab")}).err);

  auto deep = json;
  deep["fold"] = "DEEP";
  std::string text = deep.dump();
  const std::size_t at = text.find("\"DEEP\"");
  text.replace(at, 6, std::string(200'000, '[') + std::string(200'000, ']'));
  const Ended too_deep = merge(text);
  EXPECT_EQ(too_deep.exit_status, 65);
  // The report itself is one level, the 32nd bracket is the 33rd.
  EXPECT_THAT(too_deep.err, AllOf(HasSubstr("damaged1.json:1:" + std::to_string(at + 32) + ": "),
                                  HasSubstr("nested deeper than 32 levels")));

  auto nameless = json;
  nameless["fold"]["patterns"][0]["names"] = nlohmann::ordered_json::array();
  const Ended no_names = merge(nameless.dump());
  EXPECT_EQ(no_names.exit_status, 65);
  EXPECT_THAT(no_names.err, HasSubstr("damaged2.json:1:1: "));
  EXPECT_THAT(no_names.err, HasSubstr("fold.patterns[0].names: there are 0 names of 1 machines"));

  auto another = json;
  another["tool"]["version"] = "9.9.9";
  const Ended other_version = merge(another.dump());
  EXPECT_EQ(other_version.exit_status, 65);
  EXPECT_THAT(other_version.err, HasSubstr("made by version 9.9.9"));

  auto escape = json;
  escape["fold"]["unreadable"][0]["why"] = "y\x1b]0;title\x07";
  const Ended steered = merge(escape.dump());
  EXPECT_EQ(steered.err, "y?]0;title?\n");
}

TEST_F(FleetCommand, RefusesWhatMakesNoSense) {
  File("lab/a.dump", Dump("0x5"));
  EXPECT_EQ(Vtprobe({"fleet"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"fleet", "report"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"fleet", "burn", Path("lab")}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"fleet", "report", "--format", "junit", Path("lab")}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"fleet", "report", "--machines", "racks", Path("lab")}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"fleet", "report", "--profile", "none", Path("lab")}).exit_status, 64);
}

TEST_F(FleetCommand, WritesATableThatSpreadsheetsTakeForText) {
  File("lab/a.dump", Dump("0x5"));
  File("lab/b.dump", Dump("0x5"));
  File("lab/c.dump", Dump("0x1"));
  for (const char* const name : {"lab/d.dump", "lab/e.dump"}) {
    File(name, "vtprobe-dump 1\nmeta board = =cmd|' /C calc'!A1, \"x\"\ncpu 0\n" +
                   std::string(kIntelLeaves) + "msr 0x3a = 0x5\n");
  }
  const Ended ended = Vtprobe({"fleet", "report", "--format", "csv", Path("lab")});
  EXPECT_THAT(ended.out,
              AllOf(StartsWith("what,machine,name,address,cpus,value,usual,count,words\r\n"),
                    HasSubstr("\r\noutlier," + Path("lab/c.dump") +
                              ",IA32_FEATURE_CONTROL,0x3a,0-7,0x1,0x5,1,VMX_OUTSIDE_SMX=0\r\n"),
                    HasSubstr(",\"'=cmd|' /C calc'!A1, \"\"x\"\""), Not(HasSubstr("\n=cmd")),
                    Not(HasSubstr(",=cmd")), Not(HasSubstr(",\"=cmd"))));
}

}  // namespace
}  // namespace vtprobe
