// vtprobe-hwtest: the hardware test suite of this machine, or of a recording of one, for
// laboratories and CI that run GoogleTests.

#include "vtprobe/hwtest/main.h"

#include "vtprobe/hwtest/live_backends.h"

int main(int argc, char** argv) { return vtprobe::hwtest::Main(argc, argv); }
