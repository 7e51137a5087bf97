#include "profile_reading.h"

#include <fmt/format.h>

#include "vtprobe/probes/suggestions.h"

namespace vtprobe {
namespace {

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

std::string_view Beginning(std::string_view word) {
  constexpr std::size_t kLongest = 80;
  return word.substr(0, kLongest);
}

std::string NearestText(std::string_view word, std::vector<std::string_view> names) {
  const std::vector<std::string_view> nearest = Nearest(word, std::move(names));
  return nearest.size() == 1 ? fmt::format("there is {}", nearest.front())
                             : fmt::format("the nearest are {}", Enumerate(nearest));
}

std::optional<std::string> ReadText(const toml::node& node, std::string_view key, Errors* errors) {
  auto text = node.value_exact<std::string>();
  if (text && !IsBlank(*text)) return text;
  errors->Add(node.source(), fmt::format("{}: expected a string that says something", key));
  return std::nullopt;
}

std::optional<bool> ReadBool(const toml::node& node, std::string_view key, Errors* errors) {
  const auto value = node.value_exact<bool>();
  if (!value) errors->Add(node.source(), fmt::format("{}: expected true or false", key));
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::uint64_t> ReadNumber(const toml::node& node, std::string_view key,
                                        Errors* errors) {
  const auto value = node.value_exact<std::int64_t>();
  if (value && *value >= 0) return static_cast<std::uint64_t>(*value);
  errors->Add(node.source(), fmt::format("{}: expected a number that is not negative", key));
  return std::nullopt;
}

std::optional<std::string> ReadChoice(const toml::node& node, std::string_view key,
                                      std::span<const std::string_view> choices, Errors* errors) {
  auto text = node.value_exact<std::string>();
  if (text && std::find(choices.begin(), choices.end(), *text) != choices.end()) return text;
  const std::string names = Enumerate({choices.begin(), choices.end()});
  errors->Add(node.source(), text ? fmt::format("{}: \"{}\" is none of {}", key, *text, names)
                                  : fmt::format("{}: expected one of {}, in quotes", key, names));
  return std::nullopt;
}

}  // namespace vtprobe
