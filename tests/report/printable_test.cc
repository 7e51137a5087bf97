#include "vtprobe/report/printable.h"

#include <gtest/gtest.h>

namespace vtprobe {
namespace {

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(Printable(""), "");
  EXPECT_EQ(Printable("Intel(R) Core(TM) i7-4790K"), "Intel(R) Core(TM) i7-4790K");
  EXPECT_EQ(Printable("技嘉 \u00b7 \U0001f5a5"), "技嘉 \u00b7 \U0001f5a5");
}

TEST(Printable, ReplacesControlCharacters) {
  EXPECT_EQ(Printable("a\x1b[31mb\x7f\r\n\t"), "a?[31mb????");
  EXPECT_EQ(Printable(std::string_view("\0", 1)), "?");
  EXPECT_EQ(Printable("\xc2\x9b"), "??") << "a C1 control character of two bytes";
}

TEST(Printable, ReplacesWhatIsNoUtf8ByteForByte) {
  EXPECT_EQ(Printable("\xff"), "?");
  EXPECT_EQ(Printable("\x9b"), "?");
  EXPECT_EQ(Printable("\xe2\x82"), "??") << "cut short";
  EXPECT_EQ(Printable("\xc0\xaf"), "??") << "longer than need be";
}

// Unicode's Bidi_Control characters, and its line and paragraph separators.
TEST(Printable, ReplacesWhatTurnsTheLine) {
  for (const char* const text :
       {"\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
        "\u2067", "\u2068", "\u2069", "\u2028", "\u2029"}) {
    EXPECT_EQ(Printable(text), "?") << text;
  }
  EXPECT_EQ(Printable("\u200d\u2027\u202f\u2065\u206a"), "\u200d\u2027\u202f\u2065\u206a");
}

}  // namespace
}  // namespace vtprobe
