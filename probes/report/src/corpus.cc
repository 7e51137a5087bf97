#include "vtprobe/report/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace vtprobe {

bool operator<(const Generation& a, const Generation& b) {
  return std::tie(a.vendor, a.family, a.name) < std::tie(b.vendor, b.family, b.name);
}

Generation GenerationOf(const Subject& subject) {
  Generation generation;
  // Zhaoxin's own string is padded with blanks.
  const std::string vendor = subject.vendor.value_or("unknown");
  const std::size_t first = std::min(vendor.find_first_not_of(' '), vendor.size());
  generation.vendor = vendor.substr(first, vendor.find_last_not_of(' ') + 1 - first);
  generation.family = subject.family.value_or(0);
  if (subject.codename) {
    generation.name = *subject.codename;
  } else if (subject.family && subject.model_number) {
    generation.name =
        fmt::format("unknown (family {} model {:#x})", *subject.family, *subject.model_number);
  } else {
    generation.name = "unknown";
  }
  return generation;
}

void Tally::Add(State state) {
  ++recordings;
  ++states.at(static_cast<std::size_t>(state));
}

void Tally::Add(const Tally& other) {
  recordings += other.recordings;
  for (std::size_t i = 0; i < states.size(); ++i) states.at(i) += other.states.at(i);
}

Tally TotalOf(const Corpus& corpus) {
  Tally total;
  for (const auto& [generation, tally] : corpus.generations) total.Add(tally);
  return total;
}

}  // namespace vtprobe
