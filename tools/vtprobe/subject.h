// What a command is to look at: this machine or a recording, all of it or some
// CPUs.

#ifndef VTPROBE_TOOLS_VTPROBE_SUBJECT_H_
#define VTPROBE_TOOLS_VTPROBE_SUBJECT_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "command.h"
#include "failure.h"
#include "opened_files.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/import/importer.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {

struct LoadedSubject {
  PlatformSnapshot snapshot;
  std::optional<std::string> source;      // the recording's name; nothing: this machine
  std::vector<PlatformSnapshot> earlier;  // recordings given before it
  std::vector<std::string> earlier_names{};
  std::vector<std::string> notes{};  // on how they were brought together, a sentence each
};

// Asked for a live machine only; a recording is loaded as it is.
using MakePlan = std::function<CapturePlan()>;

// How recordings are loaded.
struct HowToLoad {
  std::optional<CpuSet> cpus;  // only these; none: all
  bool is_quiet = false;       // no notes on how they were read
  bool names_files = false;    // in the notes
  const OpenedFiles* opened = nullptr;
};

// The CPUs that --cpus names; nothing: all. kUsageError for what is no list.
OrFailure<std::optional<CpuSet>> ChosenCpus(const Arguments& arguments);

// This machine, with those of its CPUs that were chosen. kUsageError if it does not
// have them.
OrFailure<HostContext> ChosenHost(const std::optional<CpuSet>& chosen);

// The recording's chosen CPUs, its notes told. kUsageError if it does not have
// them.
OrFailure<PlatformSnapshot> ChosenPart(const std::string& path, import::Imported recording,
                                       const HowToLoad& how);

// The last of these recordings of one machine, with those before it. kUsageError
// if they are of different machines, as far as their CPUs tell.
OrFailure<LoadedSubject> LoadSequence(const std::vector<std::string>& paths, const HowToLoad& how);

// By --replay and --cpus.
OrFailure<LoadedSubject> LoadSubject(const Arguments& arguments, const Process& process,
                                     const MakePlan& make_plan);

// The same, of which several recordings may be given: the last is the subject.
OrFailure<LoadedSubject> LoadSubjectWithEarlier(const Arguments& arguments, const Process& process,
                                                const MakePlan& make_plan);

// What these read by the same options.
OrFailure<Reads> ReadsOfSubject(const Arguments& arguments);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_SUBJECT_H_
