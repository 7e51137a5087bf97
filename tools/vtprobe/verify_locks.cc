// vtprobe verify-locks: is a write refused where a register says that it is locked? The
// value that it has is written to it, by another program: this one reads what that
// tells.

#include <string>
#include <vector>

#include "command.h"
#include "host_question.h"
#include "output.h"
#include "register_writer.h"
#include "vtprobe/report/locks.h"
#include "writer_lines.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options->AddFlag("--yes", &arguments->is_meant,
                   "Write registers: to each that is locked the value that it has");
  options->AddFlag("--in-guest", &arguments->in_guest,
                   "In a guest as well, where the registers are the hypervisor's");
  DeclareCpus(options, arguments);
  DeclareFormat(options, arguments);
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
  options->Footer(
      "Where a lock locks, the CPU refuses the write; where it does not, nothing changes.\n"
      "Registers of which a write proves nothing are named and left alone, and so is one\n"
      "whose LOCK reads 0. Needs root and the msr driver. The kernel is tainted until it\n"
      "is started again.\n"
      "Exit status:\n"
      "  0  every register that could be asked refused the write on every CPU\n"
      "  1  one took it, or is not locked, or its value changed: that stops it at once\n"
      "  2  nothing is known: not root, a guest, no driver, the kernel refuses writes, or\n"
      "     no such register\n"
      "  64 usage (without --yes, too), 74 output failed");
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  if (!arguments.is_meant) {
    return Fails(kUsageError, "verify-locks writes registers: say --yes if that is what you want");
  }
  const auto question = QuestionOf(arguments, process);
  if (!question) return tl::unexpected(question.error());

  std::vector<std::string> words = {"verify-locks", "--yes", question->host.online.ToString()};
  if (arguments.in_guest) words.emplace_back("--in-guest");
  SayThatWritesTaint(arguments.quiet);
  const auto told = RunRegisterWriter(words);
  if (!told) return tl::unexpected(told.error());
  const LockReport report = ReadWriterLines(*told).locks;
  const auto written =
      process.output->Write(question->as_json ? RenderLocksJson(report, process.version)
                                              : RenderLocksText(report, question->style));
  if (!written) return tl::unexpected(written.error());
  return ExitCode(report);
}

}  // namespace

const Command kVerifyLocks{.name = "verify-locks",
                           .summary = "Is a write refused where a register says it is locked?",
                           .declare = Declare,
                           .run = Run};

}  // namespace vtprobe
