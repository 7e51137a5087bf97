#include "profile_argument.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <vector>

#include "input.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// By the clock of the person who runs it.
std::string Today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, sizeof("2026-01-01")> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &local)};
}

bool LooksLikePath(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".toml");
}

bool IsThere(const std::string& path, const OpenedFiles* opened) {
  if (const auto fd = opened == nullptr ? std::nullopt : opened->Find(path)) return *fd >= 0;
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

OrFailure<Profile> Parsed(const std::string& name, std::string_view text) {
  auto profile = ParseProfile(text, Today());
  if (profile) return *std::move(profile);
  const ProfileError& error = profile.error();
  return Fails(kMalformedInput, fmt::format("{}:{}:{}: {}", name, error.line, error.column,
                                            Printable(error.message)));
}

}  // namespace

OrFailure<Profile> LoadProfile(const std::string& name_or_path, const OpenedFiles* opened) {
  const ShippedProfile* const shipped = FindShippedProfile(name_or_path);
  if (shipped != nullptr) return Parsed(name_or_path, shipped->text);
  if (!LooksLikePath(name_or_path) && !IsThere(name_or_path, opened)) {
    return NoProfile(name_or_path);
  }
  const auto text = ReadTextFile(name_or_path, opened);
  if (!text) return tl::unexpected(text.error());
  return Parsed(InputName(name_or_path), *text);
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
