// What many recordings cover, counted by vendor, design and state, so that a gap
// is seen; and which machines stand out.

#ifndef VTPROBE_REPORT_CORPUS_H_
#define VTPROBE_REPORT_CORPUS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/probes/virtualization.h"
#include "vtprobe/report/report.h"

namespace vtprobe {

// Machines of one design, in the order of the designs' families.
struct Generation {
  std::string vendor;  // "unknown" where CPUID does not tell
  std::uint32_t family = 0;
  std::string name;  // the codename, or "unknown" with family and model

  friend bool operator<(const Generation& a, const Generation& b);
};

Generation GenerationOf(const Subject& subject);

// How many recordings there are, and how many in each state.
struct Tally {
  std::size_t recordings = 0;
  std::array<std::size_t, kAllStates.size()> states{};  // by State

  void Add(State state);
  void Add(const Tally& other);
};

// A recording by which hardware virtualization is not known to be usable.
struct NotUsable {
  std::size_t number = 0;  // its place among all recordings
  std::string name;
  Generation generation;
  State state = State::kIndeterminate;
  Usable usable = Usable::kUnknown;
};

struct Corpus {
  std::map<Generation, Tally> generations;
  std::size_t not_recordings = 0;  // files that are none
  std::size_t links = 0;           // in an archive, which has no content for them
  std::size_t malformed = 0;       // recordings that could not be read
  // In the order of their numbers. None: nobody asked for them.
  std::optional<std::vector<NotUsable>> not_usable;
};

// The counts of all generations.
Tally TotalOf(const Corpus& corpus);

std::string RenderCorpusText(const Corpus& corpus);

// One object of schema "vtprobe-corpus/1".
std::string RenderCorpusJson(const Corpus& corpus, std::string_view tool_version, int exit_code);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_CORPUS_H_
