// What becomes of each line of a text that holds evidence somewhere: used, known,
// or not understood. Nothing that looks like evidence is dropped without a word.

#ifndef VTPROBE_IMPORT_EXPLAIN_H_
#define VTPROBE_IMPORT_EXPLAIN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "vtprobe/import/importer.h"

namespace vtprobe::import {

enum class Fate : std::uint8_t {
  kNothing,       // it says nothing of a register or of virtualization
  kUsed,          // taken
  kKnown,         // understood, and nothing in it is needed
  kNotUnderstood  // it looks like evidence
};

// A line with its end cut off, its fate, and what it was taken for; that is empty
// where it was taken for nothing.
using VisitLine = std::function<void(std::size_t number, std::string_view line, Fate fate,
                                     std::string_view taken_for)>;

// Reads any text line by line and says what became of each. Errors: there is
// nothing in it.
tl::expected<Imported, Error> ExplainText(const File& file, const VisitLine& visit);

// Whether a file that somebody named may be worth reading to its end, by its
// beginning: a recording, a text that holds evidence, or a log that may come to
// it.
bool MayHoldEvidence(std::string_view beginning);

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_EXPLAIN_H_
