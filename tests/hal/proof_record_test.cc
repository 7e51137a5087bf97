// Guests that a recording tells of, as one line of its metadata. The lines that stand here
// are those of recorded-msr-dumps/FORMAT.md.

#include "vtprobe/hal/proof_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/metadata.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kMixed =
    "kvm_amd; 0-1,9 ran 6; 2 busy 1 of 1: KVM_CREATE_VM: Device or resource busy; "
    "3 wrong 1 of 9: computed 0x1 where 0x2 is right; 4 not_asked 0 of 0: no thread: bound; "
    "5 refused 2 of 2: KVM_RUN: Input/output error; slowest 9 1234567";

TEST(ProofRecord, IsReadFromItsLine) {
  const auto record = ParseProof(kMixed);
  ASSERT_TRUE(record) << record.error().expected;
  EXPECT_EQ(record->provider, "kvm_amd");
  ASSERT_THAT(record->groups, SizeIs(5));
  EXPECT_EQ(record->groups[0].cpus.ToString(), "0-1,9");
  EXPECT_EQ(record->groups[0].run, (GuestRun{GuestOutcome::kRan, "", false}));
  EXPECT_EQ(record->groups[0].runs, 6u);
  EXPECT_EQ(record->groups[0].not_well, 0u);
  EXPECT_EQ(record->groups[1].run,
            (GuestRun{GuestOutcome::kRefused, "KVM_CREATE_VM: Device or resource busy", true}));
  EXPECT_EQ(record->groups[2].run,
            (GuestRun{GuestOutcome::kWrong, "computed 0x1 where 0x2 is right", false}));
  EXPECT_EQ(record->groups[2].runs, 9u);
  EXPECT_EQ(record->groups[2].not_well, 1u);
  EXPECT_EQ(record->groups[3].run, (GuestRun{GuestOutcome::kNotAsked, "no thread: bound", false}));
  EXPECT_EQ(record->groups[4].run,
            (GuestRun{GuestOutcome::kRefused, "KVM_RUN: Input/output error", false}));
  ASSERT_TRUE(record->slowest);
  EXPECT_EQ(record->slowest->cpu, LogicalCpu{9});
  EXPECT_EQ(record->slowest->took.count(), 1'234'567);
}

TEST(ProofRecord, IsWrittenAsItWasRead) {
  for (const char* const text :
       {kMixed, "kvm_intel; 0 ran 1", "none; 0-3 not_asked 4 of 4: there is no /dev/kvm"}) {
    const auto record = ParseProof(text);
    ASSERT_TRUE(record) << text;
    EXPECT_EQ(ProofText(*record), text);
  }
}

// A semicolon ends a group, whatever a reason holds.
TEST(ProofRecord, KeepsAReasonTogether) {
  ProofRecord record{"kvm_amd", {{{{0, 0}}, {GuestOutcome::kRefused, "a; b", false}, 1, 1}}, {}};
  EXPECT_EQ(ProofText(record), "kvm_amd; 0 refused 1 of 1: a, b");
}

TEST(ProofRecord, TakesBlanksBetweenWords) {
  const auto record = ParseProof("kvm_amd ;\t0-1  ran\t2 ;2 refused 1  of 1 :  why");
  ASSERT_TRUE(record);
  EXPECT_EQ(ProofText(*record), "kvm_amd; 0-1 ran 2; 2 refused 1 of 1: why");
}

struct Malformed {
  const char* text;
  std::size_t offset;
  const char* expected;  // a part of it
};

class MalformedProof : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedProof, IsRefusedWithItsPlace) {
  const auto record = ParseProof(GetParam().text);
  ASSERT_FALSE(record) << GetParam().text;
  EXPECT_EQ(record.error().offset, GetParam().offset) << GetParam().text;
  EXPECT_THAT(std::string(record.error().expected), HasSubstr(GetParam().expected));
  EXPECT_TRUE(Metadata::WhyInvalid(meta::kProof, GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, MalformedProof,
    testing::Values(Malformed{"", 0, "KVM"}, Malformed{"yes", 0, "KVM"},
                    Malformed{"kvm-amd; 0 ran 1", 0, "KVM"}, Malformed{"kvm_; 0 ran 1", 0, "KVM"},
                    Malformed{"kvm_amd", 7, "semicolon"}, Malformed{"kvm_amd;", 8, "CPUS ran"},
                    Malformed{"kvm_amd; ", 8, "CPUS ran"}, Malformed{"kvm_amd; 0-3", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 ran", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 ran 0", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 ran 4 5", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 ran 4: well", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 ran -4", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 ran 18446744073709551616", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 3-0 ran 4", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-65536 ran 4", 9, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 walked 4", 9, "not_asked"},
                    Malformed{"kvm_amd; 0 ran 1; 1 refused 1 of 1", 18, "REASON"},
                    Malformed{"kvm_amd; 0 ran 1; 1 refused 1 of 1:", 18, "REASON"},
                    Malformed{"kvm_amd; 0 ran 1; 1 refused 2 of 1: why", 18, "of RUNS"},
                    Malformed{"kvm_amd; 0 ran 1; 1 refused 0 of 1: why", 18, "of RUNS"},
                    Malformed{"kvm_amd; 0 ran 1; 1 wrong 1 in 1: why", 18, "of RUNS"},
                    Malformed{"kvm_amd; 0 ran 1;; 1 ran 1", 17, "CPUS ran"},
                    Malformed{"kvm_amd; 0-3 ran 4; 7 ran 1; 2 refused 1 of 1: why", 29,
                              "no other group"},
                    Malformed{"kvm_amd; 5 ran 1; 0-7 ran 8", 18, "no other group"},
                    Malformed{"kvm_amd; slowest 0 5", 20, "CPUS ran"},
                    Malformed{"kvm_amd; 0 ran 1; slowest 0", 18, "NANOSECONDS"},
                    Malformed{"kvm_amd; 0 ran 1; slowest 65536 1", 18, "NANOSECONDS"},
                    Malformed{"kvm_amd; 0 ran 1; slowest 0 9223372036854775808", 18, "NANOSECONDS"},
                    Malformed{"kvm_amd; 0 ran 1; slowest 0 1; slowest 0 2", 31, "once"}));

std::string Dump(const std::string& proof) {
  return "vtprobe-dump 1\nmeta proof = " + proof + "\ncpu 0-3\nmsr 0xc0010114 = 0x8\n";
}

// The column is that of the group, and not of the line's value.
TEST(ProofRecord, OfADumpIsRefusedAtItsLineAndColumn) {
  const auto dump = ParseDump(Dump("kvm_amd; 0-3 walked 4"));
  ASSERT_FALSE(dump);
  EXPECT_EQ(dump.error().line, 2u);
  EXPECT_EQ(dump.error().column, 23u) << "\"meta proof = kvm_amd; \" has 22 characters";
  EXPECT_THAT(dump.error().message, HasSubstr("found \"0-3 walked 4\""));
}

TEST(ProofRecord, OfABinaryDumpIsTheSame) {
  const auto dump = ParseDump(Dump(kMixed));
  ASSERT_TRUE(dump);
  const auto binary = ParseBinaryDump(WriteBinaryDump(*dump));
  ASSERT_TRUE(binary);
  EXPECT_EQ(binary->metadata().Get(meta::kProof), kMixed);
}

TEST(ProofRecord, OfABinaryDumpIsCheckedToo) {
  auto dump = ParseDump(Dump("kvm_amd; 0-3 ran 4"));
  ASSERT_TRUE(dump);
  dump->mutable_metadata().Set(meta::kProof, "kvm_amd; 0-3 walked 4");
  EXPECT_FALSE(ParseBinaryDump(WriteBinaryDump(*dump)));
}

}  // namespace
}  // namespace vtprobe
