// The table of words: a line that holds a row's words and nothing else is taken for that row.
// What they decide is in tests/virtualization/words_test.cc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "paste/words.h"
#include "vtprobe/import/explain.h"

namespace vtprobe::import {
namespace {

// With something where the pattern says "*", and where a line's end would lose a blank.
std::string Line(std::string_view pattern) {
  std::string line(pattern);
  if (line.back() == ' ' || line.back() == '\t') line += 'x';
  for (std::size_t star = 0; (star = line.find('*', star)) != std::string::npos;) {
    line.replace(star, 1, " x ");
  }
  return line;
}

TEST(Words, OfEachRowAreTakenForIt) {
  for (const Words& row : AllWords()) {
    const std::string line = Line(row.pattern);
    Fate seen = Fate::kNothing;
    std::string taken_for;
    const auto imported =
        ExplainText({"words.txt", line + "\nMSR 0x3a: 0x5\n"},
                    [&](std::size_t number, std::string_view, Fate fate, std::string_view what) {
                      if (number != 1) return;
                      seen = fate;
                      taken_for = what;
                    });
    ASSERT_TRUE(imported) << line << ": " << imported.error().message;
    EXPECT_EQ(seen, Fate::kUsed) << line;
    EXPECT_EQ(taken_for, row.where) << line;
  }
}

}  // namespace
}  // namespace vtprobe::import
