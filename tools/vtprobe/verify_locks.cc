// vtprobe verify-locks: is a write refused where a register says that it is locked? The
// value that it has is written to it, by another program: this one reads what that
// tells.

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "command.h"
#include "output.h"
#include "register_writer.h"
#include "subject.h"
#include "vtprobe/report/locks.h"

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

// One line of what the writer tells; what is none of its lines is passed over.
void Take(const std::string& line, LockReport* report) {
  std::istringstream words(line);
  std::string kind;
  words >> kind;
  if (kind == "left-alone") {
    UnprovableLock lock;
    words >> lock.name >> std::ws;
    std::getline(words, lock.why);
    report->unprovable.push_back(std::move(lock));
    return;
  }
  LockGroup group;
  std::string cpus;
  if (kind != "lock" || !(words >> cpus >> group.address >> group.name >> group.outcome >>
                          group.before >> group.after)) {
    return;
  }
  const auto parsed = CpuSet::Parse(cpus);
  if (!parsed) return;
  if (group.before == "-") group.before.clear();
  if (group.after == "-") group.after.clear();
  const auto same =
      std::find_if(report->groups.begin(), report->groups.end(), [&](const LockGroup& other) {
        return other.address == group.address && other.outcome == group.outcome &&
               other.before == group.before && other.after == group.after;
      });
  if (same != report->groups.end()) {
    same->cpus = same->cpus.Union(*parsed);
    return;
  }
  group.cpus = *parsed;
  report->groups.push_back(std::move(group));
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  const auto as_json = WantsJson(arguments);
  if (!as_json) return tl::unexpected(as_json.error());
  const auto chosen = ChosenCpus(arguments);
  if (!chosen) return tl::unexpected(chosen.error());
  if (!arguments.is_meant) {
    return Fails(kUsageError, "verify-locks writes registers: say --yes if that is what you want");
  }
  const auto host = ChosenHost(*chosen);
  if (!host) return tl::unexpected(host.error());

  std::vector<std::string> words = {"verify-locks", "--yes", host->online.ToString()};
  if (arguments.in_guest) words.emplace_back("--in-guest");
  SayThatWritesTaint(arguments.quiet);
  const auto told = RunRegisterWriter(words);
  if (!told) return tl::unexpected(told.error());
  LockReport report;
  std::istringstream lines(*told);
  for (std::string line; std::getline(lines, line);) Take(line, &report);
  const auto written = process.output->Write(*as_json ? RenderLocksJson(report, process.version)
                                                      : RenderLocksText(report, *style));
  if (!written) return tl::unexpected(written.error());
  return ExitCode(report);
}

}  // namespace

const Command kVerifyLocks{.name = "verify-locks",
                           .summary = "Is a write refused where a register says it is locked?",
                           .declare = Declare,
                           .run = Run};

}  // namespace vtprobe
