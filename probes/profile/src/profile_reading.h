// What every part of a profile's text is read by.

#ifndef VTPROBE_PROBES_PROFILE_SRC_PROFILE_READING_H_
#define VTPROBE_PROBES_PROFILE_SRC_PROFILE_READING_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "toml.h"
#include "vtprobe/probes/profile.h"

namespace vtprobe {

// What is wrong, in no order: a TOML table is walked by its keys' names. Only
// the error that stands first is shown, so only that one is put into words.
class Errors {
 public:
  void Add(const toml::source_region& where, std::string message) {
    Add(where, [message = std::move(message)] { return message; });
  }

  template <typename Word>
  requires std::is_invocable_r_v<std::string, const Word&>
  void Add(const toml::source_region& where, Word word) {
    // An empty text has no place of its own.
    const Place place{std::max(where.begin.line, 1u), std::max(where.begin.column, 1u)};
    if (word_ && place_ <= place) return;
    place_ = place;
    word_ = std::move(word);
  }

  // The one that stands first.
  std::optional<ProfileError> First() const {
    if (!word_) return std::nullopt;
    return ProfileError{place_.first, place_.second, word_()};
  }

 private:
  using Place = std::pair<std::uint32_t, std::uint32_t>;  // line and column

  Place place_;
  std::function<std::string()> word_;
};

// As much of a word as a message has room for, and as names are compared with.
std::string_view Beginning(std::string_view word);

// "there is kvm-host", or "the nearest are a, b and c".
std::string NearestText(std::string_view word, std::vector<std::string_view> names);

// The value, or an error that says what was expected.
std::optional<std::string> ReadText(const toml::node& node, std::string_view key, Errors* errors);
std::optional<bool> ReadBool(const toml::node& node, std::string_view key, Errors* errors);
std::optional<std::uint64_t> ReadNumber(const toml::node& node, std::string_view key,
                                        Errors* errors);
std::optional<std::string> ReadChoice(const toml::node& node, std::string_view key,
                                      std::span<const std::string_view> choices, Errors* errors);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_PROFILE_SRC_PROFILE_READING_H_
