// Which machines a folder or an archive of recordings holds.

#ifndef VTPROBE_TOOLS_VTPROBE_RECORDED_MACHINES_H_
#define VTPROBE_TOOLS_VTPROBE_RECORDED_MACHINES_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "failure.h"
#include "opened_files.h"
#include "vtprobe/import/allowance.h"
#include "vtprobe/import/archive_reader.h"
#include "vtprobe/import/recording.h"

namespace vtprobe {

// A folder with this file is that one machine, whatever else it holds.
inline constexpr std::string_view kWholeMachine = "machine.dump";
// A folder with this file, as hwloc writes it, is a machine as a whole.
inline constexpr std::string_view kFirstOfWholeFolder = "pu0";

// The files or the folder that one machine's recording is made of, as
// LoadRecording() takes them.
using MachinePaths = std::vector<std::string>;

struct FoundMachine {
  std::string name;  // for people
  // Where it is, or its files with their content, or why there is neither.
  std::variant<MachinePaths, std::vector<import::Input>, Failure> recording;
};

// The machine's recording; nothing if none of its files looks like one.
OrFailure<std::optional<import::Imported>> LoadIfRecording(FoundMachine machine,
                                                           import::Allowance* allowance);

// Everything below the folder, in the order of names. In a folder that is no
// machine as a whole each file is one of its own. Links to folders are not
// followed. kInputMissing for a folder that can't be read.
OrFailure<std::vector<MachinePaths>> MachinesIn(const std::string& folder);

// What reading an archive also came upon.
struct ArchiveSummary {
  std::size_t links = 0;  // members without content of their own
};

// Gives `take` each machine of an archive, in the order of the archive and by
// the rules of MachinesIn(); "-" is standard input. It is read from front to
// end, once, and no more of it is in memory than waits for a decision
// (machine_gatherer.h). A failure is that of an archive of which nothing was
// read; where it breaks later, the last machine given is that failure.
OrFailure<ArchiveSummary> ReadArchive(const std::string& path, const OpenedFiles& opened,
                                      const std::function<void(FoundMachine)>& take);

// The same of one that was opened.
OrFailure<ArchiveSummary> ReadArchive(const std::string& path, import::ArchiveReader reader,
                                      const std::function<void(FoundMachine)>& take);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_RECORDED_MACHINES_H_
