// Metadata: an ordered list of keys whose values fit on a line of a dump.

#include "vtprobe/hal/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace vtprobe {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

TEST(MetadataTest, AKeyThatWasNotSetIsAbsent) {
  const Metadata metadata;
  EXPECT_EQ(metadata.Get(meta::kKernel), std::nullopt);
  EXPECT_THAT(metadata.entries(), IsEmpty());
}

TEST(MetadataTest, OrderIsThatOfFirstSetting) {
  Metadata metadata;
  metadata.Set("stage", "os");
  metadata.Set("kernel", "6.1.0");
  metadata.Set("rack position", "12");
  metadata.Set("stage", "guest");
  EXPECT_THAT(metadata.entries(), ElementsAre(Pair("stage", "guest"), Pair("kernel", "6.1.0"),
                                              Pair("rack position", "12")));
  EXPECT_THAT(metadata.Get("stage"), Optional(Eq("guest")));
}

TEST(MetadataTest, KeysAreComparedWhole) {
  Metadata metadata;
  metadata.Set("firmware.date", "2014-07-25");
  EXPECT_EQ(metadata.Get("firmware"), std::nullopt);
  EXPECT_EQ(metadata.Get("firmware.dates"), std::nullopt);
  EXPECT_EQ(metadata.Get("Firmware.date"), std::nullopt);
}

TEST(MetadataTest, EraseForgetsTheKeyAndNoOther) {
  Metadata metadata;
  metadata.Set("a", "1");
  metadata.Set("b", "2");
  metadata.Erase("a");
  metadata.Erase("c");
  EXPECT_THAT(metadata.entries(), ElementsAre(Pair("b", "2")));
  metadata.Set("a", "3");
  EXPECT_THAT(metadata.entries(), ElementsAre(Pair("b", "2"), Pair("a", "3")));
}

TEST(MetadataTest, AnEmptyValueIsNotKept) {
  Metadata metadata;
  for (const std::string_view nothing : {"", " ", "\n", "\t \r\n", "\xff\xfe"}) {
    metadata.Set("board", nothing);
    EXPECT_EQ(metadata.Get("board"), std::nullopt);
  }
  metadata.Set("board", "X99");
  metadata.Set("board", " ");
  EXPECT_THAT(metadata.Get("board"), Optional(Eq("X99")));
}

TEST(MetadataTest, EqualityIsOfKeysValuesAndOrder) {
  Metadata a;
  Metadata b;
  a.Set("x", "1");
  a.Set("y", "2");
  b.Set("y", "2");
  EXPECT_NE(a, b);
  b.Set("x", "1");
  EXPECT_NE(a, b);
  b.Erase("y");
  b.Set("y", "2");
  EXPECT_EQ(a, b);
}

struct StorableCase {
  std::string_view given;
  std::string_view stored;

  // Tests are listed by what this prints; bytes would name an address.
  friend void PrintTo(const StorableCase& value, std::ostream* out) {
    *out << testing::PrintToString(value.given);
  }
};

class MetadataStorableTest : public testing::TestWithParam<StorableCase> {};

TEST_P(MetadataStorableTest, AValueIsOneTrimmedLineWithoutComment) {
  Metadata metadata;
  metadata.Set("source", GetParam().given);
  EXPECT_THAT(metadata.Get("source"), Optional(Eq(GetParam().stored)));
}

INSTANTIATE_TEST_SUITE_P(
    Values, MetadataStorableTest,
    testing::Values(StorableCase{"plain", "plain"}, StorableCase{"  both ends\t", "both ends"},
                    StorableCase{"two\nlines", "two lines"},
                    StorableCase{"a\tb\rc\x1b[0m\x7f", "a b c [0m"},
                    StorableCase{std::string_view("a\0b", 3), "a b"},
                    StorableCase{"in  side", "in  side"},
                    StorableCase{"key = value", "key = value"},
                    // '#' would start a comment; U+FF03 looks like it and doesn't.
                    StorableCase{"issue #12",
                                 "issue \xef\xbc\x83"
                                 "12"},
                    StorableCase{"#", "\xef\xbc\x83"},
                    StorableCase{"\xe8\x81\x94\xe6\x83\xb3", "\xe8\x81\x94\xe6\x83\xb3"},
                    // Latin-1, a character cut short, a control character of two bytes
                    StorableCase{"caf\xe9s", "caf s"}, StorableCase{"a\xe2\x82", "a"},
                    StorableCase{"a\xc2\x85z", "a  z"}));

RC_GTEST_PROP(MetadataProperty, WhatIsStoredIsStorable, (const std::string& value)) {
  Metadata metadata;
  metadata.Set("key", value);
  const auto stored = metadata.Get("key");
  if (!stored) return;
  RC_ASSERT(!stored->empty());
  RC_ASSERT(stored->front() != ' ');
  RC_ASSERT(stored->back() != ' ');
  for (const char c : *stored) {
    const auto byte = static_cast<unsigned char>(c);
    RC_ASSERT(byte >= 0x20 && byte != 0x7f && c != '#');
  }
  Metadata again;
  again.Set("key", *stored);
  RC_ASSERT(again == metadata);
}

TEST(MetadataWhyInvalidTest, CheckedKeysTakeTheirValuesOnly) {
  const auto valid = [](std::string_view key, std::string_view value) {
    return Metadata::WhyInvalid(key, value) == std::nullopt;
  };
  for (const char* value : {"live", "recorded", "synthetic"}) {
    EXPECT_TRUE(valid(meta::kProvenance, value)) << value;
  }
  for (const char* value : {"pre-os", "os", "guest"}) {
    EXPECT_TRUE(valid(meta::kStage, value)) << value;
  }
  for (const char* value : {"cold", "warm"}) EXPECT_TRUE(valid(meta::kBoot, value)) << value;
  for (const char* value : {"y", "m", "n"}) EXPECT_TRUE(valid(meta::kKvmIntel, value)) << value;
  for (const char* value : {"yes", "no"}) {
    EXPECT_TRUE(valid(meta::kMeasuredLaunch, value)) << value;
  }
  for (const std::string_view key :
       {meta::kProvenance, meta::kStage, meta::kBoot, meta::kKvmIntel, meta::kMeasuredLaunch}) {
    for (const char* value : {"", "Y", "OS", "unknown", "yes ", "live, recorded or synthetic"}) {
      EXPECT_FALSE(valid(key, value)) << key << " = " << value;
    }
  }
}

TEST(MetadataWhyInvalidTest, TheReasonNamesEveryValue) {
  const auto why = [](std::string_view key) { return Metadata::WhyInvalid(key, "x"); };
  EXPECT_EQ(why(meta::kProvenance), (InvalidValue{"live, recorded or synthetic"}));
  EXPECT_EQ(why(meta::kStage), (InvalidValue{"pre-os, os or guest"}));
  EXPECT_EQ(why(meta::kBoot), (InvalidValue{"cold or warm"}));
  EXPECT_EQ(why(meta::kKvmIntel), (InvalidValue{"y, m or n"}));
  EXPECT_EQ(why(meta::kMeasuredLaunch), (InvalidValue{"yes or no"}));
}

TEST(MetadataWhyInvalidTest, AnyOtherKeyIsFree) {
  for (const std::string_view key : {meta::kKernel, meta::kLicence, std::string_view("rack")}) {
    EXPECT_EQ(Metadata::WhyInvalid(key, "anything at all"), std::nullopt) << key;
  }
}

}  // namespace
}  // namespace vtprobe
