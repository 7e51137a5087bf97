// Texts that toml++ may not be given: each is an error with its place, and what is
// TOML passes.

#include "vtprobe/probes/toml_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "vtprobe/probes/profile.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Repeated(std::size_t count, std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

void ExpectRefused(const std::string& text, std::uint32_t line, std::uint32_t column,
                   const std::string& says) {
  SCOPED_TRACE(text.substr(0, 60));
  const auto error = WhyNoSafeToml(text);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->line, line);
  EXPECT_EQ(error->column, column);
  EXPECT_THAT(error->message, HasSubstr(says));
  // The same of a profile, without a crash.
  const auto profile = ParseProfile(text, "2026-01-31");
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().line, line);
}

TEST(TomlGuard, RefusesWhatIsNestedTooDeep) {
  ExpectRefused(Repeated(200'000, "a.") + "b = 1\n", 1, 64, "32 parts");
  ExpectRefused("[" + Repeated(200'000, "a.") + "b]\n", 1, 65, "32 parts");
  ExpectRefused("x = 1\na = " + Repeated(200'000, "["), 2, 37, "32 brackets");
  ExpectRefused("a = " + Repeated(100'000, "{b="), 1, 101, "32 brackets");
  ExpectRefused("a = " + Repeated(33, "[\n"), 33, 1, "32 brackets");
  ExpectRefused(Repeated(100, "\"a\" . ") + "b = 1\n", 1, 191, "32 parts");
}

TEST(TomlGuard, RefusesWhatTomlPlusPlusHasNoAnswerTo) {
  ExpectRefused("[\n", 1, 2, "a key behind the bracket");
  ExpectRefused("x = 1\n  [ \t", 2, 6, "a key behind the bracket");
  ExpectRefused("[[\n]]", 1, 3, "a key behind the bracket");
  ExpectRefused("[\xd2\x90]\n", 1, 2, "a key behind the bracket");
  ExpectRefused("a\xd2\x90 = 1\n", 1, 2, "ASCII");
  ExpectRefused("\xd2\x90 = 1\n", 1, 1, "ASCII");
  ExpectRefused("a = \xe2\x82\xac\n", 1, 5, "ASCII");
  ExpectRefused("a = 1\x01\n", 1, 6, "ASCII");
}

TEST(TomlGuard, RefusesABracketThatClosesAnother) {
  ExpectRefused("a = [\n  1,\n}\n", 3, 1, "] before }");
  ExpectRefused("a = [ } ]\n", 1, 7, "] before }");
  ExpectRefused("a = {b = ]}\n", 1, 10, "} before ]");
  ExpectRefused("a = [{b = 1]\n", 1, 12, "} before ]");
  ExpectRefused("a = {b = [}\n", 1, 11, "] before }");
}

void ExpectRefusedWithItsPlace(const std::string& text) {
  SCOPED_TRACE(text);
  const auto profile = ParseProfile(text, "2026-01-31");
  ASSERT_FALSE(profile);
  EXPECT_THAT(profile.error().message, Not(HasSubstr("toml++")));
}

// What toml++ takes for impossible must not end the program, whatever it is.
TEST(TomlGuard, EverySignInPlaceOfEveryOtherIsAnError) {
  const std::string text = "a = [1, {b = 'c'}, [\"d\"]]\n[e.f]\ng = 2026-11-28\n[[h]]\n";
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char sign : std::string_view("[]{},#=.'\"_+-:0t \t\n\r")) {
      std::string changed = text;
      changed[at] = sign;
      ExpectRefusedWithItsPlace(changed);
      changed.erase(at);
      ExpectRefusedWithItsPlace(changed + sign);
    }
  }
}

TEST(TomlGuard, RefusesWhatIsNoText) {
  ExpectRefused("a = \"x\xc3\xa9\xff\"\n", 1, 8, "UTF-8");
  ExpectRefused("# \x01\n", 1, 3, "UTF-8");
  ExpectRefused("a = \"\"\"\nb\x7f\"\"\"\n", 2, 2, "UTF-8");
}

TEST(TomlGuard, RefusesWhatIsTooLong) {
  ExpectRefused("# " + std::string(kLargestToml, 'x') + "\n", 1, 1'048'577, "1048576 bytes");
  ExpectRefused("a = 1\n" + std::string(1025, 'b') + " = 1\n", 2, 1, "1024 bytes");
}

TEST(TomlGuard, LetsTomlPass) {
  for (const std::string& text :
       {std::string("name = \"x\"\n"), std::string(), std::string("\xef\xbb\xbf# \xc3\xa9\n"),
        std::string("a = \"[[[[ \\\" ....\"\r\nb = '\\'\r\n"),
        std::string("a = \"\"\"\n\"quoted\" ] \\\"\"\" [\"\"\"\n[b.\"c.d\".'e']\n"),
        "a = " + Repeated(32, "[") + Repeated(32, "]") + "\n", Repeated(31, "a.") + "b = 1\n",
        Repeated(1000, "[[a.b]]\nx = 1.5\n"), std::string(1024, 'b') + " = 1\n"}) {
    const auto error = WhyNoSafeToml(text);
    EXPECT_FALSE(error) << text.substr(0, 60) << ": " << error->message;
  }
}

}  // namespace
}  // namespace vtprobe
