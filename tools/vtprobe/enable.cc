// vtprobe enable: the extension switched on where nothing locks it, by another program,
// and what the machine says then.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "child_program.h"
#include "command.h"
#include "fd_io.h"
#include "output.h"
#include "register_writer.h"
#include "subject.h"
#include "vtprobe/wording/cpus_text.h"
#include "worker.h"
#include "writer_lines.h"

namespace vtprobe {
namespace {

constexpr int kUndetermined = 2;

void Declare(CommandOptions* options, Arguments* arguments) {
  options->AddFlag("--yes", &arguments->is_meant, "Write the registers");
  options->AddFlag("--dry-run", &arguments->only_says,
                   "Say what would be written, and write nothing");
  options->AddFlag("--in-smx", &arguments->in_smx,
                   "VT-x under a measured launch as well, on a CPU with SMX");
  options->Footer(
      "VT-x: sets LOCK and VMX_OUTSIDE_SMX of IA32_FEATURE_CONTROL. SVM: clears SVMDIS of\n"
      "VM_CR. Every other bit is written as it was read, on every CPU on which it is off.\n"
      "Nothing is written where one CPU is locked with it off or can't be read, where CPUs\n"
      "differ in other bits, or in a guest. It lasts until the next reset. Needs root and\n"
      "the msr driver. The kernel is tainted until it is started again.\n"
      "Exit status:\n"
      "  that of vtprobe check --prove, which runs afterwards; of --dry-run 0\n"
      "  2  nothing was written, or not all: the message says why\n"
      "  64 usage (with neither --yes nor --dry-run, or both), 74 output failed");
}

std::string InWords(const ToldByWriter& told, bool only_says) {
  const bool is_vmx = told.extension == "vmx";
  if (told.writes.empty()) return "Nothing to write: it is switched on on every CPU.\n";
  std::string text;
  for (const WriteGroup& group : told.writes) {
    text +=
        fmt::format("{} {} ({}) on {}: {} in place of {}\n", only_says ? "Would write" : "Wrote",
                    is_vmx ? "IA32_FEATURE_CONTROL" : "VM_CR", group.address, CpusText(group.cpus),
                    group.value, group.before);
  }
  if (only_says) return text + "Nothing was written.\n";
  return text +
         fmt::format(
             "It lasts until the next reset. To make it last, enable {} in firmware setup.\n",
             is_vmx ? "\"Intel Virtualization Technology\" (VT-x, VMX)" : "\"SVM Mode\" (AMD-V)");
}

// What the machine says now, by this same program, which then gives up its rights.
OrFailure<int> CheckAfterwards() {
  const auto child = StartProgram("/proc/self/exe", {"vtprobe", "check", "--prove"});
  if (!child) {
    return Fails(kUndetermined, fmt::format("can't check it: {}", ErrnoText(child.error())));
  }
  return WaitFor(*child);
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  if (arguments.is_meant == arguments.only_says) {
    return Fails(kUsageError,
                 "enable writes registers: say --yes if that is what you want, or --dry-run");
  }
  const auto host = ChosenHost(std::nullopt);
  if (!host) return tl::unexpected(host.error());
  std::vector<std::string> words = {"enable", arguments.only_says ? "--dry-run" : "--yes",
                                    host->online.ToString()};
  if (arguments.in_smx) words.emplace_back("--in-smx");
  if (arguments.is_meant) SayThatWritesTaint(false);
  const auto text = RunRegisterWriter(words);
  if (!text) return tl::unexpected(text.error());
  const auto written = process.output->Write(InWords(ReadWriterLines(*text), arguments.only_says));
  if (!written) return tl::unexpected(written.error());
  if (arguments.only_says) return 0;
  return CheckAfterwards();
}

}  // namespace

const Command kEnable{.name = "enable",
                      .summary = "Switch hardware virtualization on where nothing locks it",
                      .declare = Declare,
                      .run = Run};

}  // namespace vtprobe
