// vtprobe prove: a guest on every CPU, and what that proves.

#include "command.h"
#include "host_question.h"
#include "live_machine.h"
#include "output.h"
#include "vtprobe/report/proof.h"

namespace vtprobe {
namespace {

// A day.
constexpr unsigned kMostSeconds = 86'400;

void Declare(CommandOptions* options, Arguments* arguments) {
  DeclareCpus(options, arguments);
  options
      ->Add("--seconds", &arguments->seconds,
            "Run guests again and again for that long; by default each CPU runs its two once")
      .AtMost(kMostSeconds)
      .Takes("N");
  DeclareFormat(options, arguments);
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
  options->Footer(
      "Needs /dev/kvm and no other right. Guests of a few instructions run in 16-bit real\n"
      "mode and in 64-bit mode with paging; what they compute is compared.\n"
      "Exit status:\n"
      "  0  guests ran on every CPU, by a KVM that needs VT-x or SVM\n"
      "  1  on some CPU one was refused, or computed wrongly\n"
      "  2  nothing is proven: no KVM, no right to it, another hypervisor holds the\n"
      "     extension, or a KVM that needs no hardware\n"
      "  64 usage, 74 output failed");
}

OrFailure<Reads> WhatIsRead(const Arguments&) {
  return Reads{.paths = {}, .machine = true, .proves = true};
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto question = QuestionOf(arguments, process);
  if (!question) return tl::unexpected(question.error());

  const auto report = ProveLiveMachine(question->host, arguments.seconds);
  if (!report) return tl::unexpected(report.error());
  const auto written =
      process.output->Write(question->as_json ? RenderProofJson(*report, process.version)
                                              : RenderProofText(*report, question->style));
  if (!written) return tl::unexpected(written.error());
  return ExitCode(Conclude(report->proof));
}

}  // namespace

const Command kProve{.name = "prove",
                     .summary = "Run a guest on every CPU: does virtualization work?",
                     .declare = Declare,
                     .run = Run,
                     .reads = WhatIsRead};

}  // namespace vtprobe
