#include "paste/paste.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "importers.h"
#include "paste/reader.h"
#include "paste/sightings.h"
#include "single_file.h"
#include "text_encoding.h"
#include "vtprobe/hal/dump_limits.h"

namespace vtprobe::import {
namespace {

std::string Counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string Summary(const Evidence::Count& count, const PasteReader& reader) {
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

// What is wrong with the line that was not understood, and what would help.
std::string WhyNot(PasteReader& reader) {
  const std::vector<std::string>& notes = reader.evidence().notes();
  if (!notes.empty()) return notes.front();
  return "this line looks like evidence and was not understood: give the command with its whole "
         "output, such as sudo rdmsr -a 0x3a (vtprobe import --explain says what became of each "
         "line)";
}

bool IsText(std::string_view content) { return content.find('\0') == std::string_view::npos; }

Confidence Recognize(const File& file) {
  if (!IsText(Head(file.content))) return Confidence::kNone;
  PasteReader head(Head(file.content));
  head.Read({});
  // Where nothing else knows the text, it is said which line looks like evidence.
  if (!head.evidence().empty() || head.not_understood() != 0) return Confidence::kPossible;
  // A long log says it somewhere behind its beginning.
  const bool is_log = head.logged() * 2 > std::min<std::size_t>(head.lines(), 64);
  if (!is_log || file.content.size() <= Head(file.content).size()) return Confidence::kNone;
  PasteReader all(file.content);
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
  PasteReader reader(file.content);
  reader.Read(visit);
  if (const std::size_t line = reader.evidence().first_beyond(); line != 0) {
    return tl::unexpected(Error{file.name, line, 1, TooManyReadings()});
  }
  if (reader.evidence().empty()) {
    if (reader.not_understood() != 0) {
      return tl::unexpected(Error{file.name, reader.first_not_understood(), 1, WhyNot(reader)});
    }
    if (const std::size_t line = reader.silent_command(); line != 0) {
      return tl::unexpected(
          Error{file.name, line, 1,
                "rdmsr is run here, and no number stands below it that it printed "
                "of one machine: give its whole output, as it was printed"});
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
  PasteReader reader(Head(beginning));
  reader.Read({});
  return !reader.evidence().empty() ||
         reader.logged() * 2 > std::min<std::size_t>(reader.lines(), 64);
}

bool HoldsMoreThan(std::string_view importer, std::string_view beginning) {
  constexpr std::size_t kLooked = std::size_t{64} << 10;
  PasteReader reader(beginning.substr(0, kLooked));
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
