// What stands around a line that somebody copied: the colours of a terminal, what an
// editor or a web page made of blanks, quotes and dashes, the marks of a reply, a code fence, a
// time stamp, a log level. None of it is what the program said, and every way of writing a register
// may stand in any of it, so it is taken off once, before anything is looked for.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_LINE_LAYERS_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_LINE_LAYERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vtprobe::import {

// A line without its layers. Borrows from the text or from its peeler.
struct PeeledLine {
  std::string_view text;
  std::size_t number = 0;  // 1-based
  bool is_fence = false;   // ``` and the like, with nothing else on it
  bool is_logged = false;  // a time stamp or a log level stood before it
  std::string_view
      shown;  // as the terminal showed it: with its time stamp, without marks of a reply
  // The number that ends it may go on at the beginning of the next line.
  bool may_go_on = false;
};

// How many columns of a terminal the text takes.
std::size_t Columns(std::string_view text);

// Of the widest line, without the marks of a reply.
std::size_t WidestLine(std::string_view text);

// Whether each line of the text begins with its number, as `cat -n` and web
// pages write it: the number of the first line, and 0 where it is none.
std::size_t FirstLineNumber(std::string_view text);

// Takes the layers off lines, one after the other.
class LinePeeler {
 public:
  // `first_number` is what FirstLineNumber() found.
  explicit LinePeeler(std::size_t first_number = 0) : first_number_(first_number) {}

  // The result is valid until the next call.
  PeeledLine Peel(std::string_view raw, std::size_t number);

 private:
  std::string_view WithoutTerminalCodes(std::string_view raw);
  std::string_view InPlainCharacters(std::string_view text);

  std::size_t first_number_;
  std::string scratch_;
  std::string plain_;
};

// Whether the line holds characters that are no part of what the program printed.
bool HasCharactersOfPages(std::string_view line);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_LINE_LAYERS_H_
