// Every slip in a profile's text is an error that names its place; what is
// right is what the profile says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Optional;

constexpr std::string_view kToday = "2026-11-22";

const std::string kDebug = "[rules.\"intel.debug_interface.locked\"]\n";
const std::string kDebugWaiver = "[[rules.\"intel.debug_interface.locked\".waivers]]\n";

TEST(Profile, SaysWhatItsTextSays) {
  const auto profile = ParseProfile(
      "name = \"lab\"\ntitle = \"Rack 12\"\n" + kDebug +
          "severity = \"critical\"\nrequired = true\nstrict = true\n" + kDebugWaiver +
          "reason = \"BIOS 1.2 is out of support\"\ncpus = \"0-3,8\"\nexpires = 2026-12-31\n" +
          kDebugWaiver + "reason = \"bring-up\"\n",
      kToday);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->name, "lab");
  EXPECT_EQ(profile->title, "Rack 12");
  const RuleProfile* const rule = profile->Find("intel.debug_interface.locked");
  ASSERT_NE(rule, nullptr);
  EXPECT_THAT(rule->severity, Optional(Severity::kCritical));
  EXPECT_TRUE(rule->required);
  EXPECT_TRUE(rule->strict);
  ASSERT_EQ(rule->waivers.size(), 2U);
  EXPECT_EQ(rule->waivers[0].reason, "BIOS 1.2 is out of support");
  EXPECT_THAT(rule->waivers[0].cpus, Optional(*CpuSet::Parse("0-3,8")));
  EXPECT_THAT(rule->waivers[0].expires, Optional(std::string("2026-12-31")));
  EXPECT_EQ(rule->waivers[1].cpus, std::nullopt);
  EXPECT_EQ(rule->waivers[1].expires, std::nullopt);
}

TEST(Profile, CountsWhetherVirtualizationIsUsableWhateverItNames) {
  const auto profile = ParseProfile("name = \"a\"\n", kToday);
  ASSERT_TRUE(profile);
  EXPECT_THAT(profile->rules, ElementsAre(Key("virtualization.usable")));
}

TEST(Profile, AWaiverHoldsOnItsLastDay) {
  const std::string text = "name = \"a\"\n" + kDebugWaiver + "reason = \"b\"\nexpires = ";
  EXPECT_TRUE(ParseProfile(text + "2026-11-22\n", kToday));
  EXPECT_FALSE(ParseProfile(text + "2026-11-21\n", kToday));
}

TEST(Profile, AddsToTheOneThatItExtends) {
  const auto profile =
      ParseProfile("name = \"a\"\nextends = \"kvm-host\"\n" + kDebug + "strict = true\n", kToday);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->name, "a");
  EXPECT_NE(profile->Find("virtualization.uniform"), nullptr);
  EXPECT_TRUE(profile->Find("intel.debug_interface.locked")->strict);
}

TEST(Profile, ChangesSingleKeysOfTheOneThatItExtends) {
  const auto profile = ParseProfile(
      "name = \"a\"\nextends = \"kvm-host\"\n"
      "[rules.\"cpu.identity.known\"]\nseverity = \"low\"\n",
      kToday);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_TRUE(profile->Find("cpu.identity.known")->strict) << "as kvm-host says";
  EXPECT_THAT(profile->Find("cpu.identity.known")->severity, Optional(Severity::kLow));
}

struct Slip {
  const char* name;
  std::string text;
  std::uint32_t line;
  std::uint32_t column;  // 0: wherever TOML's reader noticed
  std::string says;
};

void PrintTo(const Slip& slip, std::ostream* out) { *out << slip.name; }

class Malformed : public testing::TestWithParam<Slip> {};

TEST_P(Malformed, IsAnErrorWithItsPlace) {
  const auto profile = ParseProfile(GetParam().text, kToday);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().line, GetParam().line) << profile.error().message;
  if (GetParam().column != 0) {
    EXPECT_EQ(profile.error().column, GetParam().column) << profile.error().message;
  }
  EXPECT_THAT(profile.error().message, HasSubstr(GetParam().says));
}

const std::string kName = "name = \"a\"\n";

INSTANTIATE_TEST_SUITE_P(
    Slips, Malformed,
    testing::Values(
        Slip{"Empty", "", 1, 1, "needs a name"},
        Slip{"NoName", "title = \"a\"\n", 1, 1, "needs a name"},
        Slip{"BlankName", "name = \"  \"\n", 1, 8, "name: expected a string"},
        Slip{"NameNoString", "name = 3\n", 1, 8, "name: expected a string"},
        Slip{"NoToml", kName + "title = a\n", 2, 0, ""},
        Slip{"Utf8", kName + "a\xff = 1\n", 2, 2, "ASCII"},
        Slip{"KeyTwice", kName + kName, 2, 0, ""},
        Slip{"UnknownKey", kName + "titel = \"b\"\n", 2, 1, "titel; the nearest are title"},
        Slip{"UnknownBase", kName + "extends = \"kvmhost\"\n", 2, 11, "kvm-host"},
        Slip{"RulesNoTable", kName + "rules = [1]\n", 2, 9, "expected tables"},
        Slip{"RuleNoTable", kName + "rules = {\"virtualization.usable\" = 1}\n", 2, 36, "table"},
        Slip{"UnknownRule", kName + "[rules.\"intel.debug_interfce.locked\"]\n", 2, 8,
             "the nearest are intel.debug_interface.locked"},
        Slip{"RuleWithoutQuotes", kName + "[rules.virtualization.uniform]\n", 2, 8,
             "in quotes: [rules.\"virtualization.us"},
        Slip{"UnknownRuleKey", kName + kDebug + "sevrity = \"low\"\n", 3, 1,
             "sevrity; the nearest are severity"},
        Slip{"ParameterOfAnotherRule", kName + kDebug + "minimum_mib = 8\n", 3, 1, "minimum_mib"},
        Slip{"NoSeverity", kName + kDebug + "severity = \"sever\"\n", 3, 12,
             "\"sever\" is none of info, low, medium, high and critical"},
        Slip{"SeverityNoString", kName + kDebug + "severity = 3\n", 3, 12, "in quotes"},
        Slip{"RequiredNoBoolean", kName + kDebug + "required = \"yes\"\n", 3, 12, "true or false"},
        Slip{"StrictNoBoolean", kName + kDebug + "strict = 1\n", 3, 10, "true or false"},
        Slip{"WaiversNoTables", kName + kDebug + "waivers = \"all\"\n", 3, 11, "expected tables"},
        Slip{"WaiverTable", kName + "[rules.\"cpu.identity.known\".waivers]\nreason = \"b\"\n", 2,
             1, "[[rules.\"cpu.identity.known\".waivers]]"},
        Slip{"WaiverWithoutReason", kName + kDebugWaiver + "cpus = \"1\"\n", 2, 1,
             "needs a reason"},
        Slip{"WaiverWithBlankReason", kName + kDebugWaiver + "reason = \" \"\n", 3, 10, "reason"},
        Slip{"WaiverWithUnknownKey", kName + kDebugWaiver + "reason = \"b\"\nexpire = 2027-01-01\n",
             4, 1, "expires"},
        Slip{"WaiverOfNoCpuList", kName + kDebugWaiver + "reason = \"b\"\ncpus = \"0-\"\n", 4, 8,
             "character 3"},
        Slip{"WaiverOfANumber", kName + kDebugWaiver + "reason = \"b\"\ncpus = 3\n", 4, 8, "cpus"},
        Slip{"WaiverExpired", kName + kDebugWaiver + "reason = \"b\"\nexpires = 2026-11-21\n", 4,
             11, "expired on 2026-11-21"},
        Slip{"WaiverExpiresInQuotes",
             kName + kDebugWaiver + "reason = \"b\"\nexpires = \"2027-01-01\"\n", 4, 11,
             "without quotes"},
        Slip{"WaiverExpiresAtATime",
             kName + kDebugWaiver + "reason = \"b\"\nexpires = 2027-01-01T00:00:00\n", 4, 11,
             "a date"},
        Slip{"WaiverExpiresOnNoDay",
             kName + kDebugWaiver + "reason = \"b\"\nexpires = 2027-02-30\n", 4, 0, ""},
        Slip{"TwoSlipsTheFirst", kName + kDebug + "strict = 1\nrequired = 1\n", 3, 10, "strict"}),
    [](const auto& test) { return std::string(test.param.name); });

// What a profile may say of any rule must not be hidden by one of a rule's own.
TEST(Parameters, AreNotNamedLikeWhatEveryRuleHas) {
  for (const Rule* const rule : AllRules()) {
    for (const Parameter& parameter : rule->parameters) {
      EXPECT_THAT(std::string(parameter.name),
                  testing::Not(testing::AnyOf("severity", "required", "strict", "waivers")))
          << rule->id;
    }
  }
}

// A text that sets one parameter of one rule.
std::string Setting(const Rule& rule, const Parameter& parameter, const std::string& value) {
  return kName + "[rules.\"" + std::string(rule.id) + "\"]\n" + std::string(parameter.name) +
         " = " + value + "\n";
}

TEST(Parameters, TakeValuesOfTheirKindAndNoOthers) {
  for (const Rule* const rule : AllRules()) {
    for (const Parameter& parameter : rule->parameters) {
      const auto accepts = [&](const std::string& value) {
        return ParseProfile(Setting(*rule, parameter, value), kToday).has_value();
      };
      const bool is_choice = parameter.kind == Parameter::Kind::kChoice;
      const bool is_number = parameter.kind == Parameter::Kind::kNumber;
      const bool is_floors = parameter.kind == Parameter::Kind::kFloors;
      for (const std::string_view choice : parameter.choices) {
        EXPECT_TRUE(accepts('"' + std::string(choice) + '"')) << rule->id << ' ' << choice;
      }
      EXPECT_FALSE(accepts("\"no such choice\"")) << rule->id;
      EXPECT_EQ(accepts("0x800000"), is_number) << rule->id;
      EXPECT_FALSE(accepts("-1")) << rule->id;
      EXPECT_EQ(accepts("{0x506e3 = 0xf0}"), is_floors) << rule->id;
      EXPECT_FALSE(accepts("{506e3 = 0xf0}")) << rule->id;
      EXPECT_FALSE(accepts("{0x506e3 = 0x100000000}")) << rule->id;
      EXPECT_FALSE(accepts("true")) << rule->id;
      EXPECT_EQ(parameter.choices.empty(), !is_choice) << rule->id;
    }
  }
}

}  // namespace
}  // namespace vtprobe
