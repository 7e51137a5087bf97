// Encodings and line ends: the same recording, whatever wrote it down.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text_encoding.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

using namespace std::string_view_literals;

std::string Little(std::u16string_view text) {
  std::string bytes;
  for (const char16_t unit : text) {
    bytes += static_cast<char>(unit & 0xff);
    bytes += static_cast<char>(unit >> 8);
  }
  return bytes;
}

std::string Big(std::u16string_view text) {
  std::string bytes;
  for (const char16_t unit : text) {
    bytes += static_cast<char>(unit >> 8);
    bytes += static_cast<char>(unit & 0xff);
  }
  return bytes;
}

TEST(TextEncoding, Utf16BecomesUtf8) {
  // Two, three and four bytes of UTF-8: e acute, the euro sign, U+1F600.
  constexpr std::u16string_view kText = u"\ufeffa\u00e9\u20ac\U0001f600\n";
  constexpr std::string_view kUtf8 =
      "\xef\xbb\xbf"
      "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n";
  EXPECT_EQ(WithUsualEncoding(Little(kText)), kUtf8);
  EXPECT_EQ(WithUsualEncoding(Big(kText)), kUtf8);
  EXPECT_TRUE(HasUnusualEncoding(Little(kText)));
}

TEST(TextEncoding, WhatIsNoCharacterIsReplaced) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  const auto expected = [&](std::string_view text) { return std::string(kMark).append(text); };
  // A low surrogate alone, a high one before something else, a high one at the end.
  const std::u16string low = {0xfeff, 0xdc00, u'a'};
  const std::u16string high = {0xfeff, 0xd800, u'a'};
  const std::u16string last = {0xfeff, u'a', 0xdbff};
  EXPECT_EQ(WithUsualEncoding(Little(low)), expected("\xef\xbf\xbd"
                                                     "a"));
  EXPECT_EQ(WithUsualEncoding(Little(high)), expected("\xef\xbf\xbd"
                                                      "a"));
  EXPECT_EQ(WithUsualEncoding(Little(last)), expected("a\xef\xbf\xbd"));
  EXPECT_EQ(WithUsualEncoding(Little(u"\ufeffa") + "x"), expected("a"));
  EXPECT_EQ(WithUsualEncoding("\xff\xfe"), expected(""));
}

TEST(TextEncoding, CrAloneEndsALineWhereNothingElseDoes) {
  EXPECT_EQ(WithUsualEncoding("a\rb\r"), "a\nb\n");
  EXPECT_EQ(WithUsualEncoding("a\rb\r\n"), "a\rb\r\n");
}

TEST(TextEncoding, TheUsualStays) {
  for (const std::string_view text : {""sv, "\xff"sv, "a\n"sv,
                                      "\xef\xbb\xbf"
                                      "a"sv,
                                      "a\r\n"sv, "\xe9\n"sv, "\xfe\n\xff"sv}) {
    EXPECT_FALSE(HasUnusualEncoding(text)) << text;
    EXPECT_EQ(WithUsualEncoding(std::string(text)), text);
  }
}

struct Sample {
  std::string name;
  std::string file;
  std::string text;
};

class SampleInAnyEncoding : public testing::TestWithParam<Sample> {};

std::string Replaced(std::string_view text, std::string_view line_end) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += line_end;
    } else {
      result += c;
    }
  }
  return result;
}

std::u16string Marked(std::string_view text) {
  std::u16string units = {0xfeff};
  for (const char c : text) units += static_cast<char16_t>(static_cast<unsigned char>(c));
  return units;
}

// The imported dump, or why there is none.
std::string Imported(const Sample& sample, std::string content) {
  EXPECT_TRUE(MayBeRecording(content));
  const auto imported = ReadRecording({{sample.file, std::move(content)}}, nullptr, {});
  return imported ? WriteDump(imported->snapshot) : imported.error().message;
}

TEST_P(SampleInAnyEncoding, SaysTheSame) {
  const Sample& sample = GetParam();
  const std::string expected = Imported(sample, sample.text);
  ASSERT_TRUE(expected.starts_with("vtprobe-dump 1 sealed\n")) << expected;
  const std::string dos = Replaced(sample.text, "\r\n");
  EXPECT_EQ(Imported(sample, dos), expected);
  EXPECT_EQ(Imported(sample, Replaced(sample.text, "\n\r")), expected);
  EXPECT_EQ(Imported(sample, Replaced(sample.text, "\r")), expected);
  EXPECT_EQ(Imported(sample, "\xef\xbb\xbf" + sample.text), expected);
  EXPECT_EQ(Imported(sample, "\xef\xbb\xbf" + dos), expected);
  EXPECT_EQ(Imported(sample, Little(Marked(sample.text))), expected);
  EXPECT_EQ(Imported(sample, Little(Marked(dos))), expected);
  EXPECT_EQ(Imported(sample, Big(Marked(sample.text))), expected);
  EXPECT_EQ(Imported(sample, sample.text.substr(0, sample.text.size() - 1)), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, SampleInAnyEncoding,
    testing::Values(
        Sample{"Cpuid", "cpuid.txt",
               "CPU 0:\n"
               "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
               "CPU 1:\n"
               "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"},
        Sample{"Aida", "aida.txt",
               "------[ CPUID Registers / Logical CPU #0 ]------\n\n"
               "CPUID 00000000: 00000016-756E6547-6C65746E-49656E69 [GenuineIntel]\n"
               "CPUID 00000004: 1C004121-01C0003F-0000003F-00000000 [SL 00]\n\n"
               "------[ MSR Registers / Logical CPU #0 ]------\n\n"
               "MSR 0000003A: 0000-0000-0000-0005\nMSR 000001AC: < FAILED >\n"},
        Sample{"Libcpuid", "raw.txt",
               "version=0.6.2\n"
               "_________________ Logical CPU #0 _________________\n"
               "basic_cpuid[0]=00000010 68747541 444d4163 69746e65\n"
               "ext_cpuid[0]=80000001 68747541 444d4163 69746e65\n"},
        Sample{"Hwloc", "pu3",
               "# mask e[abcd]x => e[abcd]x\n"
               "1 0 0 0 0 => 16 756e6547 6c65746e 49656e69\n"
               "5 4 0 1 0 => 1c004122 1c0003f 3f 0\n"},
        Sample{"FirecrackerFingerprint", "fingerprint.json",
               "{\"guest_cpu_config\": {\n\"cpuid_modifiers\": [],\n\"msr_modifiers\": [\n"
               "{\"addr\": \"0x3a\", \"bitmap\": \"0b" +
                   std::string(63, '0') + "1\"}]}}\n"},
        Sample{"FirecrackerCsv", "msrs.csv", "MSR_ADDR,VALUE\n0x10,0x12a9d3006\n0x3a,0x1\n"},
        Sample{"Chipsec", "recording.json",
               "{\n\"read_msr\": {\n\"(0,58)\": [\n\"(5, 0)\"\n]\n}\n}\n"},
        Sample{"Rdmsr", "rdmsr.txt",
               "# rdmsr -p 0 0x3a\n5\n# rdmsr -p 1 0x3a\n"
               "rdmsr: CPU 1 cannot read MSR 0x0000003a\n"},
        Sample{"Turbostat", "turbostat.txt",
               "turbostat version 17.06.23 - An Author <author@example.org>\n"
               "cpu0: MSR_IA32_FEATURE_CONTROL: 0x00000005 (Locked )\n"},
        Sample{"VirtualBox", "VBox.log",
               "00:00:04.809261 HM: MSR_IA32_FEATURE_CONTROL          = 0x20005\n"
               "00:00:04.809424 Gst: 00000000/0000  00000016 756e6547 6c65746e 49656e69\n"
               "00:00:04.809424 Hst:                00000016 756e6547 6c65746e 49656e69\n"},
        Sample{"CpuZ", "cpu.txt",
               "CPU-Z TXT Report\n-------------------------\n\nProcessors\n"
               "-------------------------\n\nCPU Thread 0\n\tCPUID\n"
               "\t0x00000000\t\t0x00000016\t0x756E6547\t0x6C65746E\t0x49656E69\n"
               "\tMSR 0x0000003A\t\t0x00000000\t0x00000005\n"},
        Sample{"Grub", "serial.log", "grub> rdmsr 0x3a\n0x5\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vtprobe::import
