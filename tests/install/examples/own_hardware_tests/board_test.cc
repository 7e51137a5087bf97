#include <vtprobe/fixtures/verdict_matchers.h>
#include <vtprobe/hwtest/live_backends.h>
#include <vtprobe/hwtest/main.h>
#include <vtprobe/registers/msr.h>

using vtprobe::hwtest::Machine;

void AddOurTests(vtprobe::hwtest::Suite& suite) {
  suite.Add("Board", "LeavesVirtualizationOn", [](const Machine& machine) {
    EXPECT_THAT(machine.snapshot(),
                vtprobe::fixtures::Holds(vtprobe::registers::kFeatureControl, 0x5));
  });
}

int main(int argc, char** argv) { return vtprobe::hwtest::Main(argc, argv, AddOurTests); }
