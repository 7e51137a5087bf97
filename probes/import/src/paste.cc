#include "paste/paste.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "characters.h"
#include "importers.h"
#include "paste/sightings.h"
#include "paste/trigger_index.h"
#include "paste/words.h"
#include "rdmsr_failure.h"
#include "scanner.h"
#include "single_file.h"
#include "text_encoding.h"
#include "text_lines.h"
#include "vtprobe/hal/dump_limits.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
namespace {

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

struct Outcome {
  Fate fate = Fate::kNothing;
  std::string_view by;
};

bool HasTerminalCodes(std::string_view line) {
  const std::size_t cr = line.find('\r');
  // Each by itself: a search for one byte is a library's fast path.
  return line.find('\x1b') != std::string_view::npos || line.find('\b') != std::string_view::npos ||
         (cr != std::string_view::npos && cr + 1 < line.size());
}

// A register's name with a number behind it that no sighting took.
bool LooksLikeEvidence(std::string_view text) {
  const std::string lower = Lowercase(text);
  for (const std::string_view name : {"feature_control", "feat_ctl", "vm_cr", "msr 0x", "msr_"}) {
    const std::size_t at = lower.find(name);
    if (at == std::string::npos) continue;
    const std::size_t sign = lower.find_first_of(":=", at + name.size());
    if (sign == std::string::npos) continue;
    Scanner scanner{std::string_view{lower}.substr(sign + 1)};
    scanner.SkipBlanks();
    if (scanner.TakePrefixedHex<std::uint64_t>()) return true;
  }
  return false;
}

class Reader {
 public:
  explicit Reader(std::string_view content)
      : content_(content), peeler_(FirstLineNumber(content)) {}

  void Read(const VisitLine& visit) {
    std::string_view rest = content_;
    for (std::size_t number = 1; !rest.empty(); ++number) {
      const std::size_t end = rest.find('\n');
      const std::string_view raw = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      ++lines_;
      const Outcome outcome = ReadLine(raw, number);
      if (outcome.fate == Fate::kNotUnderstood) {
        if (not_understood_++ == 0) first_not_understood_ = number;
      }
      if (visit) visit(number, raw, outcome.fate, outcome.by);
    }
    EndExpected(&reading_);
    StateMeasuredLaunch();
  }

  Evidence& evidence() { return reading_.evidence; }
  std::size_t lines() const { return lines_; }
  std::size_t logged() const { return logged_; }
  std::size_t not_understood() const { return not_understood_; }
  std::size_t first_not_understood() const { return first_not_understood_; }
  // Sightings that took a line, by their position.
  const TriggerIndex::Hits& used() const { return used_; }

 private:
  Outcome ReadLine(std::string_view raw, std::size_t number) {
    TriggerIndex::Hits hits = Triggers().Find(raw);
    const bool is_awaited = reading_.expected || reading_.table != TableKind::kNone ||
                            reading_.unfinished || reading_.expects_release ||
                            !reading_.loop.empty();
    const bool has_codes = HasTerminalCodes(raw);
    // A log is told by its first lines.
    constexpr std::size_t kTold = 64;
    if (hits.none() && !is_awaited && !has_codes && number > kTold) return {};
    const PeeledLine line = peeler_.Peel(raw, number);
    if (line.is_logged) ++logged_;
    if (line.text.empty()) return {};
    if (has_codes) hits = Triggers().Find(line.text);
    return See(line, hits);
  }

  Outcome See(const PeeledLine& line, const TriggerIndex::Hits& hits) {
    if (!reading_.loop.empty()) return ContinueLoop(line);
    if (std::exchange(reading_.expects_release, false) && SeeRelease(line.text)) {
      return {Fate::kUsed, "the kernel's release"};
    }
    if (TakeNumberOfRdmsr(line, &reading_)) return {Fate::kUsed, "rdmsr"};
    if (const Fate fate = SeeTableRow(line, &reading_); fate != Fate::kNothing) {
      return {fate, "a table"};
    }
    const std::span<const Sighting> sightings = AllSightings();
    for (std::size_t i = 0; hits.any() && i < sightings.size(); ++i) {
      if (!hits[i]) continue;
      const Fate fate = sightings[i].see(line, &reading_);
      if (fate == Fate::kNothing) continue;
      if (fate == Fate::kUsed) used_.set(i);
      const bool is_rdmsr = sightings[i].trigger == "rdmsr" || !reading_.loop.empty();
      if (!is_rdmsr && !line.is_logged && reading_.expected &&
          reading_.expected->line != line.number) {
        EndExpected(&reading_);
      }
      return {fate, sightings[i].name};
    }
    if (const Outcome words = SeeWords(line, hits); words.fate != Fate::kNothing) return words;
    return SeeNothing(line);
  }

  Outcome ContinueLoop(const PeeledLine& line) {
    constexpr std::size_t kLongest = 4096;
    std::string& loop = reading_.loop;
    loop += "; ";
    loop += line.text;
    const bool is_done = loop.find("done") != std::string::npos;
    if (!is_done && loop.size() < kLongest) return {Fate::kUsed, "rdmsr"};
    const std::string whole = std::exchange(loop, {});
    PeeledLine all = line;
    all.text = whole;
    for (const Sighting& sighting : AllSightings()) {
      if (sighting.trigger == "rdmsr") {
        return {is_done ? sighting.see(all, &reading_) : Fate::kNotUnderstood, sighting.name};
      }
    }
    return {};
  }

  // "6.8.0-45-generic", "Linux host 6.8.0-45-generic #45 ..."
  bool SeeRelease(std::string_view text) {
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

  Outcome SeeWords(const PeeledLine& line, const TriggerIndex::Hits& hits) {
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

  Outcome SeeNothing(const PeeledLine& line) {
    const std::string_view text = line.text;
    // A number too many, or one of a base that it was not asked in.
    if (reading_.expected && ParseRdmsrNumber(text, 16)) return {Fate::kNotUnderstood, "rdmsr"};
    if (!line.is_logged && !text.starts_with("[sudo]") && !line.is_fence) {
      EndExpected(&reading_);
      reading_.table = TableKind::kNone;
    }
    if (LooksLikeEvidence(text)) return {Fate::kNotUnderstood, {}};
    return {};
  }

  // The word of txt-stat, unless tboot says that the CPU can't be launched so.
  void StateMeasuredLaunch() {
    if (!reading_.measured_launch || lacks_smx_) return;
    reading_.evidence.SetMeta(meta::kMeasuredLaunch, *reading_.measured_launch ? "yes" : "no");
  }

  std::string_view content_;
  LinePeeler peeler_;
  Reading reading_;
  TriggerIndex::Hits used_;
  bool lacks_smx_ = false;
  std::size_t lines_ = 0;
  std::size_t logged_ = 0;
  std::size_t not_understood_ = 0;
  std::size_t first_not_understood_ = 0;
};

std::string Counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string Summary(const Evidence::Count& count, const Reader& reader) {
  std::string text = "took ";
  if (count.registers != 0) {
    text +=
        fmt::format("{} of {}", Counted(count.registers, "register"), Counted(count.cpus, "CPU"));
  }
  if (count.words != 0) {
    if (count.registers != 0) text += " and ";
    text += Counted(count.words, "sentence");
  }
  text += fmt::format(" from {}", Counted(reader.lines(), "line"));
  if (reader.not_understood() != 0) {
    text += fmt::format(
        "; {} that {} like evidence {} not understood, the first is line {} (--explain)",
        Counted(reader.not_understood(), "line"), reader.not_understood() == 1 ? "looks" : "look",
        reader.not_understood() == 1 ? "was" : "were", reader.first_not_understood());
  }
  return text;
}

bool IsText(std::string_view content) { return content.find('\0') == std::string_view::npos; }

Confidence Recognize(const File& file) {
  if (!IsText(Head(file.content))) return Confidence::kNone;
  Reader head(Head(file.content));
  head.Read({});
  if (!head.evidence().empty()) return Confidence::kPossible;
  // A long log says it somewhere behind its beginning.
  const bool is_log = head.logged() * 2 > std::min<std::size_t>(head.lines(), 64);
  if (!is_log || file.content.size() <= Head(file.content).size()) return Confidence::kNone;
  Reader all(file.content);
  all.Read({});
  return all.evidence().empty() ? Confidence::kNone : Confidence::kPossible;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  return ReadPaste(**file);
}

// The importer whose lines a sighting reads too.
std::string_view ImporterOf(const Sighting& sighting) {
  const std::string_view name = sighting.name;
  if (name == "cpuid -r") return kCpuidTool.name;
  if (name == "CPUID by AIDA64" || name == "MSR by AIDA64") return kAida.name;
  if (name.starts_with("turbostat")) return kTurbostat.name;
  return {};
}

}  // namespace

tl::expected<Imported, Error> ReadPaste(const File& file, const VisitLine& visit) {
  Reader reader(file.content);
  reader.Read(visit);
  if (const std::size_t line = reader.evidence().first_beyond(); line != 0) {
    return tl::unexpected(Error{file.name, line, 1, TooManyReadings()});
  }
  if (reader.evidence().empty()) {
    if (reader.not_understood() != 0) {
      return tl::unexpected(
          Error{file.name, reader.first_not_understood(), 1,
                "this line looks like evidence and was not understood: give the command with its "
                "whole output, such as rdmsr -a 0x3a without -f"});
    }
    return tl::unexpected(Error{file.name, 0, 0, "there is not one reading of a register in it"});
  }
  Evidence::Count count;
  Imported imported = std::move(reader.evidence()).Build(&count);
  imported.notes.insert(imported.notes.begin(), Summary(count, reader));
  return imported;
}

tl::expected<Imported, Error> ExplainText(const File& file, const VisitLine& visit) {
  const std::string usual = WithUsualEncoding(std::string(file.content));
  return ReadPaste({file.name, usual}, visit);
}

bool MayBePaste(std::string_view beginning) {
  if (!IsText(beginning)) return false;
  Reader reader(Head(beginning));
  reader.Read({});
  return !reader.evidence().empty() ||
         reader.logged() * 2 > std::min<std::size_t>(reader.lines(), 64);
}

bool HoldsMoreThan(std::string_view importer, std::string_view beginning) {
  constexpr std::size_t kLooked = std::size_t{64} << 10;
  Reader reader(beginning.substr(0, kLooked));
  reader.Read({});
  const std::span<const Sighting> sightings = AllSightings();
  for (std::size_t i = 0; i < sightings.size(); ++i) {
    if (!reader.used()[i]) continue;
    const bool is_other = ImporterOf(sightings[i]) != importer &&
                          !sightings[i].name.starts_with("a CPU's header") &&
                          !sightings[i].name.starts_with("a core's header");
    if (is_other) return true;
  }
  return (reader.used() >> sightings.size()).any();
}

const Importer kPaste{.name = "paste",
                      .title = "any text: a terminal's scroll-back, a mail, a log",
                      .detect = Recognize,
                      .import = Import};

}  // namespace vtprobe::import
