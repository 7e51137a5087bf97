// What a person is told of each state, held against texts that a person wrote
// (answers.toml). What is said goes through the whole program: a dump is parsed,
// judged and put into JSON.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/dump.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

using testing::ElementsAreArray;

// The CPUID of a machine, by the word that stands for it.
const std::map<std::string, std::string>& Identifications() {
  static const auto kIntel = [](const std::string& ecx) {
    return "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
           "cpuid 0x1.0x0 = 0x506e3 0x100800 " +
           ecx + " 0xbfebfbff\n";
  };
  static const auto kAmd = [](const std::string& ecx) {
    return "cpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
           "cpuid 0x1.0x0 = 0xa20f10 0x100800 " +
           ecx +
           " 0x178bfbff\n"
           "cpuid 0x80000001.0x0 = 0xa20f10 0x0 0x75c237ff 0x2fd3fbff\n";
  };
  static const std::map<std::string, std::string> kAll = {
      {"intel", kIntel("0x7ffafbff")},
      {"intel-guest", kIntel("0xfffafbff")},
      {"intel-without", kIntel("0x7ffafbdf")},
      {"intel-guest-without", kIntel("0xfffafbdf")},
      {"amd", kAmd("0x7ed8320b") + "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x4\n"},
      {"amd-guest", kAmd("0xfed8320b") + "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x4\n"},
      {"amd-keyless", kAmd("0x7ed8320b") + "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x0\n"},
      {"amd-unrefined", kAmd("0x7ed8320b")},
      {"hyper-v-root", kIntel("0xfffafbdf") +
                           "cpuid 0x40000000.0x0 = 0x40000006 0x7263694d 0x666f736f 0x76482074\n"
                           "cpuid 0x40000001.0x0 = 0x31237648 0x0 0x0 0x0\n"
                           "cpuid 0x40000003.0x0 = 0x0 0x1001 0x0 0x0\n"}};
  return kAll;
}

std::string DumpOf(const std::string& machine) {
  std::string dump = "vtprobe-dump 2\n";
  std::istringstream lines(machine);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    const auto found = Identifications().find(line.substr(0, blank));
    dump += found == Identifications().end() ? line + '\n'
                                             : "cpu" + line.substr(blank) + '\n' + found->second;
  }
  return dump;
}

class Answers : public testing::Test {
 protected:
  void SetUp() override {
    const auto parsed = toml::parse_file(VTPROBE_ANSWERS);
    for (const auto& [name, text] : *parsed["texts"].as_table()) {
      texts_.emplace(name.str(), text.value<std::string>().value());
      unused_.insert(std::string(name.str()));
    }
    answers_ = *parsed["answer"].as_array();
  }

  // Sentences with a blank between them.
  std::string Text(const toml::node_view<const toml::node>& sentences) {
    std::string text;
    for (const auto& node : *sentences.as_array()) {
      std::string sentence = node.value<std::string>().value();
      if (sentence.starts_with('@')) {
        const std::string name = sentence.substr(1);
        unused_.erase(name);
        sentence = texts_.at(name);
      }
      text += (text.empty() ? "" : " ") + sentence;
    }
    return text;
  }

  std::map<std::string, std::string> texts_;
  std::set<std::string> unused_;
  toml::array answers_;
};

std::string Rendered(const Report& report, std::string_view format) {
  for (const ReportFormat& each : ReportFormats()) {
    if (each.name == format) return each.render(report, {});
  }
  return {};
}

std::vector<std::string> EvidenceOf(const nlohmann::json& groups) {
  std::vector<std::string> evidence;
  for (const auto& group : groups) {
    for (const auto& one : group["evidence"]) {
      evidence.push_back(group["cpus"].get<std::string>() + ' ' +
                         one["register"].get<std::string>() + ' ' +
                         one["address"].get<std::string>() + ' ' +
                         one[one.contains("value") ? "value" : "error"].get<std::string>());
    }
  }
  return evidence;
}

TEST_F(Answers, AreWhatAPersonWrote) {
  for (const auto& node : answers_) {
    const toml::table& answer = *node.as_table();
    SCOPED_TRACE(answer["case"].value<std::string>().value());
    const auto snapshot = ParseDump(DumpOf(answer["dump"].value<std::string>().value()));
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    const Report report = MakeReport(*snapshot, "0", std::nullopt);
    const auto json = nlohmann::json::parse(Rendered(report, "json"));
    const auto& verdict = json["virtualization"];
    EXPECT_EQ(json["exit_code"].get<int>(), answer["exit"].value<int>());
    EXPECT_EQ(verdict["attribution"].get<std::string>(), answer["who"].value<std::string>());
    EXPECT_EQ(verdict["headline"].get<std::string>(), answer["headline"].value<std::string>());
    EXPECT_EQ(verdict["explanation"].get<std::string>(), Text(answer["explanation"]));
    EXPECT_EQ(verdict["remedy"].get<std::string>(), Text(answer["remedy"]));
    std::vector<std::string> evidence;
    for (const auto& one : *answer["evidence"].as_array()) {
      evidence.push_back(one.value<std::string>().value());
    }
    EXPECT_THAT(EvidenceOf(verdict["groups"]), ElementsAreArray(evidence));
    // The first line of the text is the same answer.
    const std::string text = Rendered(report, "text");
    EXPECT_EQ(text.substr(0, text.find('\n')), answer["headline"].value<std::string>());
  }
  EXPECT_THAT(unused_, testing::IsEmpty()) << "texts that no answer has";
}

// A state that is added has an answer too.
TEST_F(Answers, AreThereForEachState) {
  std::set<std::string> seen;
  for (const auto& node : answers_) {
    const auto snapshot =
        ParseDump(DumpOf((*node.as_table())["dump"].value<std::string>().value()));
    ASSERT_TRUE(snapshot);
    seen.emplace(Name(MakeReport(*snapshot, "0", std::nullopt).virtualization.state));
  }
  std::set<std::string> all;
  for (const State state : kAllStates) all.emplace(Name(state));
  EXPECT_EQ(seen, all);
}

}  // namespace
}  // namespace vtprobe
