// Text as the importers expect it: bytes of ASCII or a superset of it, in lines
// that end with LF.
//
// Windows programs and PowerShell's ">" write UTF-16, and old terminals end a
// line with CR alone. Both are turned into the usual before any importer looks,
// so that none of them has to care.

#ifndef VTPROBE_PROBES_IMPORT_SRC_TEXT_ENCODING_H_
#define VTPROBE_PROBES_IMPORT_SRC_TEXT_ENCODING_H_

#include <string>
#include <string_view>

namespace vtprobe::import {

// Whether WithUsualEncoding() would change it.
bool HasUnusualEncoding(std::string_view content);

// UTF-16 that begins with its byte order mark becomes UTF-8 that begins with
// its own, with U+FFFD for what is no character. Of a text without any LF each
// CR becomes one. Everything else stays.
std::string WithUsualEncoding(std::string content);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_TEXT_ENCODING_H_
