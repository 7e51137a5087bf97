// The JSON contract: which keys there are, in which order, and that a recording
// says what the machine said.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/dumps.h"
#include "cli/process.h"

namespace vtprobe {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::IsSupersetOf;

Json Parsed(const Ended& ended) { return Json::parse(ended.out, nullptr, false); }

std::vector<std::string> Keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

Json Report(const std::string& dump) {
  return Parsed(Vtprobe({"--format", "json", "--replay", "-"}, {.input = dump}));
}

// Something is known of each key, and of none.
const std::string kMuch =
    "vtprobe-dump 1\nmeta provenance = synthetic\nmeta stage = os\nmeta source = a thread\n"
    "meta kernel = 6.1.0\nmeta firmware.vendor = AMI\nmeta firmware.version = F7\n"
    "meta firmware.date = 2014-09-17\nmeta microcode = 0x22, 0x24\nmeta kvm_intel = m\n"
    "cpu 0-7\n" +
    std::string(kIntelLeaves) + "msr 0x3a = 0x1\ncpu 8 offline\n";
const std::string kNothing = "vtprobe-dump 1\ncpu 0\n";

TEST(JsonReport, HasEveryKeyOfTheContractWhateverIsKnown) {
  for (const std::string& dump : {kMuch, kNothing}) {
    const Json report = Report(dump);
    EXPECT_THAT(Keys(report),
                ElementsAre("schema", "tool", "subject", "virtualization", "profile", "findings",
                            "registers", "earlier", "summary", "exit_code"));
    EXPECT_THAT(Keys(report["tool"]), ElementsAre("name", "version"));
    EXPECT_THAT(
        Keys(report["subject"]),
        IsSupersetOf({"provenance", "stage", "file", "source", "vendor", "model", "codename",
                      "family", "model_number", "stepping", "microcode", "kernel", "firmware",
                      "hypervisor", "cpus_online", "cpus_offline", "topology"}));
    EXPECT_THAT(Keys(report["subject"]["firmware"]), ElementsAre("vendor", "version", "date"));
    EXPECT_THAT(Keys(report["virtualization"]),
                IsSupersetOf({"technology", "state", "usable", "attribution", "groups",
                              "explanation", "remedy"}));
    for (const Json& group : report["virtualization"]["groups"]) {
      EXPECT_THAT(Keys(group), IsSupersetOf({"cpus", "state", "evidence"}));
    }
    ASSERT_FALSE(report["findings"].empty());
    for (const Json& finding : report["findings"]) {
      EXPECT_THAT(Keys(finding), ElementsAre("rule", "outcome", "severity", "cpus", "message",
                                             "evidence", "spec", "remedy", "counted"));
    }
    EXPECT_THAT(Keys(report["summary"]),
                ElementsAre("pass", "fail", "warn", "not_applicable", "indeterminate", "waived"));
  }
}

TEST(JsonReport, SaysWhatTheRecordingSays) {
  const Json report = Report(kMuch);
  EXPECT_EQ(report["schema"], "vtprobe-report/1");
  EXPECT_EQ(report["tool"]["version"], VTPROBE_VERSION);
  const Json& subject = report["subject"];
  EXPECT_EQ(subject["provenance"], "synthetic");
  EXPECT_EQ(subject["stage"], "os");
  EXPECT_EQ(subject["file"], "<stdin>");
  EXPECT_EQ(subject["source"], "a thread");
  EXPECT_EQ(subject["vendor"], "GenuineIntel");
  // 0x506e3: family 6, extended model 5, model 0xe, stepping 3.
  EXPECT_EQ(subject["family"], 6);
  EXPECT_EQ(subject["model_number"], 0x5e);
  EXPECT_EQ(subject["stepping"], 3);
  EXPECT_EQ(subject["microcode"], Json({"0x22", "0x24"}));
  EXPECT_EQ(subject["kernel"], "6.1.0");
  EXPECT_EQ(subject["firmware"]["vendor"], "AMI");
  EXPECT_EQ(subject["firmware"]["version"], "F7");
  EXPECT_EQ(subject["firmware"]["date"], "2014-09-17");
  EXPECT_EQ(subject["cpus_online"], "0-7");
  EXPECT_EQ(subject["cpus_offline"], "8");
  EXPECT_EQ(subject["other"]["kvm_intel"], "m");
  const Json& group = report["virtualization"]["groups"][0];
  EXPECT_EQ(group["cpus"], "0-7");
  EXPECT_EQ(group["state"], "disabled_locked");
  EXPECT_EQ(group["evidence"][0],
            Json({{"register", "IA32_FEATURE_CONTROL"}, {"address", "0x3a"}, {"value", "0x1"}}));
  EXPECT_EQ(report["virtualization"]["technology"], "vt-x");
  // Linux 6.1 with KVM would have locked it enabled.
  EXPECT_EQ(report["virtualization"]["attribution"], "firmware");
}

TEST(JsonReport, HasNullForWhatIsNotKnown) {
  const Json report = Report(kNothing);
  const Json& subject = report["subject"];
  EXPECT_EQ(subject["provenance"], "recorded");
  EXPECT_EQ(subject["source"], "<stdin>");
  for (const char* const key : {"stage", "vendor", "model", "codename", "family", "model_number",
                                "stepping", "kernel", "hypervisor"}) {
    EXPECT_TRUE(subject[key].is_null()) << key;
  }
  EXPECT_TRUE(subject["firmware"]["date"].is_null());
  EXPECT_EQ(subject["microcode"], Json::array());
  EXPECT_EQ(subject["cpus_offline"], "");
}

TEST(JsonReport, HasAnErrorInPlaceOfAValue) {
  const Json report = Report(Intel("0", "msr 0x3a ! locked-down\n"));
  EXPECT_EQ(
      report["virtualization"]["groups"][0]["evidence"][0],
      Json({{"register", "IA32_FEATURE_CONTROL"}, {"address", "0x3a"}, {"error", "locked-down"}}));
}

// [intel/sdm-vol4] table 2-2: VMX_OUTSIDE_SMX is bit 2 of IA32_FEATURE_CONTROL.
TEST(JsonReport, GroupsTheCpusOfARegisterByItsValue) {
  const Json report = Report(Intel("0,2-3", "msr 0x3a = 0x5\n") + "cpu 1\n" +
                             std::string(kIntelLeaves) + "msr 0x3a = 0x1\n");
  const auto& registers = report["registers"];
  const auto found = std::find_if(registers.begin(), registers.end(),
                                  [](const Json& reg) { return reg["address"] == "0x3a"; });
  ASSERT_NE(found, registers.end());
  EXPECT_EQ(*found,
            Json({{"register", "IA32_FEATURE_CONTROL"},
                  {"address", "0x3a"},
                  {"differs", true},
                  {"differing", "0x4"},
                  {"groups",
                   {{{"cpus", "0,2-3"}, {"value", "0x5"}}, {{"cpus", "1"}, {"value", "0x1"}}}}}));
}

// [intel/sdm-vol2] CPUID leaf 0BH: two threads a core, of the id's other bits one for
// the core, and the next for the package.
TEST(JsonReport, PlacesCpusInCoresAndPackages) {
  std::string dump = Intel("0-3", "msr 0x3a = 0x5\n");
  for (const auto& [cpu, id] : {std::pair("0", "0x0"), {"1", "0x4"}, {"2", "0x1"}, {"3", "0x2"}}) {
    dump += std::string("cpu ") + cpu + "\ncpuid 0xb.0x0 = 0x1 0x2 0x100 " + id +
            "\ncpuid 0xb.0x1 = 0x2 0x4 0x201 " + id + "\n";
  }
  EXPECT_EQ(Report(dump)["subject"]["topology"]["places"], Json::parse(R"([["0,2", "3"], ["1"]])"));
  EXPECT_EQ(Report(kMuch)["subject"]["topology"]["places"], Json::array());
}

TEST(JsonReport, CountsItsFindings) {
  const Json report = Report(kMuch);
  std::map<std::string, std::size_t> counted;
  for (const Json& finding : report["findings"]) ++counted[finding["outcome"]];
  for (const auto& [outcome, count] : report["summary"].items()) {
    EXPECT_EQ(count, counted[outcome]) << outcome;
  }
}

TEST(JsonReport, IsUtf8WithAFinalNewline) {
  const Ended ended = Vtprobe({"--format", "json", "--replay", "-"}, {.input = kMuch});
  EXPECT_TRUE(ended.out.ends_with("}\n"));
}

TEST(JsonReport, OfSomeCpusIsAboutThese) {
  const std::string dump = Intel("0-8", "cpu 0-7\nmsr 0x3a = 0x5\ncpu 8\nmsr 0x3a = 0x1\n");
  const Ended ended =
      Vtprobe({"--format", "json", "--replay", "-", "--cpus", "2-3"}, {.input = dump});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_EQ(Parsed(ended)["subject"]["cpus_online"], "2-3");
}

}  // namespace
}  // namespace vtprobe
