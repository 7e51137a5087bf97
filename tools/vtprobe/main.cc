// vtprobe: where everything is put together, and the only place that ends the
// process.

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <new>

#include "command.h"
#include "command_line.h"
#include "output.h"
#include "worker.h"

namespace vtprobe {
namespace {

OrFailure<int> RunConfined(const Request& request, const Reads& reads, Output* output) {
  const auto& [command, arguments] = request;
  Confinement confinement(reads);
  confinement.Begin();
  auto exit_status =
      command->run(arguments, {VTPROBE_VERSION, DescribeTerminal(), output, &confinement});
  if (arguments.verbose) {
    for (const std::string& note : confinement.notes()) {
      PrintError(fmt::format("vtprobe: note: {}\n", note));
    }
  }
  return exit_status;
}

OrFailure<int> Run(const Request& request) {
  const auto& [command, arguments] = request;
  const auto mode = OutputModeOf(arguments, command->records && ::geteuid() == 0);
  if (!mode) return tl::unexpected(mode.error());
  const auto output = OpenOutput(arguments.output, *mode);
  if (!output) return tl::unexpected(output.error());
  if (command->reads == nullptr) {
    return command->run(arguments, {VTPROBE_VERSION, DescribeTerminal(), output->get(), nullptr});
  }
  const auto reads = command->reads(arguments);
  if (!reads) return tl::unexpected(reads.error());
  if ((*output)->place() == nullptr) return RunConfined(request, *reads, output->get());
  return RunInWorker(output->get(), [&](Output& handed_over) {
    return RunConfined(request, *reads, &handed_over);
  });
}

OrFailure<int> Main(int argc, const char* const* argv) {
  const auto request = ParseCommandLine(argc, argv, VTPROBE_VERSION);
  if (!request) return tl::unexpected(request.error());
  if (const auto* const text = std::get_if<std::string>(&*request)) {
    return OpenOutput(std::nullopt, {}).and_then([&](const auto& output) {
      return output->Write(*text).map([] { return 0; });
    });
  }
  return Run(std::get<Request>(*request));
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
