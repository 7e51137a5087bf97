#include "vtprobe/import/importer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

#include "importers.h"
#include "paste/paste.h"
#include "text_lines.h"

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

// An order on what a register gave: failures by their code, in front of values.
using Ordered = std::tuple<int, CpuidRegisterMask, std::array<std::uint64_t, 4>>;

Ordered InOrder(const MsrReading& reading) {
  if (reading.known() == 0) return {static_cast<int>(reading.error()), {}, {}};
  return {std::numeric_limits<int>::max(), {}, {reading.known(), reading.known_bits()}};
}

Ordered InOrder(const CpuidReading& reading) {
  if (!reading) return {static_cast<int>(reading.error()), {}, {}};
  const CpuidRegisters& registers = reading->registers;
  return {std::numeric_limits<int>::max(),
          reading->recorded,
          {registers.eax, registers.ebx, registers.ecx, registers.edx}};
}

// Ascending.
template <typename Key>
std::vector<Ordered> ReadingsOf(const PlatformSnapshot& snapshot, const Key& key) {
  std::vector<Ordered> readings;
  for (const auto& [cpus, reading] : snapshot.Values(key)) readings.push_back(InOrder(reading));
  std::sort(readings.begin(), readings.end());
  return readings;
}

// Whether each value of each register of `a` is also somewhere in `b`.
template <typename Key>
bool AreAmong(const PlatformSnapshot& a, const PlatformSnapshot& b, const Key& key) {
  const std::vector<Ordered> theirs = ReadingsOf(b, key);
  const std::vector<Ordered> mine = ReadingsOf(a, key);
  return std::includes(theirs.begin(), theirs.end(), mine.begin(), mine.end());
}

bool IsAmong(const PlatformSnapshot& a, const PlatformSnapshot& b) {
  const Selection all = a.Everything();
  return std::all_of(all.cpuid.begin(), all.cpuid.end(),
                     [&](const auto& leaf) { return AreAmong(a, b, leaf.first); }) &&
         std::all_of(all.msrs.begin(), all.msrs.end(),
                     [&](MsrAddress address) { return AreAmong(a, b, address); });
}

bool HasWords(const Metadata& metadata) {
  const auto& entries = metadata.entries();
  return std::any_of(entries.begin(), entries.end(), [](const Metadata::Entry& entry) {
    return entry.first.find("_log.") != std::string::npos;
  });
}

// A format may be there and not be all: then the reader of any text has it, if
// it loses nothing.
bool IsBetterRead(const File& file, const Importer& importer) {
  if (!HoldsMoreThan(importer.name, file.content)) return false;
  const auto as_text = ReadPaste(file);
  if (!as_text) return false;
  const auto as_format = importer.import(std::span(&file, 1), {});
  if (!as_format) return true;
  const PlatformSnapshot& text = as_text->snapshot;
  return IsAmong(as_format->snapshot, text) &&
         (!IsAmong(text, as_format->snapshot) || HasWords(text.metadata()));
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
    if (importer == &kPaste) continue;
    const Confidence confidence = importer->detect(file);
    if (confidence == Confidence::kNone || confidence < guess.confidence) continue;
    if (confidence > guess.confidence) guess.candidates.clear();
    guess.confidence = confidence;
    guess.candidates.push_back(importer);
    if (confidence == Confidence::kSettled) break;
  }
  return guess;
}

// What a content is that nobody knows, for somebody who took it for a recording.
std::string_view WhatUnknownIs(std::string_view content) {
  if (content.find_first_not_of(" \t\r\n") == std::string_view::npos) return "it is empty";
  if (Head(content).find('\0') != std::string_view::npos) {
    return "it is no text, and no recording that is known (vtprobe import --help lists those)";
  }
  return "no line of it is understood as one of a register: give a command with its whole output, "
         "such as sudo rdmsr -a 0x3a, or a recording that is known: a dump, whose first line is "
         "\"vtprobe-dump 1\", or one that vtprobe import --help lists";
}

tl::expected<const Importer*, Error> Detect(std::span<const File> files) {
  const File& file = files.front();
  const auto [confidence, candidates] = GuessFormat(file);
  const bool is_text =
      files.size() == 1 && confidence != Confidence::kSettled &&
      (candidates.empty() ? kPaste.detect(file) != Confidence::kNone
                          : candidates.size() == 1 && IsBetterRead(file, *candidates.front()));
  if (is_text) return &kPaste;
  if (candidates.empty()) {
    return tl::unexpected(Error{file.name, 1, 1, std::string(WhatUnknownIs(file.content))});
  }
  if (candidates.size() > 1) {
    return tl::unexpected(Error{
        file.name, 0, 0, "it could be any of " + Names(candidates) + ": say which with --from"});
  }
  return candidates.front();
}

}  // namespace vtprobe::import
