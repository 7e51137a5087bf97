// The cookbook's recipe 4, which is a program.

#include <vtprobe/fixtures/verdict_matchers.h>
#include <vtprobe/hwtest/main.h>

using namespace vtprobe;            // NOLINT(google-build-using-namespace): as its reader has it
using namespace vtprobe::fixtures;  // NOLINT(google-build-using-namespace)

#include "recipe_4.inc"
