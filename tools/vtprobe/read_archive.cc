// The machines of an archive, one member after the other.

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "fd_io.h"
#include "input.h"
#include "machine_gatherer.h"
#include "recorded_machines.h"
#include "vtprobe/import/archive_reader.h"

namespace vtprobe {
namespace {

using import::ArchiveReader;

class ArchiveOfMachines {
 public:
  ArchiveOfMachines(const std::string& path, ArchiveReader reader,
                    const std::function<void(FoundMachine)>& take)
      : name_(InputName(path)),
        reader_(std::move(reader)),
        gatherer_(path == "-" ? "" : path + '!', take),
        take_(take) {}

  OrFailure<ArchiveSummary> Read() {
    auto member = Next();
    if (!member) return tl::unexpected(member.error());
    while (member && *member) {
      Add(**member);
      member = broken_ ? tl::unexpected(*broken_) : Next();
    }
    gatherer_.Finish();
    if (!member) take_({name_, member.error()});
    return summary_;
  }

 private:
  Failure Broken(const std::string& why) const {
    return {kMalformedInput, fmt::format("{}: {}", name_, why)};
  }

  OrFailure<std::optional<ArchiveReader::Member>> Next() {
    return reader_.Next().map_error([&](const std::string& why) { return Broken(why); });
  }

  void Add(const ArchiveReader::Member& member) {
    if (member.kind == ArchiveReader::Kind::kOther) return;
    if (!reader_.is_tar()) {
      auto content = Content(name_, member);
      if (content) take_({name_, std::vector{import::Input{name_, *std::move(content)}}});
      return;
    }
    const std::string path = member.path.empty() ? "(no name)" : member.path;
    if (!gatherer_.Wants(path)) return;
    if (member.kind == ArchiveReader::Kind::kLink) {
      ++summary_.links;
      return;
    }
    auto content = Content(gatherer_.NameOf(path), member);
    if (content) gatherer_.Add(path, *std::move(content));
  }

  // Nothing, and the failure told, if it can't be had.
  std::optional<std::string> Content(const std::string& name, const ArchiveReader::Member& member) {
    const auto more = [&](std::size_t most, std::string* bytes) {
      return reader_.Read(most, bytes).map_error([&](const std::string& why) {
        broken_ = Broken(why);
        return *broken_;
      });
    };
    // It is taken from that of the machine that it belongs to when it is known.
    import::Allowance allowance;
    auto content =
        ReadContent(name, member.size.value_or(0), /*takes_all=*/false, &allowance, more);
    if (content) return *std::move(content);
    if (!broken_) take_({name, content.error()});
    return std::nullopt;
  }

  std::string name_;
  ArchiveReader reader_;
  MachineGatherer gatherer_;
  const std::function<void(FoundMachine)>& take_;
  ArchiveSummary summary_;
  std::optional<Failure> broken_;  // nothing follows
};

}  // namespace

OrFailure<ArchiveSummary> ReadArchive(const std::string& path, const OpenedFiles& opened,
                                      const std::function<void(FoundMachine)>& take) {
  const InputFile file(path, &opened);
  if (!file.valid()) return CantRead(path, ErrnoText(-file.get()));
  auto reader = ArchiveReader::OfDescriptor(file.get());
  if (!reader) {
    return Fails(kMalformedInput, fmt::format("{}: {}", InputName(path), reader.error()));
  }
  return ReadArchive(path, *std::move(reader), take);
}

OrFailure<ArchiveSummary> ReadArchive(const std::string& path, ArchiveReader reader,
                                      const std::function<void(FoundMachine)>& take) {
  return ArchiveOfMachines(path, std::move(reader), take).Read();
}

}  // namespace vtprobe
