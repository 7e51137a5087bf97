#include "paste/sightings.h"

#include <array>

namespace vtprobe::import {
namespace {

constexpr std::array kSightings = {
#define VTPROBE_SIGHTING(function, name, trigger) Sighting{name, trigger, function},
#include "paste/sightings.def"
#undef VTPROBE_SIGHTING
};

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
