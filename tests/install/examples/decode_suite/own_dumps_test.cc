// The CI job's own recordings, each a test case, and shipped ones by name.
#include <vtprobe/fixtures/recorded_machines.h>
#include <vtprobe/fixtures/replay_platform.h>
#include <vtprobe/fixtures/verdict_matchers.h>

using namespace vtprobe;
using namespace vtprobe::fixtures;

class OurBoards : public RecordedMachineTest {};

TEST_P(OurBoards, LeaveVirtualizationOn) { EXPECT_THAT(platform(), HasState(State::kEnabled)); }

VTPROBE_INSTANTIATE_OVER_DUMPS(OurBoards, OWN_DUMPS);

TEST(ShippedMachine, IsFoundByName) {
  EXPECT_THAT(ReplayPlatform("intel/core2-smx-only-ff03"), HasState(State::kEnabledInSmxOnly));
}
