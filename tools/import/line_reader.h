// Takes a text apart line by line and word by word, and knows where it is, so
// that an importer can point at what it does not understand.

#ifndef VTPROBE_TOOLS_IMPORT_LINE_READER_H_
#define VTPROBE_TOOLS_IMPORT_LINE_READER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "import/importer.h"

namespace vtprobe::import {

// Skips a UTF-8 byte order mark.
std::string_view WithoutByteOrderMark(std::string_view text);

// Without blanks and tabs at both ends.
std::string_view Trimmed(std::string_view text);

class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(WithoutByteOrderMark(text)) {}

  // Goes to the next line; false at the end. A line ends with LF or CR LF.
  bool Next();
  // The current line, without its end.
  std::string_view line() const { return line_; }
  std::size_t number() const { return number_; }

  // The next word of the current line, empty at its end.
  std::string_view Word();

  // An error at the last word that was taken, or at the line's end if there
  // was none left.
  Error ErrorHere(const File& file, std::string message) const;

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
  std::size_t word_ = 0;    // where the last word began
  std::size_t cursor_ = 0;  // where the next one is looked for
};

}  // namespace vtprobe::import

#endif  // VTPROBE_TOOLS_IMPORT_LINE_READER_H_
