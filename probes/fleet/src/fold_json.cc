// A fold as JSON (read_fold.cc reads it). Cells are numbered in the order of their registers and
// patterns stand in the order of what they are, so that a fold is written the same
// whatever order its machines came in, and however they were dealt out to shards.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <tuple>
#include <utility>

#include "cell_text.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/hal/natural_order.h"

namespace vtprobe::fleet {

using Json = nlohmann::ordered_json;

struct FoldText {
  // What is written in this order, with the numbers by which cells are known then.
  struct Order {
    std::vector<CellNumber> cells;    // by their new numbers
    std::vector<CellNumber> numbers;  // new ones, by the fold's own
    std::vector<std::pair<Pattern, const Names*>> patterns;
    std::map<const Pattern*, std::size_t> places;
  };

  static std::vector<CellNumber> Renumbered(std::vector<CellNumber> cells, const Order& order) {
    for (CellNumber& cell : cells) cell = order.numbers[cell];
    return cells;
  }

  static Order OrderOf(const Fold& fold) {
    Order order;
    order.cells.resize(fold.cells_.size());
    for (std::size_t i = 0; i < order.cells.size(); ++i) {
      order.cells[i] = static_cast<CellNumber>(i);
    }
    std::vector<std::string> texts;
    texts.reserve(fold.cells_.size());
    for (const Cell& cell : fold.cells_) texts.push_back(CellText(cell));
    std::sort(order.cells.begin(), order.cells.end(), [&](CellNumber a, CellNumber b) {
      const Cell& left = fold.cells_[a];
      const Cell& right = fold.cells_[b];
      return std::tie(left.reg, left.core_type, texts[a]) <
             std::tie(right.reg, right.core_type, texts[b]);
    });
    order.numbers.resize(order.cells.size());
    for (std::size_t i = 0; i < order.cells.size(); ++i) {
      order.numbers[order.cells[i]] = static_cast<CellNumber>(i);
    }
    std::vector<std::tuple<Pattern, const Names*, const Pattern*>> patterns;
    for (const auto& [pattern, names] : fold.patterns_) {
      Pattern copy = pattern;
      copy.cells = Renumbered(std::move(copy.cells), order);
      patterns.emplace_back(std::move(copy), &names, &pattern);
    }
    std::sort(patterns.begin(), patterns.end(),
              [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
    for (auto& [pattern, names, original] : patterns) {
      order.places[original] = order.patterns.size();
      order.patterns.emplace_back(std::move(pattern), names);
    }
    return order;
  }

  static Json PatternJson(const Pattern& pattern, const Names& names) {
    Json json;
    json["board"] = pattern.kin.board;
    json["signature"] = pattern.kin.signature;
    json["model"] = pattern.kin.model;
    json["firmware"] = pattern.firmware;
    json["firmware_date"] = pattern.firmware_date;
    json["microcode"] = pattern.microcode;
    json["usable"] = Name(pattern.usable);
    json["exit_code"] = pattern.exit_code;
    json["failed"] = Json::array();
    for (const auto& [rule, counted] : pattern.failed) {
      json["failed"].push_back(Json::array({rule, counted}));
    }
    json["cells"] = pattern.cells;
    json["unread"] = pattern.unread;
    json["machines"] = names.count();
    json["names"] = names.kept();
    return json;
  }

  static std::string Write(const Fold& fold) {
    const Order order = OrderOf(fold);
    Json json;
    json["profile"] = fold.way_.profile;
    json["against"] = fold.way_.against;
    json["machines"] = fold.way_.machines;
    json["profile_text"] = fold.way_.profile_text;
    json["cells"] = Json::array();
    for (const CellNumber cell : order.cells) json["cells"].push_back(CellText(fold.cells_[cell]));
    json["patterns"] = Json::array();
    for (const auto& [pattern, names] : order.patterns) {
      json["patterns"].push_back(PatternJson(pattern, *names));
    }
    json["recordings"] = Json::array();
    for (const auto& [machine, boots] : fold.machines_) {
      for (const Boot& boot : InOrder(boots)) {
        json["recordings"].push_back({{"machine", machine},
                                      {"name", boot.name},
                                      {"time", boot.time},
                                      {"order", boot.order},
                                      {"pattern", order.places.at(boot.pattern)},
                                      {"cells", Renumbered(boot.own, order)}});
      }
    }
    json["unreadable"] = Json::array();
    for (const auto& [name, unreadable] : fold.unreadable_) {
      json["unreadable"].push_back(
          {{"name", name}, {"why", unreadable.why}, {"exit_code", unreadable.exit_code}});
    }
    json["not_recordings"] = fold.not_recordings_;
    json["golden"] = Renumbered(fold.golden_, order);
    json["left_out"] = fold.left_out();
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  static std::vector<Boot> InOrder(std::vector<Boot> boots) {
    std::sort(boots.begin(), boots.end(), IsBefore);
    return boots;
  }
};

namespace {

// A time up to its seconds, and what comes behind their point: "00Z" is before "00.5Z",
// and "00.25Z" between the two.
std::pair<std::string_view, std::string_view> PartsOf(std::string_view time) {
  const std::string_view seconds = time.substr(0, time.find_first_of(".Z"));
  std::string_view fraction = time.substr(seconds.size());
  if (fraction.starts_with('.')) fraction.remove_prefix(1);
  fraction = fraction.substr(0, fraction.find_first_not_of("0123456789"));
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  return {seconds, fraction};
}

}  // namespace

bool IsBefore(const Boot& a, const Boot& b) {
  if (a.order != b.order) return a.order < b.order;
  const auto time = PartsOf(a.time);
  const auto other = PartsOf(b.time);
  if (time != other) return time < other;
  return IsNaturallyBefore(a.name, b.name);
}

std::string Fold::ToJson() const { return FoldText::Write(*this); }

}  // namespace vtprobe::fleet
