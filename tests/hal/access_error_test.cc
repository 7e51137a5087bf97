// The access errors' names are part of the dump format, so they are spelled
// out here once more, in the order in which the binary dump counts them.

#include "vtprobe/hal/access_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vtprobe {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(AccessErrorTest, NamesAndOrderAreTheDumpFormats) {
  std::vector<std::pair<AccessCode, std::string_view>> rows;
  rows.reserve(kAllAccessCodes.size());
  for (const AccessCode code : kAllAccessCodes) rows.emplace_back(code, Name(code));
  EXPECT_THAT(rows, ElementsAre(Pair(AccessCode::kGeneralProtection, "general-protection"),
                                Pair(AccessCode::kCpuOffline, "cpu-offline"),
                                Pair(AccessCode::kPermissionDenied, "permission-denied"),
                                Pair(AccessCode::kNoDriver, "no-driver"),
                                Pair(AccessCode::kLockedDown, "locked-down"),
                                Pair(AccessCode::kShortRead, "short-read"),
                                Pair(AccessCode::kNotRecorded, "not-recorded"),
                                Pair(AccessCode::kNotPinned, "not-pinned"),
                                Pair(AccessCode::kMalformedDump, "malformed-dump"),
                                Pair(AccessCode::kIo, "io")));
}

TEST(AccessErrorTest, PositionsCountFromZero) {
  for (std::size_t i = 0; i < kAllAccessCodes.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kAllAccessCodes[i]), i);
  }
}

TEST(AccessErrorTest, EveryNameLeadsBack) {
  for (const AccessCode code : kAllAccessCodes) EXPECT_EQ(AccessCodeFromName(Name(code)), code);
}

TEST(AccessErrorTest, NoOtherWordIsAName) {
  for (const char* word : {"", "i", "ios", "IO", "io ", "No-Driver", "no_driver", "kIo", "0"}) {
    EXPECT_EQ(AccessCodeFromName(word), std::nullopt) << word;
  }
}

TEST(AccessErrorTest, EveryErrorHasWordsOfItsOwn) {
  std::set<std::string_view> descriptions;
  std::set<std::string_view> advice;
  for (const AccessCode code : kAllAccessCodes) {
    for (const std::string_view words : {Describe(code), Advise(code)}) {
      ASSERT_FALSE(words.empty()) << Name(code);
      EXPECT_NE(words.back(), '.') << "a clause has no full stop: " << words;
      EXPECT_EQ(words.find('\n'), std::string_view::npos) << words;
    }
    EXPECT_TRUE(descriptions.insert(Describe(code)).second) << Describe(code);
    EXPECT_TRUE(advice.insert(Advise(code)).second) << Advise(code);
  }
}

TEST(AccessErrorTest, ACodeThatDoesNotExistHasNoWords) {
  const auto beyond = static_cast<AccessCode>(kAllAccessCodes.size());
  EXPECT_EQ(Name(beyond), "");
  EXPECT_EQ(Describe(beyond), "");
  EXPECT_EQ(Advise(beyond), "");
}

}  // namespace
}  // namespace vtprobe
