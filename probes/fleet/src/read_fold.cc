// A fold out of its JSON. A program wrote it, and what is read may be damaged since or
// made up by somebody: each value is asked for what it has to be, and the error says
// which of them is not.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "cell_text.h"
#include "vtprobe/fleet/fold.h"

namespace vtprobe::fleet {
namespace {

using Json = nlohmann::ordered_json;

// Thrown and caught in this file alone.
struct Damage {
  std::string why;
};

constexpr std::array kOfMachines = {0, 1, 2, 3};
constexpr std::array kOfUnreadable = {65, 66};

// A value, and where it stands: "patterns[3].exit_code".
class Value {
 public:
  Value(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

  Value operator[](const char* key) const {
    if (!json_.is_object()) Fail("expected an object");
    const auto found = json_.find(key);
    const std::string place = place_.empty() ? key : fmt::format("{}.{}", place_, key);
    if (found == json_.end()) throw Damage{fmt::format("{} is missing", place)};
    return {*found, place};
  }

  std::vector<Value> List() const {
    if (!json_.is_array()) Fail("expected a list");
    std::vector<Value> list;
    list.reserve(json_.size());
    for (const Json& one : json_) {
      list.emplace_back(one, fmt::format("{}[{}]", place_, list.size()));
    }
    return list;
  }

  std::string Text() const {
    if (!json_.is_string()) Fail("expected a text");
    return json_.get<std::string>();
  }

  std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    for (const Value& one : List()) texts.push_back(one.Text());
    return texts;
  }

  bool Truth() const {
    if (!json_.is_boolean()) Fail("expected true or false");
    return json_.get<bool>();
  }

  std::size_t Number(std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    if (!json_.is_number_unsigned()) Fail("expected a whole number");
    const auto number = json_.get<std::uint64_t>();
    if (number > most) Fail(fmt::format("expected at most {}", most));
    return number;
  }

  // The number of one of so many things.
  std::size_t Place(std::size_t count) const {
    const std::size_t number = Number();
    if (number >= count) Fail(fmt::format("there are {} of these", count));
    return number;
  }

  template <std::size_t kCount>
  int OneOf(const std::array<int, kCount>& all) const {
    const std::size_t number = Number();
    for (const int one : all) {
      if (number == static_cast<std::size_t>(one)) return one;
    }
    Fail(fmt::format("expected one of {}", fmt::join(all, ", ")));
  }

  [[noreturn]] void Fail(std::string_view why) const {
    throw Damage{fmt::format("{}: {}", place_, why)};
  }

 private:
  const Json& json_;
  std::string place_;
};

Usable UsableOf(const Value& value) {
  const std::string name = value.Text();
  for (const Usable usable : {Usable::kNo, Usable::kNotYet, Usable::kUnknown, Usable::kYes}) {
    if (Name(usable) == name) return usable;
  }
  value.Fail("expected yes, no, not_yet or unknown");
}

std::vector<std::pair<std::string, bool>> FailedOf(const Value& value) {
  std::vector<std::pair<std::string, bool>> failed;
  for (const Value& one : value.List()) {
    const std::vector<Value> pair = one.List();
    if (pair.size() != 2) one.Fail("expected a rule, and whether it counts");
    failed.emplace_back(pair.front().Text(), pair.back().Truth());
  }
  return failed;
}

}  // namespace

struct FoldReader {
  Fold& fold;
  std::vector<CellNumber> numbers{};  // the fold's own, by those in the text
  std::vector<const Pattern*> patterns{};

  void Read(const Value& json) {
    for (const Value& text : json["cells"].List()) {
      auto cell = ParseCell(text.Text());
      if (!cell) text.Fail("expected the readings of a register");
      numbers.push_back(fold.Intern(*std::move(cell)));
    }
    for (const Value& one : json["patterns"].List()) ReadPattern(one);
    std::set<const Pattern*> recorded;
    for (const Value& one : json["recordings"].List()) {
      const Value machine = one["machine"];
      if (machine.Text().empty()) machine.Fail("expected a name");
      recorded.insert(patterns[one["pattern"].Place(patterns.size())]);
      fold.machines_[machine.Text()].push_back(
          {one["time"].Text(), one["order"].Number(), one["name"].Text(),
           patterns[one["pattern"].Place(patterns.size())], CellsOf(one["cells"])});
    }
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (fold.patterns_.at(*patterns[i]).count() == 0 && !recorded.contains(patterns[i])) {
        json["patterns"].List()[i].Fail("no machine is like this");
      }
    }
    for (const Value& one : json["unreadable"].List()) {
      fold.AddUnreadable(one["name"].Text(),
                         {one["why"].Text(), one["exit_code"].OneOf(kOfUnreadable)});
    }
    fold.not_recordings_ = json["not_recordings"].Number(kMostMachines);
    fold.golden_ = CellsOf(json["golden"]);
    if (!fold.golden_.empty() && fold.way_.against.empty()) {
      json["golden"].Fail("the machines are held against their like");
    }
    for (const Value& row : json["left_out"].List()) {
      fold.comparable_.AddLeftOut(row.Place(AllByNature().size()));
    }
  }

 private:
  // So that no sum of what reports say overflows.
  static constexpr std::size_t kMostMachines = std::size_t{1} << 40;

  // Of each register and core type one.
  std::vector<CellNumber> CellsOf(const Value& list) const {
    std::vector<CellNumber> cells;
    std::set<std::pair<RegisterId, std::uint32_t>> seen;
    for (const Value& number : list.List()) {
      cells.push_back(numbers[number.Place(numbers.size())]);
      const Cell& cell = fold.cell(cells.back());
      if (!seen.emplace(cell.reg, cell.core_type).second) {
        number.Fail("a register stands here twice");
      }
    }
    return cells;
  }

  void ReadPattern(const Value& json) {
    Pattern pattern{.kin = {json["board"].Text(), json["signature"].Text(), json["model"].Text()},
                    .firmware = json["firmware"].Text(),
                    .firmware_date = json["firmware_date"].Text(),
                    .microcode = json["microcode"].Texts(),
                    .usable = UsableOf(json["usable"]),
                    .exit_code = json["exit_code"].OneOf(kOfMachines),
                    .failed = FailedOf(json["failed"]),
                    .cells = CellsOf(json["cells"]),
                    .unread = json["unread"].Texts()};
    const auto [place, is_new] = fold.patterns_.try_emplace(std::move(pattern));
    auto& [ours, names] = *place;
    if (!is_new) json.Fail("the same stands here twice");
    for (std::string& name : json["names"].Texts()) names.Add(std::move(name));
    const std::size_t count = json["machines"].Number(kMostMachines);
    if (names.count() != std::min(count, Names::kMostKept)) {
      json["names"].Fail(fmt::format("there are {} names of {} machines", names.count(), count));
    }
    names.count_ = count;
    patterns.push_back(&ours);
  }
};

tl::expected<Fold, std::string> Fold::FromJson(std::string_view json, std::string tool_version) {
  try {
    const Json parsed = Json::parse(json);
    const Value value(parsed, {});
    Fold fold(Way{.tool_version = std::move(tool_version),
                  .profile = value["profile"].Text(),
                  .against = value["against"].Text(),
                  .machines = value["machines"].Text(),
                  .profile_text = value["profile_text"].Text()});
    FoldReader{fold}.Read(value);
    return fold;
  } catch (const Damage& damage) {
    return tl::unexpected(damage.why);
  } catch (const nlohmann::json::exception& error) {
    return tl::unexpected(std::string(error.what()));
  }
}

}  // namespace vtprobe::fleet
