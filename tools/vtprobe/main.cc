// vtprobe: where everything is put together, and the only place that ends the
// process.

#include <fmt/format.h>

#include <csignal>
#include <new>

#include "command.h"
#include "command_line.h"
#include "output.h"

namespace vtprobe {
namespace {

OrFailure<int> Main(int argc, const char* const* argv) {
  const auto request = ParseCommandLine(argc, argv, VTPROBE_VERSION);
  if (!request) return tl::unexpected(request.error());
  if (const auto* const text = std::get_if<std::string>(&*request)) {
    return WriteOutput(std::nullopt, *text).map([] { return 0; });
  }
  const auto& [command, arguments] = std::get<Request>(*request);
  return command->run(arguments, {VTPROBE_VERSION, DescribeTerminal()});
}

// A message that begins with a place in a file is left for editors to find.
void Print(const Failure& failure) {
  const bool has_place = failure.exit_status == kMalformedInput;
  PrintError(fmt::format("{}{}\n", has_place ? "" : "vtprobe: ", failure.message));
}

}  // namespace
}  // namespace vtprobe

// Other exceptions are defects of the program, and end it loudly.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
  // A limit on file sizes makes a write fail, as a full disk does.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const auto exit_status = vtprobe::Main(argc, argv);
    if (exit_status) return *exit_status;
    vtprobe::Print(exit_status.error());
    return exit_status.error().exit_status;
  } catch (const std::bad_alloc&) {
    constexpr int kUndetermined = 2;
    vtprobe::PrintError("vtprobe: there is not enough memory for this input\n");
    return kUndetermined;
  }
}
