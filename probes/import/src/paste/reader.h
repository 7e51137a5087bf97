// Reads a paste line by line: takes the layers off, puts together what a terminal
// or a mail broke, and asks each line of the sightings.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_READER_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "paste/evidence.h"
#include "paste/line_layers.h"
#include "paste/reading.h"
#include "paste/trigger_index.h"
#include "vtprobe/import/explain.h"

namespace vtprobe::import {

class PasteReader {
 public:
  // Keeps a reference to the content.
  explicit PasteReader(std::string_view content);

  // Each line is visited once, in order.
  void Read(const VisitLine& visit);

  Evidence& evidence() { return reading_.evidence; }
  std::size_t lines() const { return lines_; }
  std::size_t logged() const { return logged_; }
  std::size_t not_understood() const { return not_understood_; }
  std::size_t first_not_understood() const { return first_not_understood_; }
  // The first line that runs rdmsr and has no output below; 0 if each has.
  std::size_t silent_command() const { return reading_.silent; }
  // Sightings that took a line by their position, then those of the words.
  const TriggerIndex::Hits& used() const { return used_; }

 private:
  struct Outcome {
    Fate fate = Fate::kNothing;
    std::string_view by;
  };
  struct Line {
    std::size_t number;
    std::string_view raw;
    Outcome outcome;
  };

  // `behind` begins with the next line.
  Outcome ReadLine(std::string_view raw, std::size_t number, std::string_view behind);
  bool IsAwaited() const;
  void PutTogether(std::string_view behind, PeeledLine* line);
  bool IsFull(const PeeledLine& line);
  Outcome See(const PeeledLine& line, const TriggerIndex::Hits& hits);
  std::optional<Outcome> ContinueCommand(const PeeledLine& line);
  bool SeeRelease(std::string_view text);
  Outcome SeeWords(const PeeledLine& line, const TriggerIndex::Hits& hits);
  Outcome SeeNothing(const PeeledLine& line);
  void StateMeasuredLaunch();
  void EndPause(const PeeledLine& line);
  bool IsPending() const;
  void Report(const VisitLine& visit);

  std::string_view content_;
  LinePeeler peeler_;
  LinePeeler next_peeler_;
  std::string joined_;
  bool is_joined_ = false;                  // the line was put together with the next one
  std::optional<Outcome> outcome_of_next_;  // whose line it was put together with
  std::optional<std::size_t> widest_;       // line, once it was asked for
  Reading reading_;
  // What a command prints is understood at its end, so that what became of its
  // lines is said then.
  std::vector<Line> held_;
  TriggerIndex::Hits used_;
  bool lacks_smx_ = false;
  std::size_t lines_ = 0;
  std::size_t logged_ = 0;
  std::size_t not_understood_ = 0;
  std::size_t first_not_understood_ = 0;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_READER_H_
