// A file is recognised by its content, and by one importer alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "importers.h"
#include "paste/paste.h"

namespace vtprobe::import {
namespace {

struct Sample {
  std::string name;
  std::string_view importer;
  Confidence confidence;
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const Sample& sample) { return out << sample.name; }

class SampleOfAFormat : public testing::TestWithParam<Sample> {};

const std::vector<Sample>& Samples() {
  static const std::vector<Sample> samples = {
      Sample{"Cpuid", "cpuid", Confidence::kCertain,
             "CPU 0:\n"
             "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"},
      Sample{"AidaLeaves", "aida", Confidence::kCertain,
             "------[ Versions ]------\n\nProgram Version : AIDA64 v1.70.1424\n\n"
             "------[ Logical CPU #0 ]------\n\n"
             "CPUID 00000000: 00000016-756E6547-6C65746E-49656E69 [GenuineIntel]\n"},
      Sample{"AidaRegisters", "aida", Confidence::kCertain,
             "------[ MSR Registers ]------\n\nMSR 0000001B: 0000-0000-FEE0-0900\n"},
      Sample{"AidaFailures", "aida", Confidence::kCertain, "MSR 0000001B: < FAILED >\n"},
      Sample{"Libcpuid", "libcpuid", Confidence::kCertain,
             "_________________ Logical CPU #0 _________________\n"
             "basic_cpuid[0]=00000010 68747541 444d4163 69746e65\n"},
      Sample{"RdmsrNumbers", "rdmsr", Confidence::kPossible, "5\n0x5\nff03\n"},
      Sample{"RdmsrTranscript", "rdmsr", Confidence::kPossible, "$ sudo rdmsr -p 0 0x3a\n5\n"},
      Sample{"RdmsrFailure", "rdmsr", Confidence::kCertain,
             "rdmsr: CPU 0 cannot read MSR 0x0000003a\n"},
      Sample{"Turbostat", "turbostat", Confidence::kCertain,
             "turbostat version 17.06.23 - An Author <author@example.org>\n"
             "CPUID(0): GenuineIntel 22 CPUID levels\n"
             "cpu0: MSR_IA32_FEATURE_CONTROL: 0x00000005 (Locked )\n"},
      Sample{"VirtualBoxLeaves", "virtualbox", Confidence::kCertain,
             "00:00:04.809418 Gst: 00000000/0000  00000016 756e6547 6c65746e 49656e69\n"
             "00:00:04.809419 Hst:                00000016 756e6547 6c65746e 49656e69\n"},
      Sample{"VirtualBoxRegisters", "virtualbox", Confidence::kCertain,
             "00:00:04.809261 HM: MSR_IA32_FEATURE_CONTROL          = 0x20005\n"},
      Sample{"VirtualBoxStart", "virtualbox", Confidence::kCertain,
             "VirtualBox VM 6.1.16 r140961 linux.amd64 (Oct 16 2020 17:45:59) release log\n"},
      Sample{"CpuZ", "cpu-z", Confidence::kCertain,
             "CPU-Z TXT Report\n"
             "-------------------------------------------------------------------------\n"},
      Sample{"CpuZRegisters", "cpu-z", Confidence::kLikely,
             "CPU Thread 0\n"
             "\t0x00000000\t\t0x0000000A\t0x756E6547\t0x6C65746E\t0x49656E69\n"
             "\tMSR 0x0000001B\t\t0x00000000\t0xFEE00900\n"},
      Sample{"Grub", "grub", Confidence::kCertain,
             "\x1b[0mGNU GRUB  version 2.06\n\ngrub> rdmsr 0x3a\n0x5\n"},
      Sample{"Ours", "vtprobe", Confidence::kSettled,
             "vtprobe-dump 1\ncpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\nmsr 0x3a = 0x5\n"},
      Sample{"OursInALog", "vtprobe-log", Confidence::kSettled,
             "BdsDxe: starting Boot0001\r\nvtprobe-dump 1 sealed\r\ncpu 0\r\n"
             "msr 0x3a = 0x5\r\nend 4\r\nvtprobe: recorded over the serial line\r\n"},
      Sample{"HwlocPu", "hwloc", Confidence::kCertain,
             "# mask e[abcd]x => e[abcd]x\n"
             "5 0 0 0 0 => d 756e6547 6c65746e 49656e69\n"},
      Sample{"FirecrackerCsv", "firecracker-csv", Confidence::kCertain,
             "MSR_ADDR,VALUE\n0x3a,0x1\n"},
      Sample{"OursInBinary", "vtprobe-binary", Confidence::kSettled, "\x89VTPB\r\n\x1a"},
      Sample{"Chipsec", "chipsec", Confidence::kCertain,
             R"json({"read_msr": {"(0,58)": ["(5, 0)"]}})json"},
      Sample{"FirecrackerFingerprint", "firecracker", Confidence::kCertain,
             R"({"guest_cpu_config":{"cpuid_modifiers":[],"msr_modifiers":[]}})"},
      Sample{"Prose", "", Confidence::kNone, "The BIOS disables VT. See rdmsr(1) and CPUID.\n"},
      Sample{"Empty", "", Confidence::kNone, ""},
      Sample{"Kernel", "", Confidence::kNone,
             "[    0.000000] x86/cpu: VMX (outside TXT) disabled by BIOS\n"
             "[    0.134000] CPU0: Intel(R) Core(TM) i7 (family: 0x6, model: 0x9e)\n"}};
  return samples;
}

// Every importer of a format looks at every sample: one that is added has to keep
// its hands off these. The one that takes any text is asked where none does.
TEST_P(SampleOfAFormat, IsClaimedByItsImporterAlone) {
  const Sample& sample = GetParam();
  for (const Importer* const importer : AllImporters()) {
    if (importer == &kPaste) continue;
    const Confidence expected =
        importer->name == sample.importer ? sample.confidence : Confidence::kNone;
    EXPECT_EQ(importer->detect(File{"sample.txt", sample.text}), expected) << importer->name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SampleOfAFormat, testing::ValuesIn(Samples()),
                         [](const auto& row) { return row.param.name; });

// One without a sample was never seen to be recognised, and no other to leave it alone.
TEST(Importers, HaveASampleEach) {
  for (const Importer* const importer : AllImporters()) {
    if (importer == &kPaste) continue;
    EXPECT_TRUE(
        std::any_of(Samples().begin(), Samples().end(),
                    [&](const Sample& sample) { return sample.importer == importer->name; }))
        << importer->name << ": none of Samples() is of it";
  }
}

// What a fuzzer starts from. Our own recordings are those of recorded-msr-dumps and what
// binary_dump_fuzz makes of them.
TEST(Importers, HaveASeedEach) {
  std::set<const Importer*> with_seed = {&kVtprobeDump, &kVtprobeBinary, &kPaste};
  for (const auto& entry : std::filesystem::directory_iterator(VTPROBE_FUZZ_SEEDS)) {
    std::stringstream content;
    content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string text = content.str();
    const Guess guess = GuessFormat(File{entry.path().filename(), text});
    with_seed.insert(guess.candidates.begin(), guess.candidates.end());
  }
  for (const Importer* const importer : AllImporters()) {
    EXPECT_TRUE(with_seed.count(importer) == 1)
        << importer->name << ": no file of tests/fuzz/seeds is of it";
  }
}

TEST(Importers, AreToldApartByTheirNames) {
  std::set<std::string_view> names;
  for (const Importer* const importer : AllImporters()) {
    EXPECT_FALSE(importer->title.empty()) << importer->name << " has no title";
    EXPECT_TRUE(names.insert(importer->name).second) << importer->name << " is there twice";
  }
}

// It takes any text, so that what stands below it would be asked for nothing.
TEST(Importers, EndWithTheOneOfAnyText) { EXPECT_EQ(AllImporters().back(), &kPaste); }

const Importer* Detected(std::string_view text) {
  const File file{"text", text};
  const auto importer = Detect(std::span(&file, 1));
  return importer ? *importer : nullptr;
}

constexpr std::string_view kLeaf =
    "CPU:\n   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n";

TEST(TextDetection, AnyTextWithEvidenceIsAPaste) {
  EXPECT_EQ(Detected("$ sudo rdmsr -p 0 0x3a\n5\n"), &kRdmsr);
  EXPECT_EQ(Detected("[    0.1] x86/cpu: VMX (outside TXT) disabled by BIOS\n"), &kPaste);
  EXPECT_EQ(Detected("The BIOS disables VT. See rdmsr(1) and CPUID.\n"), nullptr);
}

// What a format's importer would drop without a word is not lost.
TEST(TextDetection, AFormatWithMoreBesideItIsAPaste) {
  EXPECT_EQ(Detected(kLeaf), &kCpuidTool);
  EXPECT_EQ(Detected(std::string(kLeaf) + "$ sudo rdmsr 0x3a\n1\n"), &kPaste);
  EXPECT_EQ(Detected(std::string(kLeaf) + "[    0.1] kvm: disabled by bios\n"), &kPaste);
}

// Here the paste reader knows less than the importer.
TEST(TextDetection, AFormatThatAPasteWouldNotKeepWholeStays) {
  EXPECT_EQ(Detected("\x1b[0mGNU GRUB  version 2.06\n\ngrub> rdmsr 0x3a\n0x5\n"), &kGrub);
  EXPECT_EQ(Detected("00:00:04.8 Gst: 00000000/0000  00000016 756e6547 6c65746e 49656e69\n"
                     "00:00:04.8 Hst:                00000016 756e6547 6c65746e 49656e69\n"
                     "00:00:04.8 HM: MSR_IA32_FEATURE_CONTROL          = 0x20005\n"),
            &kVirtualBox);
}

// A dump of ours may quote another program; it is ours all the same.
TEST(TextDetection, OwnFirstLineSettlesIt) {
  const std::string text =
      "vtprobe-dump 1\nmeta note = x\nrdmsr: CPU 0 cannot read MSR 0x0000003a\n";
  ASSERT_EQ(kRdmsr.detect(File{"x", text}), Confidence::kCertain);
  EXPECT_THAT(GuessFormat(File{"x", text}).candidates, testing::ElementsAre(&kVtprobeDump));
}

// Every other format looks at every file, so none may look at all of a long one.
TEST(TextDetection, LooksAtTheHeadOnly) {
  const std::string text = std::string(std::size_t{1024} * 1024, '\n') +
                           "CPUID 00000000: 00000016-756E6547-6C65746E-49656E69\n";
  EXPECT_EQ(kAida.detect(File{"late.txt", text}), Confidence::kNone);
}

}  // namespace
}  // namespace vtprobe::import
