// What the words of a report mean: states, whether it is usable, who set it, what
// a rule found, and why something could not be read.

#ifndef VTPROBE_REPORT_GLOSSARY_H_
#define VTPROBE_REPORT_GLOSSARY_H_

#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/report/formats.h"

namespace vtprobe {

struct Term {
  std::string_view word;  // as reports have it: "disabled_locked"
  std::string_view kind;  // "state", "usable", "attribution", "technology", "outcome", "error"
  std::string meaning;    // sentences
};

// All of them. A word may stand there more than once, for several kinds.
std::vector<Term> Glossary();

std::string RenderGlossary(const std::vector<Term>& terms, const RenderOptions& options);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_GLOSSARY_H_
