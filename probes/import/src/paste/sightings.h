// The ways in which people and programs write what is evidence, one row each. The
// functions stand in sightings/, by subject.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_SIGHTINGS_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_SIGHTINGS_H_

#include <span>
#include <string_view>

#include "paste/reading.h"

namespace vtprobe::import {

#define VTPROBE_SIGHTING(function, name, trigger) \
  Fate function(const PeeledLine& line, Reading* reading);
#include "paste/sightings.def"
#undef VTPROBE_SIGHTING

#define VTPROBE_TABLE(kind, function) Fate function(const PeeledLine& line, Reading* reading);
#include "paste/tables.def"
#undef VTPROBE_TABLE

// The rest of CPUID's answer that a mail broke (reading->unfinished).
Fate ContinueLeaf(const PeeledLine& line, Reading* reading);

struct Sighting {
  std::string_view name;     // for --explain
  std::string_view trigger;  // in lower case: a line without it is not looked at
  Fate (*see)(const PeeledLine& line, Reading* reading);
};

// In the order in which they are asked; the first that takes a line has it.
std::span<const Sighting> AllSightings();

// Rows of a table that a header opened, which hold no word.
Fate SeeTableRow(const PeeledLine& line, Reading* reading);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_SIGHTINGS_H_
