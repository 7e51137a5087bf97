// A difference as a page: what got worse and better first, each rule's outcomes
// side by side, then the registers with the bits that changed, and the release note
// to be copied.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "difference_text.h"
#include "finding_rows.h"
#include "html.h"
#include "html_findings.h"
#include "html_page.h"
#include "html_ruler.h"
#include "mood.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/difference.h"

namespace vtprobe {
namespace {

// So many of a register's changes and of a rule's findings are shown: a machine
// may have one for each CPU.
constexpr std::size_t kMostShown = 16;
// So many registers are drawn bit by bit, and so many names are in a list.
constexpr std::size_t kMostDrawn = 200;
// More than these are folded.
constexpr std::size_t kMostOpen = 12;

Mood MoodOf(Direction direction) {
  switch (direction) {
    case Direction::kWorse:
      return Mood::kBad;
    case Direction::kBetter:
      return Mood::kOk;
    case Direction::kNeither:
      return Mood::kAdvice;
  }
  return Mood::kUnknown;
}

Mood MoodOf(const Difference& difference) {
  if (difference.empty()) return Mood::kOk;
  return Differs(difference, FailOn::kWorse) ? Mood::kBad : Mood::kAdvice;
}

Markup DirectionBadge(Direction direction) {
  const Mood mood = MoodOf(direction);
  return HtmlBadge(mood, Sign(mood),
                   direction == Direction::kNeither ? "changed" : Name(direction));
}

Markup Paragraph(std::string_view text) { return Fill("<p>{{text}}</p>\n", {{"text", text}}); }

Markup AndMore(std::size_t count, std::string_view one) {
  if (count <= kMostShown) return {};
  return Paragraph(fmt::format("And {} more.", Counted(count - kMostShown, one)));
}

Markup HtmlFacts(const Difference& difference) {
  Markup facts;
  const auto add = [&](std::string_view name, std::string_view before, std::string_view after) {
    facts += Fill(html::kTwoFacts, {{"name", name}, {"before", before}, {"after", after}});
  };
  add("recording", difference.before_name, difference.after_name);
  for (const MetadataChange& change : difference.metadata) {
    add(change.key, change.before.value_or("-"), change.after.value_or("-"));
  }
  return facts;
}

Markup HtmlOutcomes(const std::vector<Finding>& findings) {
  Markup outcomes;
  const auto by_urgency = ByUrgency(findings);
  for (std::size_t i = 0; i < std::min(kMostShown, by_urgency.size()); ++i) {
    const Finding& finding = *by_urgency[i];
    // Which rules count decides what is worse, and not what a side looks like.
    outcomes += Fill(html::kOutcome, {{"badge", OutcomeBadge(finding.outcome, /*counted=*/true)},
                                      {"where", finding.cpus.empty() ? "" : CpusText(finding.cpus)},
                                      {"message", finding.message}});
  }
  outcomes += AndMore(findings.size(), "finding");
  return outcomes;
}

Markup HtmlRemedies(const RuleChange& change) {
  std::vector<std::string_view> said;
  Markup remedies;
  for (const Finding& finding : change.after) {
    if (finding.outcome != Outcome::kFail && finding.outcome != Outcome::kWarn) continue;
    const bool is_new = std::find(said.begin(), said.end(), finding.remedy) == said.end();
    if (finding.remedy.empty() || !is_new || said.size() == kMostShown) continue;
    said.push_back(finding.remedy);
    remedies += Fill("<p><strong>To do:</strong> {{text}}</p>\n", {{"text", finding.remedy}});
  }
  return remedies;
}

Markup HtmlRuleChange(const RuleChange& change) {
  const Rule* const rule = FindRule(change.rule);
  const auto& findings = change.after.empty() ? change.before : change.after;
  const Markup about = Fill(html::kRuleChange,
                            {{"before", HtmlOutcomes(change.before)},
                             {"after", HtmlOutcomes(change.after)},
                             {"remedies", HtmlRemedies(change)},
                             {"title", rule == nullptr ? std::string_view() : rule->title},
                             {"severity", findings.empty() ? "" : Name(findings.front().severity)},
                             {"spec", findings.empty() ? "" : findings.front().spec}});
  return Fill(html::kChange, {{"mood", Name(MoodOf(change.direction))},
                              {"id", fmt::format("difference-{}", change.rule)},
                              {"badge", DirectionBadge(change.direction)},
                              {"what", change.rule},
                              {"about", about}});
}

// What changed in that direction: CPUs, rules, locks.
Markup HtmlChanges(const Difference& difference, std::string_view title, Direction direction) {
  Markup changes;
  const auto add = [&](std::string_view id, std::string_view what, std::string_view about) {
    changes += Fill(html::kChange, {{"mood", Name(MoodOf(direction))},
                                    {"id", id},
                                    {"badge", DirectionBadge(direction)},
                                    {"what", what},
                                    {"about", Paragraph(about)}});
  };
  if (direction == Direction::kWorse && !difference.cpus_gone.empty()) {
    add("difference-cpus-gone", "CPUs gone",
        CpusText(difference.cpus_gone) + ": online before, and not after");
  }
  if (direction == Direction::kNeither && !difference.cpus_new.empty()) {
    add("difference-cpus-new", "new CPUs",
        CpusText(difference.cpus_new) + ": online after, and not before");
  }
  for (const RuleChange& change : difference.rules) {
    if (change.direction == direction) changes += HtmlRuleChange(change);
  }
  const std::vector<std::string> locks = LockChanges(difference, direction);
  for (std::size_t i = 0; i < std::min(kMostShown, locks.size()); ++i) {
    add(fmt::format("difference-{}-lock-{}", Name(direction), i + 1), "lock", locks[i]);
  }
  changes += AndMore(locks.size(), "lock");
  if (changes.text().empty()) return {};
  return Fill(html::kChanges, {{"title", title}, {"changes", std::move(changes)}});
}

Markup HtmlRegister(const RegisterDifference& reg, bool is_open) {
  std::uint64_t changed = 0;
  for (const RegisterChange& change : reg.changes) changed |= change.changed;
  std::vector<RulerLine> lines;
  Markup rows;
  const auto add = [&](const RegisterChange& change, const RegisterReading& value,
                       std::string_view side) {
    const std::string where = fmt::format("{}, {}", CpusText(change.cpus), side);
    lines.push_back({value, change.changed, where});
    rows +=
        Fill(html::kReading, {{"cpus", change.cpus.ToString()},
                              {"where", where},
                              {"value", HtmlValue(value)},
                              {"fields", HtmlFieldCells(reg.info.fields, value, change.changed)}});
  };
  for (std::size_t i = 0; i < std::min(kMostShown, reg.changes.size()); ++i) {
    add(reg.changes[i], reg.changes[i].before, "before");
    add(reg.changes[i], reg.changes[i].after, "after");
  }
  std::string count =
      reg.changes.size() == 1 ? ChangeText(reg.changes[0]) : Counted(reg.changes.size(), "change");
  if (reg.changes.size() > kMostShown) count += fmt::format(", {} of them shown", kMostShown);
  return Fill(html::kRegister, {{"differs", " differs"},
                                {"open", is_open ? Fill(" open=\"open\"", {}) : Markup()},
                                {"name", reg.title},
                                {"count", count},
                                {"title", reg.info.title},
                                {"spec", reg.info.spec},
                                {"ruler", HtmlRuler(reg.info, lines)},
                                {"fields", HtmlFieldHeads(reg.info.fields, changed)},
                                {"groups", std::move(rows)}});
}

Markup HtmlRegisters(const Difference& difference) {
  const auto& registers = difference.registers;
  Markup drawn;
  for (std::size_t i = 0; i < std::min(kMostDrawn, registers.size()); ++i) {
    drawn += HtmlRegister(registers[i], registers.size() <= kMostOpen);
  }
  if (registers.size() > kMostDrawn) {
    drawn += Paragraph(fmt::format("And {} more, which the release note names.",
                                   Counted(registers.size() - kMostDrawn, "register")));
  }
  if (drawn.text().empty()) return {};
  return Fill(html::kChanges, {{"title", "Registers"}, {"changes", std::move(drawn)}});
}

Markup HtmlList(std::string_view title, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  Markup list;
  for (std::size_t i = 0; i < std::min(kMostDrawn, items.size()); ++i) {
    list += Fill("<li>{{text}}</li>\n", {{"text", items[i]}});
  }
  if (items.size() > kMostDrawn) {
    list += Fill("<li>{{text}}</li>\n",
                 {{"text", fmt::format("and {} more", items.size() - kMostDrawn)}});
  }
  return Fill(html::kList, {{"title", title}, {"items", std::move(list)}});
}

Markup HtmlLists(const Difference& difference) {
  Markup lists;
  for (const auto& [title, items] : OtherLists(difference)) lists += HtmlList(title, items);
  if (difference.not_listed != 0) {
    lists += Paragraph(Counted(difference.not_listed, "difference") + " more that are not listed.");
  }
  return lists;
}

}  // namespace

std::string RenderDifferenceHtml(const Difference& difference, std::string_view tool_version) {
  const std::string headline = DifferenceHeadline(difference);
  return HtmlPage(
      headline, tool_version,
      Fill(html::kDifference, {{"answer", HtmlAnswer("h1", MoodOf(difference), headline)},
                               {"facts", HtmlFacts(difference)},
                               {"worse", HtmlChanges(difference, "Worse", Direction::kWorse)},
                               {"better", HtmlChanges(difference, "Better", Direction::kBetter)},
                               {"other", HtmlChanges(difference, "Changed", Direction::kNeither)},
                               {"registers", HtmlRegisters(difference)},
                               {"lists", HtmlLists(difference)},
                               {"note", RenderDifferenceMarkdown(difference)}}));
}

}  // namespace vtprobe
