#include "each_machine.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "fd_io.h"
#include "input.h"
#include "sequence.h"
#include "vtprobe/import/archive_reader.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

// Why nothing of a folder or an archive is a machine.
tl::unexpected<Failure> NoRecording(const std::string& path) {
  return Fails(kInputMissing, InputName(path) + ": there is no recording in it");
}

// What recordings are called: of such a file somebody expects an answer, though
// nothing was written to it.
bool HasNameOfRecording(std::string_view name) {
  return name.ends_with(".dump") || name.ends_with(".vtpb");
}

class Walk {
 public:
  Walk(const EachMachineOptions& options, const std::function<void(NamedMachine)>& take)
      : options_(options), take_(take) {}

  OrFailure<std::size_t> Go(const std::vector<std::string>& paths) {
    has_one_path_ = paths.size() == 1;
    for (const std::string& path : paths) {
      Visit(path);
      if (usage_error_) return tl::unexpected(*usage_error_);
    }
    return not_recordings_;
  }

 private:
  void Visit(const std::string& path) {
    std::error_code ignored;
    if (path == "-" || !fs::is_directory(path, ignored)) return VisitFile(path);
    const auto recordings = RecordingsOf({path});
    if (!recordings || *recordings != std::vector{path}) return TakeSequence(path, recordings);
    auto machines = MachinesIn(path);
    if (!machines) return Take(path, tl::unexpected(machines.error()), true);
    const std::size_t before = taken_;
    for (MachinePaths& paths : *machines) {
      std::string name = paths.front();
      TakeFound({std::move(name), std::move(paths)});
    }
    if (taken_ == before) Take(path, NoRecording(path), true);
  }

  void TakeSequence(const std::string& path, const OrFailure<std::vector<std::string>>& paths) {
    Take(path,
         paths.and_then([&](const auto& recordings) { return LoadSequence(recordings, How()); }),
         true);
  }

  void VisitFile(const std::string& path) {
    const InputFile file(path, options_.opened);
    if (!file.valid()) return Take(path, CantRead(path, ErrnoText(-file.get())), true);
    struct stat status {};
    const bool is_regular = ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (is_regular && path != "-") {
      const auto archive = import::ArchiveReader::OfDescriptor(file.get());
      if (archive && archive->is_tar()) return VisitArchive(path);
      return Take(path, LoadSequence({path}, How()), true);
    }
    VisitPipe(path, file);
  }

  // Read once; whether it is an archive shows in what came.
  void VisitPipe(const std::string& path, const InputFile& file) {
    import::Allowance allowance;
    auto content = ReadAll(path, file, /*takes_all=*/false, &allowance);
    if (!content) return Take(path, tl::unexpected(content.error()), true);
    auto archive = import::ArchiveReader::OfMemory(*content);
    if (!archive || !archive->is_tar()) {
      std::vector<import::Input> inputs;
      inputs.push_back({InputName(path), *std::move(content), true});
      return Take(path, Loaded(path, ReadRecordingOf(std::move(inputs), &allowance)), true);
    }
    TakeArchive(path,
                [&](const auto& take) { return ReadArchive(path, *std::move(archive), take); });
  }

  void VisitArchive(const std::string& path) {
    TakeArchive(path, [&](const auto& take) { return ReadArchive(path, *options_.opened, take); });
  }

  template <typename Read>
  void TakeArchive(const std::string& path, const Read& read) {
    const std::size_t before = taken_;
    const auto summary = read([&](FoundMachine machine) { TakeFound(std::move(machine)); });
    if (!summary) return Take(path, tl::unexpected(summary.error()), true);
    if (taken_ == before) Take(path, NoRecording(path), true);
  }

  void TakeFound(FoundMachine machine) {
    const std::string name = machine.name;
    import::Allowance allowance;
    auto recording = LoadIfRecording(std::move(machine), &allowance);
    if (!recording) return Take(name, tl::unexpected(std::move(recording.error())), false);
    if (!*recording) {
      if (!HasNameOfRecording(name)) {
        ++not_recordings_;
        return;
      }
      return Take(name,
                  Fails(kMalformedInput, Printable(name) + ":1:1: nothing in it is a recording"),
                  false);
    }
    Take(name, Loaded(name, **std::move(recording)), false);
  }

  OrFailure<LoadedSubject> Loaded(const std::string& path, OrFailure<import::Imported> recording) {
    if (!recording) return tl::unexpected(std::move(recording.error()));
    auto snapshot = ChosenPart(path, *std::move(recording), How());
    if (!snapshot) return tl::unexpected(std::move(snapshot.error()));
    return LoadedSubject{*std::move(snapshot), InputName(path), {}};
  }

  void Take(const std::string& path, OrFailure<LoadedSubject> subject, bool is_named) {
    if (!subject && subject.error().exit_status == kUsageError) {
      usage_error_ = subject.error();
      return;
    }
    ++taken_;
    take_({InputName(path), std::move(subject), is_named});
  }

  HowToLoad How() const {
    return {.cpus = options_.cpus,
            .is_quiet = options_.is_quiet,
            .names_files = !has_one_path_,
            .opened = options_.opened};
  }

  const EachMachineOptions& options_;
  const std::function<void(NamedMachine)>& take_;
  bool has_one_path_ = false;
  std::size_t taken_ = 0;
  std::size_t not_recordings_ = 0;
  std::optional<Failure> usage_error_;
};

}  // namespace

OrFailure<std::size_t> ForEachMachine(const std::vector<std::string>& paths,
                                      const EachMachineOptions& options,
                                      const std::function<void(NamedMachine)>& take) {
  if (std::count(paths.begin(), paths.end(), "-") > 1) return StandardInputTwice();
  return Walk(options, take).Go(paths);
}

}  // namespace vtprobe
