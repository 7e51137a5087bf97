#include "paste/reader.h"

#include <algorithm>
#include <utility>

#include "broken_number.h"
#include "characters.h"
#include "paste/sightings.h"
#include "paste/suspicion.h"
#include "paste/words.h"
#include "rdmsr_failure.h"
#include "scanner.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
namespace {

constexpr std::string_view kRdmsr = "rdmsr";

// The triggers of the sightings, then those of the words.
const TriggerIndex& Triggers() {
  static const TriggerIndex kIndex = [] {
    std::vector<std::string_view> triggers;
    for (const Sighting& sighting : AllSightings()) triggers.push_back(sighting.trigger);
    for (const Words& words : AllWords()) triggers.push_back(words.trigger());
    return TriggerIndex(triggers);
  }();
  return kIndex;
}

bool HasTerminalCodes(std::string_view line) {
  const std::size_t cr = line.find('\r');
  // Each by itself: a search for one byte is a library's fast path.
  return line.find('\x1b') != std::string_view::npos || line.find('\b') != std::string_view::npos ||
         (cr != std::string_view::npos && cr + 1 < line.size());
}

// Registers are written with the digits of 32 or 64 bits.
bool IsWhole(std::size_t digits) { return digits == 8 || digits == 16; }

// "cpu0: MSR_IA32_FEATURE_CONTROL:", "MSR 0x0000003A =": the value was put on the
// next line.
bool AwaitsValue(std::string_view text) {
  if (!text.ends_with(':') && !text.ends_with('=')) return false;
  text = WithoutBlanksAtEnd(text.substr(0, text.size() - 1));
  std::size_t word = text.size();
  while (word > 0 && IsWordCharacter(text[word - 1])) --word;
  return text.find('_', word) != std::string_view::npos ||
         (word >= 4 && text.substr(word).starts_with("0x") &&
          Lowercase(text.substr(word - 4, 4)) == "msr ");
}

}  // namespace

PasteReader::PasteReader(std::string_view content)
    : content_(content), peeler_(FirstLineNumber(content)), next_peeler_(peeler_) {}

void PasteReader::Read(const VisitLine& visit) {
  std::string_view rest = content_;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view raw = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    ++lines_;
    Outcome outcome;
    if (outcome_of_next_) {
      outcome = *std::exchange(outcome_of_next_, std::nullopt);
    } else {
      outcome = ReadLine(raw, number, rest);
      if (std::exchange(is_joined_, false)) outcome_of_next_ = outcome;
    }
    held_.push_back({number, raw, outcome});
    if (!IsPending()) Report(visit);
  }
  EndExpected(&reading_);
  Report(visit);
  StateMeasuredLaunch();
}

// Until a command has printed something, no line's fate hangs on what it will print.
bool PasteReader::IsPending() const {
  return !reading_.command.empty() || (reading_.expected && !reading_.expected->outputs.empty());
}

void PasteReader::Report(const VisitLine& visit) {
  auto& unplaced = reading_.unplaced;
  std::sort(unplaced.begin(), unplaced.end());
  for (Line& line : held_) {
    if (std::binary_search(unplaced.begin(), unplaced.end(), line.number)) {
      line.outcome = {Fate::kNotUnderstood, kRdmsr};
    }
    if (line.outcome.fate == Fate::kNotUnderstood && not_understood_++ == 0) {
      first_not_understood_ = line.number;
    }
    if (visit) visit(line.number, line.raw, line.outcome.fate, line.outcome.by);
  }
  held_.clear();
  reading_.unplaced.clear();
}

bool PasteReader::IsAwaited() const {
  return reading_.expected || reading_.table != TableKind::kNone || reading_.unfinished ||
         reading_.expects_release || !reading_.command.empty();
}

PasteReader::Outcome PasteReader::ReadLine(std::string_view raw, std::size_t number,
                                           std::string_view behind) {
  TriggerIndex::Hits hits = Triggers().Find(raw);
  const bool has_codes = HasTerminalCodes(raw) || HasCharactersOfPages(raw);
  // A log is told by its first lines.
  constexpr std::size_t kTold = 64;
  if (hits.none() && !IsAwaited() && !has_codes && number > kTold) return {};
  PeeledLine line = peeler_.Peel(raw, number);
  if (line.is_logged) ++logged_;
  if (line.text.empty()) {
    // A command that has printed all has nothing to do with what follows.
    if (HasAllOutput(reading_)) EndExpected(&reading_);
    return {};
  }
  if (has_codes) hits = Triggers().Find(line.text);
  if (hits.any()) PutTogether(behind, &line);
  const Outcome outcome = See(line, hits);
  if (line.may_go_on && outcome.fate == Fate::kNotUnderstood) {
    reading_.evidence.AddNote("the number that ends line " + std::to_string(number) +
                              " may go on in the next line, as a terminal breaks it: left out");
  }
  return outcome;
}

// What a terminal broke at its edge, or a mail at a blank. Without a sign of it
// the number at the end of the line may or may not be all of it.
void PasteReader::PutTogether(std::string_view behind, PeeledLine* line) {
  const std::size_t digits = HexDigitsAtEnd(line->text);
  const bool awaits_value = AwaitsValue(line->text);
  if ((digits == 0 && !awaits_value) || line->text.find(kRdmsr) != std::string_view::npos) return;
  const PeeledLine next = next_peeler_.Peel(behind.substr(0, behind.find('\n')), line->number + 1);
  if (next.text.empty()) return;
  if (awaits_value) {
    if (!next.text.starts_with("0x") || next.is_logged) return;
    joined_.assign(line->text).append(" ").append(next.text);
  } else {
    // No terminal is as narrow.
    constexpr std::size_t kNarrow = 20;
    const bool is_prefixed = next.text.starts_with("0x");
    const std::size_t more = HexDigitsAtBeginning(next.text.substr(is_prefixed ? 2 : 0));
    // ":0x0000FF07": the lower half of a value.
    const bool is_half = next.text.starts_with(":0x");
    if ((more == 0 && !is_half) || Columns(line->shown) < kNarrow) return;
    const bool is_one = !is_prefixed && !IsWhole(digits) && IsWhole(digits + more);
    if (!is_one || next.is_logged || !IsFull(*line)) {
      line->may_go_on = true;
      return;
    }
    joined_.assign(line->text).append(next.text);
  }
  line->text = joined_;
  is_joined_ = true;
}

bool PasteReader::IsFull(const PeeledLine& line) {
  const std::size_t columns = Columns(line.shown);
  if (columns == 72 || columns == 80) return true;
  constexpr std::size_t kLeast = 60;
  if (columns < kLeast) return false;
  if (!widest_) widest_ = WidestLine(content_);
  return columns == *widest_;
}

PasteReader::Outcome PasteReader::See(const PeeledLine& line, const TriggerIndex::Hits& hits) {
  if (!reading_.command.empty()) {
    if (const auto outcome = ContinueCommand(line)) return *outcome;
  }
  if (std::exchange(reading_.expects_release, false) && SeeRelease(line.text)) {
    return {Fate::kUsed, "the kernel's release"};
  }
  EndPause(line);
  if (TakeNumberOfRdmsr(line, &reading_)) return {Fate::kUsed, kRdmsr};
  if (const Fate fate = SeeTableRow(line, &reading_); fate != Fate::kNothing) {
    return {fate, "a table"};
  }
  const std::span<const Sighting> sightings = AllSightings();
  for (std::size_t i = 0; hits.any() && i < sightings.size(); ++i) {
    if (!hits[i]) continue;
    const Fate fate = sightings[i].see(line, &reading_);
    if (fate == Fate::kNothing) continue;
    if (fate == Fate::kUsed) used_.set(i);
    const bool is_rdmsr = sightings[i].see == SeeRdmsr;
    if (!is_rdmsr && !line.is_logged && reading_.expected &&
        reading_.expected->line != line.number) {
      EndExpected(&reading_);
    }
    return {fate, sightings[i].name};
  }
  if (const Outcome words = SeeWords(line, hits); words.fate != Fate::kNothing) return words;
  return SeeNothing(line);
}

// The lines of a log may stand between a command and what it prints, but not
// many of them; and no command prints for ever: 64 registers of 4,096 CPUs are more
// than anybody asks for, and what it has printed is held until it ends.
void PasteReader::EndPause(const PeeledLine& line) {
  if (!reading_.expected) return;
  constexpr std::size_t kLongest = 64;
  constexpr std::size_t kMost = std::size_t{64} << 12;
  const Expected& expected = *reading_.expected;
  const std::size_t last = expected.outputs.empty() ? expected.line : expected.outputs.back().line;
  if (line.number > last + kLongest || line.number > expected.line + kMost) EndExpected(&reading_);
}

// The command with this line, or nothing if the line is no part of it.
std::optional<PasteReader::Outcome> PasteReader::ContinueCommand(const PeeledLine& line) {
  constexpr std::size_t kMostLines = 16;
  std::string& command = reading_.command;
  const bool is_loop = IsUnfinishedLoop(command);
  const auto give_up = [&]() -> std::optional<Outcome> {
    const auto& lines = reading_.command_lines;
    reading_.unplaced.insert(reading_.unplaced.end(), lines.begin(), lines.end());
    command.clear();
    return std::nullopt;
  };
  if (!is_loop && ParseRdmsrNumber(line.text, 16)) {
    // "rdmsr 0x3a;" prints below.
    if (auto shell = ParseShellLine(command)) {
      Expect(*std::move(shell), line, &reading_);
      command.clear();
      return std::nullopt;
    }
  }
  if (command.ends_with('\\')) command.pop_back();
  command += is_loop ? "; " : " ";
  command += line.text;
  const bool goes_on = is_loop ? IsUnfinishedLoop(command) : IsUnfinishedCommand(command);
  if (goes_on) {
    if (reading_.command_lines.size() == kMostLines) return give_up();
    reading_.command_lines.push_back(line.number);
    return Outcome{Fate::kUsed, kRdmsr};
  }
  auto shell = ParseShellLine(command);
  if (!shell) return give_up();
  Expect(*std::move(shell), line, &reading_);
  command.clear();
  return Outcome{Fate::kUsed, kRdmsr};
}

// "6.8.0-45-generic", "Linux host 6.8.0-45-generic #45 ..."
bool PasteReader::SeeRelease(std::string_view text) {
  Scanner scanner(text);
  std::string_view word = scanner.TakeWord();
  if (word == "Linux") {
    scanner.SkipBlanks();
    scanner.TakeWord();
    scanner.SkipBlanks();
    word = scanner.TakeWord();
  }
  if (word.empty() || !IsDecimalDigit(word.front()) || word.find('.') == std::string_view::npos) {
    return false;
  }
  reading_.evidence.SetMeta(meta::kKernel, word);
  return true;
}

PasteReader::Outcome PasteReader::SeeWords(const PeeledLine& line, const TriggerIndex::Hits& hits) {
  // Somebody asks.
  if (line.text.ends_with('?')) return {};
  const std::size_t first = AllSightings().size();
  std::string lower;
  for (std::size_t i = 0; i < AllWords().size(); ++i) {
    if (!hits[first + i]) continue;
    if (lower.empty()) lower = Lowercase(line.text);
    const Words& words = AllWords()[i];
    if (!Holds(lower, words.pattern)) continue;
    reading_.evidence.AddWords(words.speaker, line.text, line.number);
    if (words.speaker == Speaker::kFirmware && !lower.starts_with("tboot")) {
      reading_.evidence.SetMeta(meta::kStage, "pre-os");
    }
    lacks_smx_ |= lower.find("does not support smx") != std::string::npos;
    used_.set(first + i);
    return {Fate::kUsed, words.where};
  }
  return {};
}

PasteReader::Outcome PasteReader::SeeNothing(const PeeledLine& line) {
  const std::string_view text = line.text;
  // A number too many, or one of a base that it was not asked in.
  if (reading_.expected && ParseRdmsrNumber(text, 16)) return {Fate::kNotUnderstood, kRdmsr};
  const bool is_other = !line.is_logged || HasPrompt(text);
  if (is_other && !text.starts_with("[sudo]") && !line.is_fence) {
    EndExpected(&reading_);
    reading_.table = TableKind::kNone;
  }
  if (LooksLikeEvidence(line)) return {Fate::kNotUnderstood, {}};
  return {};
}

// The word of txt-stat, unless tboot says that the CPU can't be launched so.
void PasteReader::StateMeasuredLaunch() {
  if (!reading_.measured_launch || lacks_smx_) return;
  reading_.evidence.SetMeta(meta::kMeasuredLaunch, *reading_.measured_launch ? "yes" : "no");
}

}  // namespace vtprobe::import
