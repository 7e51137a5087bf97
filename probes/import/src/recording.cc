#include "vtprobe/import/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "characters.h"
#include "importers.h"
#include "merge.h"
#include "paste/paste.h"
#include "text_encoding.h"
#include "unpack.h"
#include "vtprobe/hal/natural_order.h"
#include "vtprobe/import/explain.h"
#include "vtprobe/probes/identity.h"
#include "vtprobe/probes/system.h"

namespace vtprobe::import {
namespace {

std::string_view BaseName(std::string_view name) {
  return name.substr(name.rfind('/') + 1);  // npos + 1 is 0
}

bool IsFoundBefore(const Input& a, const Input& b) { return IsNaturallyBefore(a.name, b.name); }

// The members of archives take the archives' place, in the order of their
// names.
tl::expected<std::vector<Input>, Error> Unfold(std::vector<Input> inputs, Allowance* allowance) {
  std::vector<Input> files;
  for (Input& input : inputs) {
    // An archive in a folder is another machine, or none.
    if (!input.is_named || !IsArchive(input.content)) {
      files.push_back(std::move(input));
      continue;
    }
    auto unpacked = Unpack(File{input.name, input.content}, allowance);
    if (!unpacked) return tl::unexpected(std::move(unpacked.error()));
    input.content = {};
    std::vector<Input> members;
    for (Member& member : unpacked->members) {
      std::string name = unpacked->is_tar ? input.name + "/" + member.path : std::move(member.path);
      members.push_back({std::move(name), std::move(member.content), !unpacked->is_tar});
    }
    std::sort(members.begin(), members.end(), IsFoundBefore);
    std::move(members.begin(), members.end(), std::back_inserter(files));
  }
  return files;
}

// Names a few of the files.
std::string Listed(const std::vector<const Input*>& files) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(files.size(), kNamed); ++i) {
    if (i != 0) text += ", ";
    text += BaseName(files[i]->name);
  }
  if (files.size() > kNamed) text += fmt::format(" and {} more", files.size() - kNamed);
  return text;
}

struct Chosen {
  const Importer* importer = nullptr;
  std::vector<const Input*> files;
  std::vector<const Input*> left_alone;
};

Error NoneRecognised(const std::vector<Input>& files) {
  for (const Input& input : files) {
    if (!input.is_named) continue;
    const std::array file = {File{input.name, input.content}};
    return Detect(file).error();
  }
  if (files.empty()) return {"", 0, 0, "there is no file to read"};
  return {files.front().name, 0, 0,
          files.size() == 1
              ? "it is no recording that is known (vtprobe import --help lists those)"
              : "neither this file nor those beside it are a recording that is known (vtprobe "
                "import --help lists those)"};
}

// The format that the files have in common. A column of bare numbers beside
// recordings is not one.
tl::expected<const Importer*, Error> CommonFormat(const std::vector<Input>& files,
                                                  const std::vector<Guess>& guesses) {
  for (const Confidence least : {Confidence::kLikely, Confidence::kPossible}) {
    std::size_t first = files.size();
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (guesses[i].confidence < least || guesses[i].candidates.size() != 1) continue;
      if (first == files.size()) first = i;
      const Importer* const importer = guesses[first].candidates.front();
      const Importer* const other = guesses[i].candidates.front();
      if (importer != other) {
        return tl::unexpected(
            Error{files[i].name, 0, 0,
                  fmt::format("it is of format {}, but {} is of format {}: name the files of one "
                              "machine one by one, and they are merged",
                              other->name, BaseName(files[first].name), importer->name)});
      }
    }
    if (first != files.size()) return guesses[first].candidates.front();
  }
  return tl::unexpected(NoneRecognised(files));
}

tl::expected<Chosen, Error> Choose(const std::vector<Input>& files, const Importer* forced) {
  std::vector<Guess> guesses;
  Chosen chosen;
  chosen.importer = forced;
  if (forced == nullptr && files.size() == 1 && files.front().is_named) {
    // One file that somebody named may be any text.
    const std::array one = {File{files.front().name, files.front().content}};
    const auto importer = Detect(one);
    if (!importer) return tl::unexpected(importer.error());
    return Chosen{*importer, {&files.front()}, {}};
  }
  if (forced == nullptr) {
    for (const Input& input : files) guesses.push_back(GuessFormat({input.name, input.content}));
    const auto common = CommonFormat(files, guesses);
    if (!common) return tl::unexpected(common.error());
    chosen.importer = *common;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Input& input = files[i];
    const bool fits =
        forced != nullptr
            ? input.is_named || forced->detect({input.name, input.content}) != Confidence::kNone
            : std::count(guesses[i].candidates.begin(), guesses[i].candidates.end(),
                         chosen.importer) != 0;
    if (!fits && input.is_named) {
      return tl::unexpected(Error{
          input.name, 0, 0,
          fmt::format("expected a recording of format {} like the others", chosen.importer->name)});
    }
    (fits ? chosen.files : chosen.left_alone).push_back(&input);
  }
  if (chosen.files.empty()) {
    const std::string name = files.empty() ? "" : files.front().name;
    return tl::unexpected(
        Error{name, 0, 0, fmt::format("there is no file of format {}", chosen.importer->name)});
  }
  return chosen;
}

void SetIfAbsent(std::string_view key, std::string_view value, Metadata* metadata) {
  if (!metadata->Get(key)) metadata->Set(key, value);
}

// An archive, or the files that were taken. Paths may name a person; a file's
// own name does not.
std::string SourceOf(const std::vector<std::string>& inputs, const Chosen& chosen) {
  if (inputs.size() == 1) return std::string(BaseName(inputs.front()));
  const std::size_t more = chosen.files.size() - 1;
  return fmt::format("{}{}", BaseName(chosen.files.front()->name),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

void StateOrigin(std::string_view source, PlatformSnapshot* snapshot) {
  Metadata& metadata = snapshot->mutable_metadata();
  SetIfAbsent(meta::kProvenance, "recorded", &metadata);
  if (IsTakenInGuest(*snapshot)) SetIfAbsent(meta::kStage, "guest", &metadata);
  SetIfAbsent(meta::kSource, source, &metadata);
}

bool IsOfKnownFormat(std::string_view beginning) {
  if (IsArchive(beginning)) return true;
  if (HasUnusualEncoding(beginning)) {
    const std::string usual = WithUsualEncoding(std::string(beginning));
    return !GuessFormat({"", usual}).candidates.empty();
  }
  return !GuessFormat({"", beginning}).candidates.empty();
}

// What a file reads as that had its size and never its content when the machine
// went down. It is no file of another kind, which could be left alone.
bool IsLost(std::string_view content) {
  return !content.empty() && content.find_first_not_of('\0') == std::string_view::npos;
}

// Half of a number is a number.
bool EndsInANumber(std::string_view content) {
  std::size_t digits = 0;
  bool has_decimal = false;
  while (digits < content.size() && IsHexDigit(content[content.size() - 1 - digits])) {
    has_decimal = has_decimal || IsDecimalDigit(content[content.size() - 1 - digits]);
    ++digits;
  }
  content.remove_suffix(digits);
  // A word such as "unused2" is none.
  const bool is_part_of_word = !content.empty() && content.back() > ' ' && content.back() != 'x' &&
                               (content.back() | 0x20) >= 'a' && (content.back() | 0x20) <= 'z';
  return has_decimal && !is_part_of_word;
}

void NoteCutOff(std::span<const File> files, std::vector<std::string>* notes) {
  for (const File& file : files) {
    if (!EndsInANumber(file.content)) continue;
    notes->push_back(
        fmt::format("{} has no line end behind its last number: if it is cut off, that is another",
                    BaseName(file.name)));
    return;
  }
}

bool IsOurs(const Importer& importer) {
  return &importer == &kVtprobeDump || &importer == &kVtprobeBinary;
}

// Each was asked for, and each may be of another format.
bool AreToBeMerged(const std::vector<Input>& files) {
  return files.size() > 1 &&
         std::all_of(files.begin(), files.end(), [](const Input& input) { return input.is_named; });
}

// Files that one importer reads together.
struct ReadTogether {
  const Importer* importer;
  std::vector<File> files;
};

tl::expected<std::vector<ReadTogether>, Error> ByImporter(const std::vector<Input>& files,
                                                          const Importer* forced) {
  std::vector<ReadTogether> groups;
  for (const Input& input : files) {
    const std::array file = {File{input.name, input.content}};
    const tl::expected<const Importer*, Error> importer =
        forced != nullptr ? tl::expected<const Importer*, Error>(forced) : Detect(file);
    if (!importer) return tl::unexpected(importer.error());
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const ReadTogether& group) {
      return group.importer == *importer && group.importer->has_several_files;
    });
    if (found == groups.end()) {
      groups.push_back({*importer, {file.front()}});
    } else {
      found->files.push_back(file.front());
    }
  }
  return groups;
}

// What the files say, each by itself, as one recording.
tl::expected<Imported, Error> ReadEach(const std::vector<Input>& files,
                                       const std::vector<std::string>& names,
                                       const Importer* forced, const Options& options) {
  const auto groups = ByImporter(files, forced);
  if (!groups) return tl::unexpected(groups.error());
  std::vector<Part> parts;
  bool is_all_ours = true;
  for (const ReadTogether& group : *groups) {
    auto imported = group.importer->import(group.files, options);
    if (!imported) return imported;
    if (!IsOurs(*group.importer)) {
      is_all_ours = false;
      NoteCutOff(group.files, &imported->notes);
    }
    parts.push_back({std::string(BaseName(group.files.front().name)), *std::move(imported)});
  }
  tl::expected<Imported, Error> merged =
      parts.size() == 1 ? std::move(parts.front().imported) : Merged(std::move(parts));
  if (!merged || is_all_ours) return merged;
  Chosen all;
  for (const Input& input : files) all.files.push_back(&input);
  StateOrigin(SourceOf(names, all), &merged->snapshot);
  return merged;
}

}  // namespace

tl::expected<Imported, Error> ReadRecording(std::vector<Input> inputs, const Importer* forced,
                                            const Options& options, Allowance* allowance) {
  std::vector<std::string> names;
  names.reserve(inputs.size());
  for (const Input& input : inputs) names.push_back(input.name);
  auto files = Unfold(std::move(inputs), allowance);
  if (!files) return tl::unexpected(files.error());
  for (const Input& file : *files) {
    if (!IsLost(file.content)) continue;
    return tl::unexpected(
        Error{file.name, 0, 0, "it begins with zeros: what was written here is lost"});
  }
  for (Input& file : *files) file.content = WithUsualEncoding(std::move(file.content));
  if (AreToBeMerged(*files)) return ReadEach(*files, names, forced, options);
  const auto chosen = Choose(*files, forced);
  if (!chosen) return tl::unexpected(chosen.error());

  std::vector<File> taken;
  for (const Input* const input : chosen->files) taken.push_back({input->name, input->content});
  auto imported = chosen->importer->import(taken, options);
  if (!imported) return imported;
  if (!chosen->left_alone.empty()) {
    imported->notes.push_back("left alone, being no recording: " + Listed(chosen->left_alone));
  }
  if (!IsOurs(*chosen->importer)) {
    StateOrigin(SourceOf(names, *chosen), &imported->snapshot);
    NoteCutOff(taken, &imported->notes);
  }
  return imported;
}

tl::expected<Imported, Error> ReadRecording(std::vector<Input> inputs, const Importer* forced,
                                            const Options& options) {
  Allowance allowance;
  return ReadRecording(std::move(inputs), forced, options, &allowance);
}

bool MayBeRecording(std::string_view beginning) {
  return IsLost(beginning) || IsOfKnownFormat(beginning);
}

bool MayHoldEvidence(std::string_view beginning) {
  return IsOfKnownFormat(beginning) || MayBePaste(WithUsualEncoding(std::string(beginning)));
}

}  // namespace vtprobe::import
