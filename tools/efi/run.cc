#include "run.h"

#include <string>
#include <utility>

#include "collect.h"
#include "console.h"
#include "dump_file.h"
#include "facts.h"
#include "options.h"
#include "processors.h"
#include "screen.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::efi {
namespace {

constexpr unsigned kSecondsToRead = 60;

constexpr std::string_view kUsage =
    "vtprobe.efi [-s] [-q] [-i]\n"
    "  records the registers of all CPUs in a new file beside this program\n"
    "  -s  no file: the recording goes over the serial line\n"
    "  -q  says nothing but where the recording is\n"
    "  -i  with what tells this machine from its twins (PPIN)\n";

}  // namespace

uefi::Status Run(const Firmware& firmware, LocalCpu& cpu) {
  const Console console(firmware);
  const Options options = ReadOptions(firmware);
  if (!options.unknown.empty()) {
    console.Print(std::string("vtprobe: what is ").append(options.unknown).append("?\n"));
    console.Print(kUsage);
    // A boot entry's words may be another program's: the recording is worth more.
    if (options.by_a_shell) return uefi::kInvalidParameter;
  }

  const Processors processors(firmware);
  if (!options.quiet) {
    console.Print(std::string("\nvtprobe " VTPROBE_VERSION ": reading ")
                      .append(std::to_string(processors.all().size()))
                      .append(" CPUs\n"));
  }
  PlatformSnapshot snapshot = Collect(processors, cpu, options.identifiers, Facts(firmware));
  if (!options.quiet) console.Print(Screen(snapshot));

  uefi::Status status = uefi::kSuccess;
  std::string where;
  bool over_serial = options.serial_only;
  if (!over_serial) {
    const auto path = WriteNewDump(firmware, WriteDump(snapshot));
    if (path) {
      where = std::string("vtprobe: recorded in ").append(*path).append("\n");
    } else {
      console.Print(
          std::string("vtprobe: no file could be written: ").append(path.error()).append("\n"));
      snapshot.mutable_metadata().Set("uefi.no_file", path.error());
      status = uefi::kAborted;
      over_serial = true;
    }
  }
  if (over_serial) {
    const bool sent = console.Serial(WriteDump(snapshot));
    if (!sent) status = uefi::kAborted;
    where = sent ? "vtprobe: recorded over the serial line\n"
                 : "vtprobe: nothing is recorded: there is no serial line that takes it\n";
  }
  console.Print(where);
  if (!options.quiet && !options.by_a_shell) {
    console.Print("Any key, or a minute, ends this.\n");
    console.WaitForKey(kSecondsToRead);
  }
  return status;
}

}  // namespace vtprobe::efi
