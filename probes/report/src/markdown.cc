#include "markdown.h"

#include <fmt/format.h>

namespace vtprobe {

std::string Markdown(std::string_view text) {
  constexpr std::string_view kMarks = "\\`*_<>|[]#";
  std::string escaped;
  for (const char c : text) {
    if (kMarks.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string MadeByCommand(std::string_view command) {
  return fmt::format(
      "<!-- Made of the tables by `vtprobe {} --format markdown`. To make it anew: "
      "tools/update-docs.sh -->\n",
      command);
}

}  // namespace vtprobe
