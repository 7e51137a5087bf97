#include <vtprobe/fixtures/platform_builder.h>
#include <vtprobe/fixtures/verdict_matchers.h>

using namespace vtprobe;
using namespace vtprobe::fixtures;

TEST(Decode, TheMailingListsCase) {
  EXPECT_THAT(PlatformBuilder::Intel().FeatureControl(0xff03), HasState(State::kEnabledInSmxOnly));
}

TEST(Decode, OneCpuIsLeftBehind) {
  const PlatformSnapshot host =
      PlatformBuilder::Intel().Cpus(8).Locked().VmxOutsideSmx().SwitchedOff("3");
  EXPECT_THAT(host, FailsRule("virtualization.uniform").OnCpus("3"));
}
