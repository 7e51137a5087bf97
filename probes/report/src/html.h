// What a page of HTML is put together from: the parts in the folder html, whose
// {{name}} are filled in. A value enters through Escaped() and no other way; what
// is filled in as it is, is a Markup, which only Fill() and Escaped() make of it.
//
// The page is also well-formed XML, so that a strict parser can look at it.

#ifndef VTPROBE_PROBES_REPORT_SRC_HTML_H_
#define VTPROBE_PROBES_REPORT_SRC_HTML_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace vtprobe {

// How much of a machine a page holds. Of many the page would be too large to be opened
// with all of it: in brief it is what deviates, and the recording.
enum class HtmlDetail : std::uint8_t { kAll, kBrief };

class Markup {
 public:
  Markup() = default;
  const std::string& text() const { return text_; }
  Markup& operator+=(const Markup& other) {
    text_ += other.text_;
    return *this;
  }

 private:
  friend Markup Escaped(std::string_view text);
  friend Markup Fill(std::string_view part, std::initializer_list<struct Slot> slots);

  std::string text_;
};

// The text as a page shows it, letter by letter, in an element or in a quoted
// attribute. It is Printable(), line by line.
Markup Escaped(std::string_view text);

struct Slot {
  Slot(std::string_view slot, std::string_view text) : name(slot), value(Escaped(text)) {}
  Slot(std::string_view slot, Markup markup) : name(slot), value(std::move(markup)) {}

  std::string_view name;
  Markup value;
};

// The part with each {{name}} filled in. Throws std::logic_error where one has no
// slot.
Markup Fill(std::string_view part, std::initializer_list<Slot> slots);

// The parts, by their files' names: kPage is html/page.html.
namespace html {
#define VTPROBE_HTML(name, text) inline constexpr std::string_view k##name = text;
#include "generated/html_parts.def"
#undef VTPROBE_HTML
}  // namespace html

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_HTML_H_
