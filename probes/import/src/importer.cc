#include "vtprobe/import/importer.h"

#include <algorithm>
#include <array>

#include "importers.h"

namespace vtprobe::import {
namespace {

constexpr std::array kImporters = {
#define VTPROBE_IMPORTER(constant) &constant,
#include "importers.def"
#undef VTPROBE_IMPORTER
};

std::string Names(const std::vector<const Importer*>& importers) {
  std::string names;
  for (const Importer* const importer : importers) {
    if (!names.empty()) names += ", ";
    names += importer->name;
  }
  return names;
}

}  // namespace

std::span<const Importer* const> AllImporters() { return kImporters; }

const Importer* FindImporter(std::string_view name) {
  const auto found = std::find_if(kImporters.begin(), kImporters.end(),
                                  [&](const Importer* i) { return i->name == name; });
  return found == kImporters.end() ? nullptr : *found;
}

Guess GuessFormat(const File& file) {
  Guess guess;
  for (const Importer* const importer : kImporters) {
    const Confidence confidence = importer->detect(file);
    if (confidence == Confidence::kNone || confidence < guess.confidence) continue;
    if (confidence > guess.confidence) guess.candidates.clear();
    guess.confidence = confidence;
    guess.candidates.push_back(importer);
    if (confidence == Confidence::kSettled) break;
  }
  return guess;
}

tl::expected<const Importer*, Error> Detect(std::span<const File> files) {
  const File& file = files.front();
  const auto [confidence, candidates] = GuessFormat(file);
  if (candidates.empty()) {
    return tl::unexpected(
        Error{file.name, 1, 1,
              "expected the first line \"vtprobe-dump 1\" or a recording of a known format (" +
                  Names({kImporters.begin(), kImporters.end()}) + ")"});
  }
  if (candidates.size() > 1) {
    return tl::unexpected(Error{
        file.name, 0, 0, "it could be any of " + Names(candidates) + ": say which with --from"});
  }
  return candidates.front();
}

}  // namespace vtprobe::import
