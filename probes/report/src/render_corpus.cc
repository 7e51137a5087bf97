// A corpus in words and in JSON.

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "json_text.h"
#include "vtprobe/report/corpus.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// "enabled 3, disabled_locked 1"
std::string StatesText(const Tally& tally) {
  std::string text;
  for (const State state : kAllStates) {
    const std::size_t count = tally.states.at(static_cast<std::size_t>(state));
    if (count == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", Name(state), count);
  }
  return text;
}

std::string Table(const Corpus& corpus, const Tally& total) {
  std::size_t vendor_width = std::string_view("vendor").size();
  std::size_t name_width = std::string_view("generation").size();
  for (const auto& [generation, tally] : corpus.generations) {
    vendor_width = std::max(vendor_width, generation.vendor.size());
    name_width = std::max(name_width, generation.name.size());
  }
  std::string text;
  const auto row = [&](std::string_view vendor, std::string_view name, const auto& recordings,
                       std::string_view states) {
    text += fmt::format("{:<{}}  {:<{}}  {:>10}  {}\n", vendor, vendor_width, name, name_width,
                        recordings, states);
    if (states.empty()) text.erase(text.size() - 3, 2);
  };
  row("vendor", "generation", "recordings", "state");
  for (const auto& [generation, tally] : corpus.generations) {
    row(generation.vendor, generation.name, tally.recordings, StatesText(tally));
  }
  row("all", "", total.recordings, StatesText(total));
  return text;
}

std::string MissingStates(const Tally& total) {
  std::string missing;
  for (const State state : kAllStates) {
    if (total.states.at(static_cast<std::size_t>(state)) != 0) continue;
    missing += fmt::format("{}{}", missing.empty() ? "" : ", ", Name(state));
  }
  return missing.empty() ? "" : fmt::format("No recording is {}.\n", missing);
}

// Those that are alike stand together, and where there are few they stand out.
std::string NotUsableText(std::vector<NotUsable> machines) {
  if (machines.empty()) return "It is usable on every machine recorded.\n";
  std::stable_sort(machines.begin(), machines.end(), [](const NotUsable& a, const NotUsable& b) {
    return std::tie(a.generation, a.state) < std::tie(b.generation, b.state);
  });
  std::string text = "Not usable, or not known to be:\n";
  for (const NotUsable& machine : machines) {
    text += fmt::format("  {:<20}  {}  ({} {})\n", Name(machine.state), Printable(machine.name),
                        machine.generation.vendor, machine.generation.name);
  }
  return text;
}

OrderedJson StatesJson(const Tally& tally) {
  OrderedJson json = OrderedJson::object();
  for (const State state : kAllStates) {
    const std::size_t count = tally.states.at(static_cast<std::size_t>(state));
    if (count != 0) json[std::string(Name(state))] = count;
  }
  return json;
}

}  // namespace

std::string RenderCorpusText(const Corpus& corpus) {
  const Tally total = TotalOf(corpus);
  std::string text = Table(corpus, total) + MissingStates(total);
  const auto count = [&](std::string_view what, std::size_t number) {
    if (number != 0) text += fmt::format("{}: {}.\n", what, number);
  };
  if (total.recordings == 0) text += "There is no recording that could be judged.\n";
  count("Files that are no recordings", corpus.not_recordings);
  count("Links in the archive, which are not followed", corpus.links);
  if (corpus.not_usable) text += NotUsableText(*corpus.not_usable);
  return text;
}

std::string RenderCorpusJson(const Corpus& corpus, std::string_view tool_version, int exit_code) {
  const Tally total = TotalOf(corpus);
  OrderedJson document;
  document["schema"] = "vtprobe-corpus/1";
  document["tool"] = ToolJson(tool_version);
  document["recordings"] = total.recordings;
  document["states"] = StatesJson(total);
  document["generations"] = OrderedJson::array();
  for (const auto& [generation, tally] : corpus.generations) {
    document["generations"].push_back({{"vendor", generation.vendor},
                                       {"generation", generation.name},
                                       {"recordings", tally.recordings},
                                       {"states", StatesJson(tally)}});
  }
  if (corpus.not_usable) {
    document["not_usable"] = OrderedJson::array();
    for (const NotUsable& machine : *corpus.not_usable) {
      document["not_usable"].push_back({{"name", machine.name},
                                        {"vendor", machine.generation.vendor},
                                        {"generation", machine.generation.name},
                                        {"state", Name(machine.state)},
                                        {"usable", Name(machine.usable)}});
    }
  }
  document["not_recordings"] = corpus.not_recordings;
  document["links"] = corpus.links;
  document["malformed"] = corpus.malformed;
  document["exit_code"] = exit_code;
  return JsonText(document);
}

}  // namespace vtprobe
