#include "paste/sightings.h"

#include <array>
#include <cstddef>

#include "characters.h"

namespace vtprobe::import {
namespace {

constexpr std::array kSightings = {
#define VTPROBE_SIGHTING(function, name, trigger) Sighting{name, trigger, function},
#include "paste/sightings.def"
#undef VTPROBE_SIGHTING
};

// Whether another row has the function look at the same lines.
constexpr bool IsThereTwice(std::string_view trigger, Fate (*see)(const PeeledLine&, Reading*)) {
  std::size_t rows = 0;
  for (const Sighting& row : kSightings) {
    if (row.trigger == trigger && row.see == see) ++rows;
  }
  return rows > 1;
}

// A slip in a row is named by its function and its trigger. Lines are compared in lower
// case, so that a trigger with another letter would never be met.
#define VTPROBE_SIGHTING(function, name, trigger)                                     \
  static_assert(!std::string_view(name).empty(),                                      \
                "sightings.def, " #function ", " #trigger ": no name for --explain"); \
  static_assert(!std::string_view(trigger).empty(),                                   \
                "sightings.def, " #function ", \"" name "\": no trigger");            \
  static_assert(!HasUpperCase(trigger), "sightings.def, " #function ", " #trigger     \
                                        ": an upper-case letter is never "            \
                                        "met");                                       \
  static_assert(!IsThereTwice(trigger, function),                                     \
                "sightings.def, " #function ", " #trigger ": is there twice");
#include "paste/sightings.def"
#undef VTPROBE_SIGHTING

}  // namespace

std::span<const Sighting> AllSightings() { return kSightings; }

Fate SeeTableRow(const PeeledLine& line, Reading* reading) {
  if (reading->unfinished) {
    if (const Fate fate = ContinueLeaf(line, reading); fate != Fate::kNothing) return fate;
  }
  switch (reading->table) {
    case TableKind::kNone:
      return Fate::kNothing;
#define VTPROBE_TABLE(kind, function) \
  case TableKind::kind:               \
    return function(line, reading);
#include "paste/tables.def"
#undef VTPROBE_TABLE
  }
  return Fate::kNothing;
}

}  // namespace vtprobe::import
