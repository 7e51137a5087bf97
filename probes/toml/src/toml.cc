#include "toml.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace vtprobe {

void ThrowTomlAssertion(const char* untrue) { throw std::logic_error(untrue); }

tl::expected<toml::table, TomlError> ParseToml(std::string_view text) {
  if (auto unsafe = WhyNoSafeToml(text)) return tl::unexpected(*std::move(unsafe));
  // The library is built with exceptions in every file of a program or in none.
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    // An empty text has no place of its own.
    const toml::source_position& place = error.source().begin;
    return tl::unexpected(TomlError{std::max(place.line, 1u), std::max(place.column, 1u),
                                    std::string(error.description())});
  } catch (const std::logic_error& error) {
    return tl::unexpected(TomlError{
        1, 1,
        std::string("the text is no TOML (toml++ found this untrue of it: ") + error.what() + ")"});
  }
}

}  // namespace vtprobe
