#include "register_writer.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "child_program.h"
#include "fd_io.h"
#include "output.h"

namespace vtprobe {
namespace {

constexpr int kUndetermined = 2;
constexpr const char* kProgram = "vtprobe-msr-writer";

// Beside this program where it was built, or where it was installed with it.
std::string PathOfWriter() {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* const place : {".", VTPROBE_LIBEXEC_FROM_PROGRAM}) {
    const auto path = folder / place / kProgram;
    if (::access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

}  // namespace

// Since Linux 5.9. [linux] arch/x86/kernel/msr.c
void SayThatWritesTaint(bool is_quiet) {
  if (is_quiet) return;
  PrintError(
      "vtprobe: note: a register that is written by a program taints the kernel until it is "
      "started again\n");
}

OrFailure<std::string> RunRegisterWriter(const std::vector<std::string>& arguments) {
  const std::string path = PathOfWriter();
  if (path.empty()) {
    return Fails(kUndetermined,
                 fmt::format("{}, which writes registers, is not installed", kProgram));
  }
  std::vector<std::string> argv = {kProgram};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto ended = RunProgram(path, std::move(argv));
  if (!ended) {
    return Fails(kUndetermined, fmt::format("can't start {}: {}", path, ErrnoText(ended.error())));
  }
  if (WIFEXITED(ended->status) && WEXITSTATUS(ended->status) == 0) return std::move(ended->out);
  std::string& why = ended->err;
  while (why.ends_with('\n')) why.pop_back();
  if (why.empty()) why = fmt::format("{} ended with status {:#x}", kProgram, ended->status);
  // What was done before it ended is not lost.
  return Fails(kUndetermined,
               ended->out.empty() ? why : fmt::format("{}; it had told:\n{}", why, ended->out));
}

}  // namespace vtprobe
