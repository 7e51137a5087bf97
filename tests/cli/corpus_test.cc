// vtprobe corpus: machines are counted, whatever their recordings are made of,
// and one that can't be read is not passed over in silence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Corpus, CountsMachinesByDesignAndState) {
  TempTree tree;
  tree.Write("intel/one/machine.dump", 0, kSmxOnly);
  tree.Write("intel/one/manifest.toml", 0, "title = \"x\"\n");
  tree.Write("hwloc/pu0", 0, kPu);
  tree.Write("hwloc/pu1", 0, kPu);
  tree.Write("dumps/a.dump", 0, "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n");
  tree.Write("dumps/README", 0, "text\n");
  std::filesystem::create_directory_symlink("..", tree.root() + "/dumps/loop");

  const Ended ended = Vtprobe({"corpus", tree.root()});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.err, IsEmpty());
  EXPECT_EQ(
      ended.out,
      "vendor        generation  recordings  state\n"
      "GenuineIntel  Skylake              2  enabled_in_smx_only 1, indeterminate 1\n"
      "unknown       unknown              1  indeterminate 1\n"
      "all                                3  enabled_in_smx_only 1, indeterminate 2\n"
      "No recording is enabled, enabled_unlocked, disabled_locked, disabled_unlocked, "
      "disabled_needs_key, unlocked, unsupported, in_use, hidden_by_hypervisor, contradictory, "
      "inconsistent.\n"
      "Files that are no recordings: 1.\n");
}

TEST(Corpus, ARecordingThatIsMalformedFailsLoudly) {
  TempTree tree;
  tree.Write("a/machine.dump", 0, kSmxOnly);
  tree.Write("b/machine.dump", 0, "vtprobe-dump 1\ncpu x\n");
  const Ended ended = Vtprobe({"corpus", tree.root()});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.out, HasSubstr("enabled_in_smx_only 1"));
  EXPECT_THAT(ended.err, StartsWith(tree.root() + "/b/machine.dump:2:5: "));
}

TEST(Corpus, OfNothingSaysSo) {
  EXPECT_EQ(Vtprobe({"corpus", "/nonexistent"}).exit_status, 66);
  const TempTree tree;
  const Ended ended = Vtprobe({"corpus", tree.root()});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("all                          0\n"));
  EXPECT_THAT(ended.out, HasSubstr("There is no recording that could be judged.\n"));
}

TEST(Corpus, KnowsTheRecordingsThatComeWithIt) {
  const Ended ended = Vtprobe({"corpus"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.err, IsEmpty());
  for (const char* const vendor :
       {"GenuineIntel", "AuthenticAMD", "HygonGenuine", "CentaurHauls"}) {
    EXPECT_THAT(ended.out, HasSubstr(vendor));
  }
}

}  // namespace
}  // namespace vtprobe
