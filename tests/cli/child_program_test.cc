// Programs that are run for what they say, however much of it and wherever.

#include "vtprobe/child_program.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>

namespace vtprobe {
namespace {

tl::expected<EndedProgram, int> RunShell(const std::string& script) {
  // One that waits for a reader for ever is ended by timeout, with 124.
  return RunProgram("/usr/bin/timeout", {"timeout", "20", "/bin/sh", "-c", script});
}

TEST(RunProgram, TakesWhatIsSaidAndTheStatus) {
  const auto ended = RunShell("echo told; echo why >&2; exit 3");
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->out, "told\n");
  EXPECT_EQ(ended->err, "why\n");
  ASSERT_TRUE(WIFEXITED(ended->status));
  EXPECT_EQ(WEXITSTATUS(ended->status), 3);
}

// A pipe holds 64 KiB.
TEST(RunProgram, TakesMoreThanAPipeHoldsFromBoth) {
  const auto ended = RunShell(
      "/usr/bin/head -c 300000 /dev/zero >&2; /usr/bin/head -c 300000 /dev/zero; echo told");
  ASSERT_TRUE(ended);
  ASSERT_TRUE(WIFEXITED(ended->status));
  EXPECT_EQ(WEXITSTATUS(ended->status), 0);
  EXPECT_EQ(ended->err.size(), 300'000u);
  EXPECT_EQ(ended->out.size(), 300'005u);
}

TEST(RunProgram, GivesItNoEnvironment) {
  const auto ended = RunProgram("/usr/bin/env", {"env"});
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->out, "");
}

TEST(RunProgram, TellsWhyItDoesNotStart) {
  const auto ended = RunProgram("/nowhere/program", {"program"});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(), ENOENT);
}

}  // namespace
}  // namespace vtprobe
