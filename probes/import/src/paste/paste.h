// Text that nobody wrote for us: a terminal's scroll-back, a mail, a log, parts
// of several programs, read line by line for what is evidence.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_PASTE_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_PASTE_H_

#include <string_view>

#include "vtprobe/import/explain.h"

namespace vtprobe::import {

// It has no format but looks for what is evidence in any text, so it is asked
// last, and only of files that somebody named.
extern const Importer kPaste;

// All that is evidence in the text. An error if there is none: it says what was
// recognised all the same, and what would help.
tl::expected<Imported, Error> ReadPaste(const File& file, const VisitLine& visit = {});

// Whether a text that begins like this may hold evidence: it does already, or it
// is a log.
bool MayBePaste(std::string_view beginning);

// Whether the beginning of the text holds evidence that the importer of this name
// does not look for.
bool HoldsMoreThan(std::string_view importer, std::string_view beginning);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_PASTE_H_
