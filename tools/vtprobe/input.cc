#include "input.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "fd_io.h"
#include "output.h"
#include "vtprobe/hal/natural_order.h"
#include "vtprobe/import/difference.h"
#include "vtprobe/import/explain.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::size_t kBeginning = std::size_t{1} << 20;

// Of a file, in bytes; 0 for what has no size.
std::size_t SizeOf(int fd) {
  struct stat status = {};
  const bool is_file = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  return is_file && status.st_size > 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

// Appends at most that many bytes: how many, 0 at the end.
OrFailure<std::size_t> Append(const std::string& path, int fd, std::size_t most,
                              std::string* bytes) {
  const std::size_t size = bytes->size();
  bytes->resize(size + most);
  const std::ptrdiff_t count = ReadSome(fd, bytes->data() + size, most);
  if (count < 0) return CantRead(path, ErrnoText(static_cast<int>(-count)));
  bytes->resize(size + static_cast<std::size_t>(count));
  return static_cast<std::size_t>(count);
}

OrFailure<std::string> ReadFile(const std::string& path, bool takes_all, const OpenedFiles* opened,
                                import::Allowance* allowance) {
  const InputFile file(path, opened);
  if (!file.valid()) return CantRead(path, ErrnoText(-file.get()));
  return ReadAll(path, file, takes_all, allowance);
}

// The regular files of a folder; what else there is in it is no recording.
OrFailure<std::vector<std::string>> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(entry->path().string());
  }
  if (error) return CantRead(folder, error.message());
  if (files.empty()) return CantRead(folder, "the directory holds no file");
  std::sort(files.begin(), files.end(), IsNaturallyBefore);
  return files;
}

// A file beside a recording that holds only what differs from its base.
tl::expected<std::string, std::string> ReadBeside(const std::string& path,
                                                  import::Allowance* allowance) {
  const InputFile file(path, nullptr);
  if (!file.valid()) return tl::unexpected("can't be read: " + ErrnoText(-file.get()));
  return ReadFile(path, false, nullptr, allowance).map_error([](const Failure& failure) {
    return failure.message;
  });
}

OrFailure<std::vector<import::Input>> ReadInputs(const std::vector<std::string>& paths,
                                                 bool takes_all, const OpenedFiles* opened,
                                                 import::Allowance* allowance) {
  std::vector<import::Input> inputs;
  const auto add = [&](const std::string& path, bool is_named) -> OrFailure<void> {
    auto content = ReadFile(path, takes_all && is_named, opened, allowance);
    if (!content) return tl::unexpected(std::move(content.error()));
    // Of what is no recording the name is enough.
    if (!is_named && content->size() >= kBeginning && !import::MayBeRecording(*content)) {
      allowance->Give(content->size());
      content->clear();
      content->shrink_to_fit();
    }
    const auto beside = [&](const std::string& file) { return ReadBeside(file, allowance); };
    auto whole = import::MadeWhole(
        {path == "-" ? InputName(path) : path, *std::move(content), is_named}, beside);
    if (!whole) return Fails(kMalformedInput, Described(whole.error()));
    inputs.push_back(*std::move(whole));
    return {};
  };
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path == "-" || !fs::is_directory(path, ignored)) {
      if (auto added = add(path, true); !added) return tl::unexpected(std::move(added.error()));
      continue;
    }
    const auto files = FilesIn(path);
    if (!files) return tl::unexpected(files.error());
    for (const std::string& file : *files) {
      if (auto added = add(file, false); !added) return tl::unexpected(std::move(added.error()));
    }
  }
  return inputs;
}

OrFailure<import::Imported> Read(std::vector<import::Input> inputs, const ReadingOptions& options,
                                 import::Allowance* allowance) {
  auto recording =
      import::ReadRecording(std::move(inputs), options.importer, options.import, allowance);
  if (!recording) return Fails(kMalformedInput, Described(recording.error()));
  return *std::move(recording);
}

}  // namespace

std::string InputName(const std::string& path) { return path == "-" ? "<stdin>" : Printable(path); }

std::string Described(const import::Error& error) {
  if (error.line == 0) {
    return fmt::format("{}: {}", Printable(error.file), Printable(error.message));
  }
  return fmt::format("{}:{}:{}: {}", Printable(error.file), error.line, error.column,
                     Printable(error.message));
}

tl::unexpected<Failure> CantRead(const std::string& path, std::string_view why) {
  return Fails(kInputMissing, fmt::format("can't read {}: {}", InputName(path), why));
}

OrFailure<std::string> ReadContent(const std::string& name, std::size_t expected, bool takes_all,
                                   import::Allowance* allowance, const MoreBytes& more) {
  std::string bytes;
  bool is_checked = takes_all;
  while (true) {
    const std::size_t size = bytes.size();
    const bool has_rest = expected > 0 && size <= expected;
    // One byte more than there should be shows the end.
    const std::size_t rest = has_rest ? expected - size + 1 : kBlock;
    const std::size_t block = std::min(rest, kBeginning);
    if (is_checked && has_rest) bytes.reserve(size + std::min(rest, kLargestRecording));
    const auto count = more(block, &bytes);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) {
      // The room for a block is held as long as the content is, of many files at once. A few
      // bytes of it are less than a copy.
      if (bytes.capacity() > bytes.size() + bytes.size() / 16 + 64) bytes.shrink_to_fit();
      return bytes;
    }
    if (!allowance->Take(*count)) {
      return Fails(kMalformedInput, fmt::format("{}: {}, with all of its files", InputName(name),
                                                TooLargeRecording()));
    }
    if (!is_checked && bytes.size() >= kBeginning) {
      if (!import::MayHoldEvidence(bytes)) return bytes;
      is_checked = true;
    }
  }
}

OrFailure<std::string> ReadTextFile(const std::string& path, const OpenedFiles* opened) {
  constexpr std::size_t kLargestText = std::size_t{1} << 20;
  const InputFile file(path, opened);
  if (!file.valid()) return CantRead(path, ErrnoText(-file.get()));
  std::string text;
  while (text.size() <= kLargestText) {
    const auto count = Append(path, file.get(), kBlock, &text);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return text;
  }
  return Fails(kMalformedInput,
               fmt::format("{}: expected a text of at most 1 MiB", InputName(path)));
}

OrFailure<std::string> ReadWhole(const std::string& path, const OpenedFiles* opened) {
  import::Allowance allowance;
  return ReadFile(path, true, opened, &allowance);
}

OrFailure<import::Imported> LoadRecording(const std::vector<std::string>& paths,
                                          const ReadingOptions& options) {
  import::Allowance own;
  import::Allowance* const allowance = options.allowance == nullptr ? &own : options.allowance;
  auto inputs = ReadInputs(paths, options.importer != nullptr, options.opened, allowance);
  if (!inputs) return tl::unexpected(std::move(inputs.error()));
  return Read(*std::move(inputs), options, allowance);
}

OrFailure<std::optional<import::Imported>> LoadIfRecording(const std::vector<std::string>& paths,
                                                           import::Allowance* allowance) {
  auto inputs = ReadInputs(paths, false, nullptr, allowance);
  if (!inputs) return tl::unexpected(std::move(inputs.error()));
  return LoadIfRecording(*std::move(inputs), allowance);
}

OrFailure<std::optional<import::Imported>> LoadIfRecording(std::vector<import::Input> files,
                                                           import::Allowance* allowance) {
  const bool is_recording = std::any_of(files.begin(), files.end(), [](const import::Input& input) {
    return import::MayBeRecording(input.content);
  });
  if (!is_recording) return std::nullopt;
  return Read(std::move(files), {}, allowance).map([](import::Imported&& recording) {
    return std::optional(std::move(recording));
  });
}

OrFailure<import::Imported> ReadRecordingOf(std::vector<import::Input> files,
                                            import::Allowance* allowance) {
  return Read(std::move(files), {}, allowance);
}

OrFailure<std::string> ReadAll(const std::string& path, const InputFile& file, bool takes_all,
                               import::Allowance* allowance) {
  return ReadContent(
      path, SizeOf(file.get()), takes_all, allowance,
      [&](std::size_t most, std::string* bytes) { return Append(path, file.get(), most, bytes); });
}

void PrintNotes(const import::Imported& recording, const std::string& name) {
  for (const std::string& note : recording.notes) {
    PrintError(fmt::format("vtprobe: note: {}{}{}\n", Printable(name), name.empty() ? "" : ": ",
                           Printable(note)));
  }
}

}  // namespace vtprobe
