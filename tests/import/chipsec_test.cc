// chipsec's recordings: the strings that Python printed, taken apart.

#include "importers.h"
#include "struct_support.h"

namespace vtprobe::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Chipsec, ReadsMsrsOfEachCpu) {
  const auto imported = ImportOne(kChipsec, R"json({
  "get_threads_count": {"()": ["2"]},
  "read_pci_reg": {"(0,0,0,0,4)": ["1493467270"], "odd": {"x": [1, null, {}]}},
  "read_msr": {
  "(0,58)" : ["(5, 0)"],
             "( 1 , 3221291284 )" : ["(4294967295,4294967295)"],
                                    "(1,139)" : ["(0, 172)"]
}
})json");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 0\n"
            "msr 0x3a = 0x5\n"
            "cpu 1\n"
            "msr 0x8b = 0xac00000000\n"
            "msr 0xc0010114 = 0xffffffffffffffff\n");
  EXPECT_THAT(imported->notes, IsEmpty());
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kTool), "chipsec");
}

TEST(Chipsec, CpuidIsGivenToTheLowestCpuAndTheDoubtIsSaid) {
  const auto imported = ImportOne(kChipsec, R"json({
  "cpuid": {"(2147483650,0)": ["(1, 2, 3, 4)"], "(7,1)": ["(0, 0, 0, 4294967295)"]},
  "read_msr": {
  "(5,58)" : ["(1, 0)"], "(3,58)" : ["(1, 0)"]
}
})json");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 3,5\n"
            "msr 0x3a = 0x1\n"
            "cpu 3\n"
            "cpuid 0x7.0x1 = 0x0 0x0 0x0 0xffffffff\n"
            "cpuid 0x80000002.0x0 = 0x1 0x2 0x3 0x4\n");
  EXPECT_THAT(imported->notes, ElementsAre(HasSubstr("given to CPU 3")));
  EXPECT_EQ(imported->snapshot.metadata().Get("cpuid_cpu"), "unknown");
}

// chipsec inserts at the front, so the first answer of a run stands last.
TEST(Chipsec, OfRepeatedCallsTheFirstInTimeIsKept) {
  const auto imported = ImportOne(kChipsec, R"json({
  "read_msr": {"(0,16)": ["(3, 0)", "(2, 0)", "(1, 0)"], "(0,58)": ["(5, 0)", "(5, 0)"],
               "(0,139)": []
}
})json");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot), "cpu 0\nmsr 0x10 = 0x1\nmsr 0x3a = 0x5\n");
  EXPECT_THAT(imported->notes,
              ElementsAre("2 later readings with another value left out, the first of MSR 0x10 of "
                          "CPU 0: the first reading of each register is kept"));
}

TEST(Chipsec, DuplicateKeysAreRepeatedCalls) {
  const auto imported = ImportOne(kChipsec, R"json({
  "read_msr": {"(0,16)": ["(1, 0)"], "(0,16)": ["(2, 0)"]},
  "read_msr": {
  "(0,58)" : ["(5, 0)"], "(0,16)" : ["(3, 0)"]
}
})json");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot), "cpu 0\nmsr 0x10 = 0x1\nmsr 0x3a = 0x5\n");
  EXPECT_THAT(imported->notes, ElementsAre(HasSubstr("MSR 0x10 of CPU 0")));
}

TEST(Chipsec, FailuresStayFailures) {
  const auto imported = ImportOne(kChipsec, R"json({
  "read_msr": {
    "(0,1)": ["!! <class 'OSError'>: [Errno 5] Input/output error"],
    "(0,2)": ["!! <class 'chipsec.x'>: HW Access Violation: STATUS (0xC0000096)"],
    "(0,3)": ["!! <class 'OSError'>: [Errno 6] No such device or address"],
    "(0,4)": ["!! <class 'PermissionError'>: [Errno 13] Permission denied"],
    "(0,5)": ["!! <class 'PermissionError'>: [Errno 1] Operation not permitted"],
    "(0,6)": ["!! <class 'FileNotFoundError'>: [Errno 2] No such file or directory"],
    "(0,7)": ["!! <class 'NotImplementedError'>: "],
    "(0,8)": ["None"],
    "(0,9)": ["(-1, -1)"],
    "(0,10)": ["__import__('os').system('id')"],
    "(0,11)": ["(5, 0, 0)"],
    "(0,12)": ["(4294967296, 0)"],
    "(0,13)": [""]
  },
  "cpuid": {
  "(0,0)" : ["(1, 2, 3)"], "(1,0)" : ["None"]
}
})json");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 0\n"
            "cpuid 0x0.0x0 ! malformed-dump\n"
            "cpuid 0x1.0x0 ! io\n"
            "msr 0x1 ! general-protection\n"
            "msr 0x2 ! general-protection\n"
            "msr 0x3 ! cpu-offline\n"
            "msr 0x4 ! permission-denied\n"
            "msr 0x5 ! permission-denied\n"
            "msr 0x6 ! no-driver\n"
            "msr 0x7 ! io\n"
            "msr 0x8 ! io\n"
            "msr 0x9 ! io\n"
            "msr 0xa ! malformed-dump\n"
            "msr 0xb ! malformed-dump\n"
            "msr 0xc ! malformed-dump\n"
            "msr 0xd ! malformed-dump\n");
}

TEST(Chipsec, ARecordingOfSomeCpusSaysSo) {
  const auto imported = ImportOne(kChipsec, R"json({
  "get_threads_count": {"()": ["8"]}, "read_msr": {"(0,58)": ["(5, 0)"]}
})json");
  ASSERT_TRUE(imported.has_value());
  EXPECT_EQ(imported->snapshot.online(), CpuSet(LogicalCpu{0}));
  EXPECT_THAT(imported->notes,
              ElementsAre("the machine has 8 logical CPUs, of which the recording covers 1"));
}

TEST(Chipsec, SeveralRecordingsOfOneMachineAreJoined) {
  const std::array files = {File{"a.json", R"json({"read_msr": {"(1,58)": ["(5, 0)"]}})json"},
                            File{"b.json", R"json({"cpuid": {"(1,0)": ["(1, 2, 3, 4)"]}})json"}};
  const auto imported = kChipsec.import(files, {});
  ASSERT_TRUE(imported.has_value());
  EXPECT_EQ(Body(imported->snapshot), "cpu 1\ncpuid 0x1.0x0 = 0x1 0x2 0x3 0x4\nmsr 0x3a = 0x5\n");
}

TEST(Chipsec, RefusesWithThePlace) {
  for (const Refused& refused : {
           Refused{"{\"read_msr\": {\n\"(0;58)\": [\"(5, 0)\"]}}", 2, 11, "read_msr"},
           Refused{"{\"read_msr\": {\n\"(65536,58)\": [\"(5, 0)\"]}}", 2, 15, "read_msr"},
           Refused{"{\"read_msr\": {\n\"(0,58)\": \"(5, 0)\"}}", 2, 11, "array"},
           Refused{"{\"read_msr\": {\n\"(0,58)\": [5]}}", 2, 12, "string"},
           Refused{"{\"read_msr\": {\n\"(0,58)\": [[\"(5, 0)\"]]}}", 2, 12, "string"},
           Refused{"{\"cpuid\": {\"(0x1,0)\": [\"(1, 2, 3, 4)\"]}}", 1, 23, "cpuid"},
           Refused{"{\"cpuid\": 5}", 1, 11, "array"},
           Refused{"{\"read_pci_reg\": {\"(0,0,0,0,4)\": [\"5\"]}}", 0, 0, "no call of read_msr"},
           Refused{"{\"read_msr\": {\"(0,58)\": [\"(5, 0)\"]}", 1, 36, "JSON"},
           Refused{"{\"read_msr\": {\"(0,58)\": [\"(5, \xff)\"]}", 1, 31, "JSON"},
           Refused{"{\"x\": 1e999}", 1, 11, "JSON"},
       }) {
    ExpectRefused(kChipsec, refused);
  }
}

TEST(Chipsec, DeepNestingIsRefusedAndNotFollowed) {
  const std::string deep = "{\"x\": " + std::string(5'000'000, '[');
  const auto imported = ImportOne(kChipsec, deep);
  ASSERT_FALSE(imported.has_value());
  EXPECT_THAT(imported.error().message, HasSubstr("nesting"));
}

Confidence DetectIn(std::string_view content) { return kChipsec.detect({"x", content}); }

TEST(Chipsec, IsRecognisedByItsContent) {
  EXPECT_EQ(DetectIn("{\n  \"read_msr\" : {\n    \"(0,58)\": []}}"), Confidence::kCertain);
  EXPECT_EQ(DetectIn(R"json({"set_affinity": {"0": ["0"]}, "cpuid": {"(1,0)": []}})json"),
            Confidence::kCertain);
  EXPECT_EQ(DetectIn(R"json({"read_cr": {"(0,4)": ["1"]}})json"), Confidence::kLikely);
  for (const std::string_view other :
       {"", "{", "{}", "{\"", "{\"read_msr\"", "{\"read_msr\": {}}", "{\"cpuid\": \"(1,0)\"}",
        "{\"guest_cpu_config\": {}}", "[\"read_msr\"]"}) {
    EXPECT_EQ(DetectIn(other), Confidence::kNone) << other;
  }
}

}  // namespace
}  // namespace vtprobe::import
