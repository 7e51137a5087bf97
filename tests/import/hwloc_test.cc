// hwloc's puN files: the grammar, and what several of them make together.

#include "importers.h"
#include "struct_support.h"

namespace vtprobe::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHeader = "# mask e[abcd]x => e[abcd]x\n";

TEST(Hwloc, ReadsLeafAndSubleaf) {
  const auto imported = ImportOne(kHwloc,
                                  "# mask e[abcd]x => e[abcd]x\n"
                                  "1 0 0 0 0 => d 68747541 444d4163 69746e65\n"
                                  "5 d 0 3e 0 => 80 340 0 0\n"
                                  "1 80000001 0 0 0 => 600f12 30000000 1c9bfff 2fd3fbff\n",
                                  "machine/pu63");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 63\n"
            "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
            "cpuid 0xd.0x3e = 0x80 0x340 0x0 0x0\n"
            "cpuid 0x80000001.0x0 = 0x600f12 0x30000000 0x1c9bfff 0x2fd3fbff\n");
  EXPECT_THAT(imported->notes, IsEmpty());
}

TEST(Hwloc, EcxIsTheSubleafOnlyIfTheMaskSaysSo) {
  const auto imported = ImportOne(kHwloc,
                                  "1 2 0 7 0 => 1 0 0 0\n"
                                  "5 4 0 7 0 => 2 0 0 0\n"
                                  "f 7 9 1 9 => 3 0 0 0\n",
                                  "pu0");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 0\n"
            "cpuid 0x2.0x0 = 0x1 0x0 0x0 0x0\n"
            "cpuid 0x4.0x7 = 0x2 0x0 0x0 0x0\n"
            "cpuid 0x7.0x1 = 0x3 0x0 0x0 0x0\n");
}

TEST(Hwloc, BlanksLineEndsAndCaseDoNotMatter) {
  const auto imported =
      ImportOne(kHwloc, "\xef\xbb\xbf  \r\n\t1  A 0\t0 0  => FFFFFFFF b 0 0  \r\n# end", "pu0");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot), "cpu 0\ncpuid 0xa.0x0 = 0xffffffff 0xb 0x0 0x0\n");
}

TEST(Hwloc, SeveralFilesAreOneMachine) {
  const std::array files = {File{"x/pu0", "1 1 0 0 0 => 1 2 3 4\n"},
                            File{"x/pu10", "1 1 0 0 0 => 1 2 3 4\n"},
                            File{"x/pu2", "1 1 0 0 0 => 1 f 3 4\n"}, File{"x/pu5", kHeader}};
  const auto imported = kHwloc.import(files, {});
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 0,10\n"
            "cpuid 0x1.0x0 = 0x1 0x2 0x3 0x4\n"
            "cpu 2\n"
            "cpuid 0x1.0x0 = 0x1 0xf 0x3 0x4\n"
            "cpu 5\n");
}

TEST(Hwloc, OfARepeatedLeafTheFirstIsKept) {
  const auto imported = ImportOne(kHwloc,
                                  "1 1 0 0 0 => 1 0 0 0\n"
                                  "1 1 0 0 0 => 1 0 0 0\n"
                                  "1 5 0 0 0 => 1 0 0 0\n"
                                  "1 5 0 0 0 => 2 0 0 0\n",
                                  "pu3");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 3\ncpuid 0x1.0x0 = 0x1 0x0 0x0 0x0\ncpuid 0x5.0x0 = 0x1 0x0 0x0 0x0\n");
  EXPECT_THAT(imported->notes,
              ElementsAre("1 later reading with another value left out, the first in line 4 (CPUID "
                          "0x5.0x0 of CPU 3): the first reading of each register is kept"));
}

TEST(Hwloc, AFileOfAnotherNameSaysThatItsCpuIsNotKnown) {
  const auto imported = ImportOne(kHwloc, "1 1 0 0 0 => 1 0 0 0\n", "cpuid.txt");
  ASSERT_TRUE(imported.has_value());
  EXPECT_EQ(imported->snapshot.online(), CpuSet(LogicalCpu{0}));
  EXPECT_THAT(imported->notes, ElementsAre(HasSubstr("does not say which CPU it is of")));
  EXPECT_EQ(imported->snapshot.metadata().Get("cpu_numbers"), "unknown");
}

TEST(Hwloc, FilesThatDoNotFitTogetherAreRefused) {
  const std::string_view line = "1 1 0 0 0 => 1 0 0 0\n";
  struct Case {
    std::string_view first;
    std::string_view second;
    std::string_view says;
  };
  for (const Case& c :
       {Case{"a/pu0", "b/pu0", "of CPU 0 too"}, Case{"pu0", "other", "puN"},
        Case{"pu0", "pu", "puN"}, Case{"pu0", "pu65536", "puN"}, Case{"pu0", "pu-1", "puN"}}) {
    const std::array files = {File{std::string(c.first), line}, File{std::string(c.second), line}};
    const auto imported = kHwloc.import(files, {});
    ASSERT_FALSE(imported.has_value()) << c.second;
    EXPECT_EQ(imported.error().file, c.second);
    EXPECT_THAT(imported.error().message, HasSubstr(std::string(c.says)));
  }
}

TEST(Hwloc, RefusesWithThePlace) {
  for (const Refused& refused : {
           Refused{"0 1 0 0 0 => 1 2 3 4\n", 1, 1, "bit 0"},
           Refused{"4 1 0 0 0 => 1 2 3 4\n", 1, 1, "bit 0"},
           Refused{"10 1 0 0 0 => 1 2 3 4\n", 1, 1, "mask"},
           Refused{"# c\n1 1 0 0 0 => 1 2 3\n", 2, 19, "hexadecimal"},
           Refused{"1 1 0 0 0 = 1 2 3 4\n", 1, 11, "=>"},
           Refused{"1 1 0 0 0 => 1 2 3 4 5\n", 1, 22, "nothing"},
           Refused{"1 1 0 0 0 => 1 2 3 100000000\n", 1, 20, "32 bits"},
           Refused{"1 0x1 0 0 0 => 1 2 3 4\n", 1, 3, "without 0x"},
           Refused{"1 1 0 0 0 => -1 2 3 4\n", 1, 14, "hexadecimal"},
           Refused{"1 1 0 0 0 => 1 2 3 4\n1 2 0", 2, 6, "hexadecimal"},
           Refused{"", 0, 0, "not one reading"},
           Refused{"# mask e[abcd]x => e[abcd]x\n", 0, 0, "not one reading"},
       }) {
    ExpectRefused(kHwloc, refused);
  }
}

TEST(Hwloc, IsRecognisedByItsContent) {
  EXPECT_EQ(kHwloc.detect({"x", kHeader}), Confidence::kCertain);
  EXPECT_EQ(kHwloc.detect({"x", "\n# x\n5 4 0 1 0 => 1 2 3 4\n"}), Confidence::kCertain);
  for (const std::string_view other :
       {"", "\n", "# mask\n", "Architecture: x86\n", "1 2 3", "0x5\n", "vtprobe-dump 1\n", "{}"}) {
    EXPECT_EQ(kHwloc.detect({"pu0", other}), Confidence::kNone) << other;
  }
}

}  // namespace
}  // namespace vtprobe::import
