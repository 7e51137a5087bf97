#include "html.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

std::string_view EntityOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

Markup Escaped(std::string_view text) {
  Markup markup;
  while (true) {
    const std::size_t end = text.find('\n');
    for (const char c : Printable(text.substr(0, end))) {
      const std::string_view entity = EntityOf(c);
      if (entity.empty()) {
        markup.text_ += c;
      } else {
        markup.text_ += entity;
      }
    }
    if (end == std::string_view::npos) return markup;
    markup.text_ += '\n';
    text.remove_prefix(end + 1);
  }
}

Markup Fill(std::string_view part, std::initializer_list<Slot> slots) {
  Markup filled;
  while (true) {
    const std::size_t start = part.find("{{");
    filled.text_ += part.substr(0, start);
    if (start == std::string_view::npos) return filled;
    part.remove_prefix(start + 2);
    const std::size_t end = part.find("}}");
    const std::string_view name = part.substr(0, end);
    const auto* const slot =
        std::find_if(slots.begin(), slots.end(), [&](const Slot& one) { return one.name == name; });
    if (end == std::string_view::npos || slot == slots.end()) {
      throw std::logic_error(fmt::format("nothing is given for {{{{{}}}}}", name));
    }
    filled.text_ += slot->value.text();
    part.remove_prefix(end + 2);
  }
}

}  // namespace vtprobe
