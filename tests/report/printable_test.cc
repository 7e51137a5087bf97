#include "vtprobe/report/printable.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

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
TEST(Printable, NamesWhatTurnsTheLine) {
  for (const auto& [text, name] :
       std::vector<std::pair<const char*, const char*>>{{"\u061c", "<U+061C>"},
                                                        {"\u200e", "<U+200E>"},
                                                        {"\u200f", "<U+200F>"},
                                                        {"\u202a", "<U+202A>"},
                                                        {"\u202e", "<U+202E>"},
                                                        {"\u2066", "<U+2066>"},
                                                        {"\u2069", "<U+2069>"},
                                                        {"\u2028", "<U+2028>"},
                                                        {"\u2029", "<U+2029>"}}) {
    EXPECT_EQ(Printable(text), name);
  }
}

TEST(Printable, NamesWhatIsNotSeen) {
  EXPECT_EQ(Printable("A\u00adB"), "A<U+00AD>B") << "soft hyphen";
  EXPECT_EQ(Printable("A\u200bB\u200dC\u2060D"), "A<U+200B>B<U+200D>C<U+2060>D") << "zero width";
  EXPECT_EQ(Printable("\ufeffA"), "<U+FEFF>A") << "byte order mark";
  EXPECT_EQ(Printable("A\ufe0fB\U000e0041"), "A<U+FE0F>B<U+E0041>") << "selectors, tags";
  EXPECT_EQ(Printable("\u3164\u115f\uffa0"), "<U+3164><U+115F><U+FFA0>") << "Hangul fillers";
}

TEST(Printable, NamesNoncharacters) {
  EXPECT_EQ(Printable("A\xef\xbf\xbe"), "A<U+FFFE>");
  EXPECT_EQ(Printable("A\xef\xbf\xbf"), "A<U+FFFF>");
  EXPECT_EQ(Printable("\xef\xb7\x90\xef\xb7\xaf"), "<U+FDD0><U+FDEF>");
  EXPECT_EQ(Printable("\xf4\x8f\xbf\xbf"), "<U+10FFFF>");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "???") << "a surrogate is no UTF-8";
}

TEST(Printable, LeavesWhatStandsBesideThem) {
  const std::string text =
      "\u00ac\u00ae\u200a\u2010\u2027\u202f\u205f\u2070\ufdcf\ufdf0\ufffc\ufffd";
  EXPECT_EQ(Printable(text), text);
  EXPECT_TRUE(IsPrintable(text));
  EXPECT_FALSE(IsPrintable("\u200b"));
}

}  // namespace
}  // namespace vtprobe
