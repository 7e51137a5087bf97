#include "vtprobe/import/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "toml.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/import/allowance.h"

namespace vtprobe::import {
namespace {

// The folder that the path is in, up to its '/'; empty where it is in none.
std::string_view FolderOf(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

// What a folder of machines is called; "." and ".." are none.
bool IsPlainName(std::string_view name) {
  constexpr std::string_view kDots = "..";
  return !name.empty() && !kDots.starts_with(name) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

// GROUP/NAME, so that a manifest leads to no place outside of its collection.
bool IsMachine(std::string_view base) {
  const std::size_t slash = base.find('/');
  return slash != std::string_view::npos && IsPlainName(base.substr(0, slash)) &&
         IsPlainName(base.substr(slash + 1));
}

tl::unexpected<Error> ErrorAt(const std::string& file, const toml::source_region& place,
                              std::string message) {
  return tl::unexpected(Error{file, std::max(place.begin.line, 1u),
                              std::max(place.begin.column, 1u), std::move(message)});
}

// What a manifest names, and where.
struct Base {
  std::string name;
  toml::source_region place;
};

// Of the manifest's other keys it says nothing.
tl::expected<Base, Error> BaseIn(const std::string& file, std::string_view text) {
  const auto manifest = ParseToml(text);
  if (!manifest) {
    const TomlError& error = manifest.error();
    return tl::unexpected(Error{file, error.line, error.column, error.message});
  }
  const toml::node* const base = manifest->get("base");
  if (base == nullptr) {
    return ErrorAt(file, manifest->source(),
                   "expected base = \"GROUP/NAME\", since the dump beside it holds only what "
                   "differs from a base");
  }
  auto name = base->value_exact<std::string>();
  if (name && IsMachine(*name)) return Base{*std::move(name), base->source()};
  return ErrorAt(file, base->source(),
                 "expected the base as \"GROUP/NAME\", of letters a-z, digits, '-' and '.'");
}

tl::unexpected<Error> InDump(const std::string& file, const DumpError& error) {
  return tl::unexpected(Error{file, error.line, error.column, error.message});
}

// What many machines share is kept in order by a person, and holding machines
// against each other takes time.
tl::unexpected<Error> TooLarge(const std::string& file) {
  return tl::unexpected(Error{file, 1, 1,
                              fmt::format("expected at most {} KiB of a dump that holds what "
                                          "differs from a base, and of the base",
                                          Allowance::kSmall >> 10)});
}

}  // namespace

tl::expected<Input, Error> MadeWhole(Input input, const ReadBeside& read) {
  if (!IsDumpDifference(input.content)) return input;
  if (input.content.size() > Allowance::kSmall) return TooLarge(input.name);
  const std::string folder(FolderOf(input.name));
  const std::string manifest_file = folder + "manifest.toml";
  const auto manifest = read(manifest_file);
  if (!manifest) {
    return tl::unexpected(Error{input.name, 1, 1,
                                fmt::format("it holds only what differs from a base, and {} {}",
                                            manifest_file, manifest.error())});
  }
  const auto named = BaseIn(manifest_file, *manifest);
  if (!named) return tl::unexpected(named.error());

  // From the machine's folder through its group's to the collection; a path that
  // does not name those is relative to the folder that it is read in.
  const std::string base_file = folder + "../../" + named->name + "/machine.dump";
  const auto base_text = read(base_file);
  if (!base_text) {
    return ErrorAt(manifest_file, named->place,
                   fmt::format("of this base {} {}", base_file, base_text.error()));
  }
  if (IsDumpDifference(*base_text)) {
    return ErrorAt(manifest_file, named->place,
                   "this base holds itself only what differs from a base: name one that is whole");
  }
  if (base_text->size() > Allowance::kSmall) return TooLarge(base_file);
  const auto base = ParseDump(*base_text);
  if (!base) return InDump(base_file, base.error());
  const auto whole = ParseDumpDifference(input.content, *base);
  if (!whole) return InDump(input.name, whole.error());
  input.content = WriteDump(*whole);
  return input;
}

}  // namespace vtprobe::import
