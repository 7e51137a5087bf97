#include "html_page.h"

#include <utility>

namespace vtprobe {
namespace {

// The page's own script and style are not escaped: they are none of the values.
Markup Own(std::string_view text) { return Fill(text, {}); }

}  // namespace

Markup HtmlAnswer(std::string_view level, Mood mood, std::string_view text) {
  return Fill(html::kAnswer,
              {{"level", level}, {"mood", Name(mood)}, {"sign", Sign(mood)}, {"text", text}});
}

Markup HtmlBadge(Mood mood, std::string_view sign, std::string_view label) {
  return Fill(html::kBadge, {{"mood", Name(mood)}, {"sign", sign}, {"label", label}});
}

std::string HtmlPage(std::string_view title, std::string_view version, Markup content) {
  return Fill(html::kPage, {{"title", title},
                            {"version", version},
                            {"script_hash", html::kScriptHash},
                            {"style_hash", html::kStyleHash},
                            {"style", Own(html::kStyle)},
                            {"script", Own(html::kScript)},
                            {"content", std::move(content)}})
      .text();
}

}  // namespace vtprobe
