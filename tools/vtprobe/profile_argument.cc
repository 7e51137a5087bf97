#include "profile_argument.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "input.h"
#include "vtprobe/probes/profile_path.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/probes/today.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

bool IsThere(const std::string& path, const OpenedFiles* opened) {
  if (const auto fd = opened == nullptr ? std::nullopt : opened->Find(path)) return *fd >= 0;
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

// A file that a profile extends, which stands beside it.
tl::expected<ProfileFile, std::string> ReadExtended(const std::string& name, std::string_view from,
                                                    const OpenedFiles* opened) {
  std::filesystem::path path(name);
  if (path.is_relative() && from != "-") path = std::filesystem::path(from).parent_path() / path;
  std::string found = path.lexically_normal().string();
  auto text = ReadTextFile(found, opened);
  if (!text) return tl::unexpected(text.error().message);
  return ProfileFile{std::move(found), *std::move(text)};
}

OrFailure<Profile> Parsed(const std::string& name, std::string_view text, std::string_view path,
                          const OpenedFiles* opened) {
  auto profile = ParseProfile(
      text, TodayHere(),
      [&](const std::string& extended, std::string_view from) {
        return ReadExtended(extended, from, opened);
      },
      path);
  if (profile) return *std::move(profile);
  const ProfileError& error = profile.error();
  return Fails(kMalformedInput, fmt::format("{}:{}:{}: {}", name, error.line, error.column,
                                            Printable(error.message)));
}

}  // namespace

OrFailure<Profile> LoadProfile(const std::string& name_or_path, const OpenedFiles* opened) {
  const ShippedProfile* const shipped = FindShippedProfile(name_or_path);
  if (shipped != nullptr) return Parsed(name_or_path, shipped->text, shipped->name, opened);
  if (!LooksLikePath(name_or_path) && !IsThere(name_or_path, opened)) {
    return NoProfile(name_or_path);
  }
  const auto text = ReadTextFile(name_or_path, opened);
  if (!text) return tl::unexpected(text.error());
  return Parsed(InputName(name_or_path), *text,
                std::filesystem::path(name_or_path).lexically_normal().string(), opened);
}

void AddReadsOfProfile(const std::string& name_or_path, Reads* reads) {
  constexpr std::size_t kMostBeside = 64;
  if (FindShippedProfile(name_or_path) != nullptr) return;
  reads->paths.push_back(name_or_path);
  if (name_or_path == "-") return;
  const std::filesystem::path folder = std::filesystem::path(name_or_path).parent_path();
  std::error_code error;
  std::filesystem::directory_iterator entry(folder.empty() ? "." : folder, error);
  std::size_t beside = 0;
  for (; !error && entry != std::filesystem::directory_iterator() && beside < kMostBeside;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() != ".toml" || !entry->is_regular_file(ignored)) continue;
    reads->paths.push_back((folder / entry->path().filename()).lexically_normal().string());
    ++beside;
  }
}

OrFailure<std::optional<Profile>> ChosenProfileOf(const Arguments& arguments,
                                                  const OpenedFiles& opened) {
  if (!arguments.profile) return std::nullopt;
  return LoadProfile(*arguments.profile, &opened).map([](Profile&& profile) {
    return std::optional(std::move(profile));
  });
}

tl::unexpected<Failure> NoProfile(const std::string& name) {
  std::vector<std::string_view> names;
  for (const ShippedProfile& profile : ShippedProfiles()) names.push_back(profile.name);
  return Fails(kUsageError,
               fmt::format("there is no profile {}; the nearest are {}", Printable(name),
                           Enumerate(Nearest(name, std::move(names)))));
}

}  // namespace vtprobe
