#include "vtprobe/hal/proof_record.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "vtprobe/hal/numbers.h"

namespace vtprobe {
namespace {

constexpr std::string_view kSlowest = "slowest";
constexpr std::string_view kBusy = "busy";  // a refusal that proves nothing

constexpr std::string_view kExpectedProvider =
    "the KVM that ran guests, such as kvm_amd, and groups of CPUs, each behind a semicolon";
constexpr std::string_view kExpectedGroup =
    "CPUS ran RUNS, or CPUS and refused, busy, wrong or not_asked, then NOT_WELL of RUNS: REASON";
constexpr std::string_view kExpectedOthers = "CPUs that no other group has";
constexpr std::string_view kExpectedSlowest = "slowest CPU NANOSECONDS, once";

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

std::string_view WithoutBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the first word and the blanks around it off the front.
std::string_view TakeWord(std::string_view* text) {
  *text = WithoutBlanks(*text);
  const auto* const end = std::find_if(text->begin(), text->end(), IsBlank);
  const auto size = static_cast<std::size_t>(end - text->begin());
  const std::string_view word = text->substr(0, size);
  *text = WithoutBlanks(text->substr(size));
  return word;
}

bool TakeNumber(std::string_view* text, std::uint64_t* number) {
  const auto taken = ParseDigits<std::uint64_t>(TakeWord(text), 10);
  if (taken) *number = *taken;
  return taken.has_value();
}

// A module of KVM, as Linux names it, "kvm" where it is not known which one it was, or
// "none".
bool IsProvider(std::string_view name) {
  if (name == "none" || name == "kvm") return true;
  return name.starts_with("kvm_") && name.size() > 4 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

bool TakeOutcome(std::string_view word, GuestRun* run) {
  constexpr std::array kOutcomes = {GuestOutcome::kRan, GuestOutcome::kRefused,
                                    GuestOutcome::kWrong, GuestOutcome::kNotAsked};
  run->is_busy = word == kBusy;
  if (run->is_busy) {
    run->outcome = GuestOutcome::kRefused;
    return true;
  }
  const auto* const found =
      std::find_if(kOutcomes.begin(), kOutcomes.end(),
                   [&](GuestOutcome outcome) { return Name(outcome) == word; });
  if (found == kOutcomes.end()) return false;
  run->outcome = *found;
  return true;
}

// Nothing runs without a run, and nothing fails without one that failed.
bool IsPlausible(const ProofGroup& group) {
  if (group.not_well > group.runs) return false;
  switch (group.run.outcome) {
    case GuestOutcome::kRan:
      return group.runs != 0;
    case GuestOutcome::kRefused:
    case GuestOutcome::kWrong:
      return group.not_well != 0;
    case GuestOutcome::kNotAsked:
      return true;
  }
  return false;
}

std::optional<ProofGroup> GroupOf(std::string_view text) {
  ProofGroup group;
  auto cpus = CpuSet::Parse(TakeWord(&text));
  if (!cpus || !TakeOutcome(TakeWord(&text), &group.run)) return std::nullopt;
  group.cpus = *std::move(cpus);
  if (group.run.outcome == GuestOutcome::kRan) {
    if (!TakeNumber(&text, &group.runs) || !text.empty()) return std::nullopt;
  } else {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    group.run.reason = WithoutBlanks(text.substr(colon + 1));
    text = text.substr(0, colon);
    if (group.run.reason.empty() || !TakeNumber(&text, &group.not_well) ||
        TakeWord(&text) != "of" || !TakeNumber(&text, &group.runs) || !text.empty()) {
      return std::nullopt;
    }
  }
  if (!IsPlausible(group)) return std::nullopt;
  return group;
}

std::optional<SlowestRun> SlowestOf(std::string_view text) {
  TakeWord(&text);
  std::uint64_t cpu = 0;
  std::uint64_t took = 0;
  if (!TakeNumber(&text, &cpu) || !TakeNumber(&text, &took) || !text.empty()) return std::nullopt;
  constexpr std::uint64_t kMost = std::chrono::nanoseconds::max().count();
  if (cpu > kMaxCpuNumber || took > kMost) return std::nullopt;
  return SlowestRun{LogicalCpu{static_cast<std::uint32_t>(cpu)},
                    std::chrono::nanoseconds(static_cast<std::int64_t>(took))};
}

// The first group, in their order, that has a CPU of another before it.
std::optional<std::size_t> FindSecondOfACpu(const std::vector<ProofGroup>& groups) {
  struct Member {
    CpuSet::Range cpus;
    std::size_t group;
  };
  std::vector<Member> members;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (const CpuSet::Range& range : groups[i].cpus.ranges()) members.push_back({range, i});
  }
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::pair(a.cpus.first, a.group) < std::pair(b.cpus.first, b.group);
  });
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (members[i].cpus.first <= members[i - 1].cpus.last) {
      return std::max(members[i].group, members[i - 1].group);
    }
  }
  return std::nullopt;
}

// A group, or what was slowest. What was expected in its place; empty: nothing else.
std::string_view TakeItem(std::string_view item, ProofRecord* record) {
  if (std::string_view rest = item; TakeWord(&rest) == kSlowest) {
    const auto slowest = SlowestOf(item);
    if (!slowest || record->slowest) return kExpectedSlowest;
    record->slowest = slowest;
    return {};
  }
  auto group = GroupOf(item);
  if (!group) return kExpectedGroup;
  record->groups.push_back(*std::move(group));
  return {};
}

}  // namespace

std::string_view Name(GuestOutcome outcome) {
  switch (outcome) {
    case GuestOutcome::kRan:
      return "ran";
    case GuestOutcome::kRefused:
      return "refused";
    case GuestOutcome::kWrong:
      return "wrong";
    case GuestOutcome::kNotAsked:
      return "not_asked";
  }
  return "";
}

std::string ProofText(const ProofRecord& record) {
  std::string text = record.provider;
  for (const ProofGroup& group : record.groups) {
    text.append("; ").append(group.cpus.ToString()).append(" ");
    text.append(group.run.is_busy ? kBusy : Name(group.run.outcome)).append(" ");
    if (group.run.outcome == GuestOutcome::kRan) {
      text.append(std::to_string(group.runs));
      continue;
    }
    text.append(std::to_string(group.not_well)).append(" of ").append(std::to_string(group.runs));
    std::string reason = group.run.reason;
    std::replace(reason.begin(), reason.end(), ';', ',');
    text.append(": ").append(reason);
  }
  if (record.slowest) {
    text.append("; ").append(kSlowest).append(" ");
    text.append(std::to_string(Number(record.slowest->cpu))).append(" ");
    text.append(std::to_string(record.slowest->took.count()));
  }
  return text;
}

tl::expected<ProofRecord, InvalidValue> ParseProof(std::string_view text) {
  ProofRecord record;
  std::vector<std::size_t> places;  // of the groups
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    const std::string_view item = WithoutBlanks(text.substr(begin, end - begin));
    const std::size_t place =
        item.empty() ? begin : static_cast<std::size_t>(item.data() - text.data());
    if (begin == 0) {
      if (!IsProvider(item) || end == text.size()) {
        return tl::unexpected(InvalidValue{kExpectedProvider, IsProvider(item) ? end : place});
      }
      record.provider = item;
    } else if (const auto expected = TakeItem(item, &record); !expected.empty()) {
      return tl::unexpected(InvalidValue{expected, place});
    } else {
      places.resize(record.groups.size(), place);
    }
    if (end == text.size()) break;
    begin = end + 1;
  }
  if (record.groups.empty()) return tl::unexpected(InvalidValue{kExpectedGroup, text.size()});
  if (const auto second = FindSecondOfACpu(record.groups)) {
    return tl::unexpected(InvalidValue{kExpectedOthers, places[*second]});
  }
  return record;
}

}  // namespace vtprobe
