#include "html_stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "difference_text.h"
#include "finding_rows.h"
#include "html_findings.h"
#include "html_page.h"
#include "html_ruler.h"
#include "mood.h"
#include "register_text.h"
#include "text_layout.h"

namespace vtprobe {
namespace {

// So many values of a register, and of its changes, are shown in a cell.
constexpr std::size_t kMostInCell = 8;

using Stages = std::vector<const Report*>;

Markup Row(std::string_view name, Markup cells) {
  return Fill(html::kStageRow, {{"name", name}, {"cells", std::move(cells)}});
}

Markup Cell(Markup content) {
  return Fill("<td>{{content}}</td>", {{"content", std::move(content)}});
}

Markup Heads(const Stages& stages) {
  Markup heads;
  for (const Report* const stage : stages) {
    heads += Fill(R"(<th scope="col">{{file}}</th>)",
                  {{"file", stage->subject.file.value_or("this machine")}});
  }
  return heads;
}

Markup Answers(const Stages& stages) {
  Markup cells;
  for (const Report* const stage : stages) {
    const Mood mood = MoodOf(stage->virtualization.usable);
    cells += Cell(HtmlBadge(mood, Sign(mood), Name(stage->virtualization.state)));
  }
  return Row("virtualization", std::move(cells));
}

using TextOf = std::function<std::optional<std::string>(const Subject&)>;

// What each recording says of itself; nothing if none does. What is another than
// before is marked.
Markup Facts(const Stages& stages, std::string_view name, const TextOf& text_of) {
  Markup cells;
  bool is_any = false;
  std::optional<std::string> before = text_of(stages.front()->subject);
  for (const Report* const stage : stages) {
    const std::optional<std::string> text = text_of(stage->subject);
    is_any = is_any || text;
    const std::string shown = text.value_or("-");
    cells +=
        Cell(text == before ? Escaped(shown) : Fill("<mark>{{text}}</mark>", {{"text", shown}}));
    before = text;
  }
  return is_any ? Row(name, std::move(cells)) : Markup();
}

std::optional<std::string> OtherOf(const Subject& subject, std::string_view key) {
  for (const auto& [name, value] : subject.other) {
    if (name == key) return value;
  }
  return std::nullopt;
}

Markup AllFacts(const Stages& stages) {
  Markup rows;
  rows += Facts(stages, "time", [](const Subject& one) { return OtherOf(one, meta::kTime); });
  rows += Facts(stages, "stage", [](const Subject& one) { return one.stage; });
  rows +=
      Facts(stages, "firmware version", [](const Subject& one) { return one.firmware_version; });
  rows += Facts(stages, "kernel", [](const Subject& one) { return one.kernel; });
  rows += Facts(stages, "CPUs online",
                [](const Subject& one) { return std::optional(one.cpus_online.ToString()); });
  return rows;
}

using CpusByOutcome = std::map<Outcome, CpuSet>;

CpusByOutcome OutcomesOf(const Report& stage, std::string_view rule) {
  CpusByOutcome outcomes;
  for (const Finding& finding : stage.findings) {
    if (finding.rule != rule) continue;
    CpuSet& cpus = outcomes[finding.outcome];
    cpus = cpus.Union(finding.cpus);
  }
  return outcomes;
}

// Whether there is something to be done, and not the same in all.
bool IsOfInterest(const std::vector<CpusByOutcome>& outcomes) {
  const bool is_same = std::all_of(outcomes.begin(), outcomes.end(),
                                   [&](const auto& one) { return one == outcomes.front(); });
  return !is_same && std::any_of(outcomes.begin(), outcomes.end(), [](const auto& one) {
    return one.contains(Outcome::kFail) || one.contains(Outcome::kWarn);
  });
}

Markup Rules(const Stages& stages) {
  Markup rows;
  std::string_view last;
  for (const Finding& finding : stages.back()->findings) {
    if (std::exchange(last, finding.rule) == finding.rule) continue;
    std::vector<CpusByOutcome> outcomes;
    for (const Report* const stage : stages) outcomes.push_back(OutcomesOf(*stage, finding.rule));
    if (!IsOfInterest(outcomes)) continue;
    Markup cells;
    for (const CpusByOutcome& of_stage : outcomes) {
      Markup lines;
      for (const Outcome outcome : kByUrgency) {
        const auto found = of_stage.find(outcome);
        if (found == of_stage.end()) continue;
        lines += Fill("<div>{{badge}} {{cpus}}</div>",
                      {{"badge", OutcomeBadge(outcome, /*counted=*/true)},
                       {"cpus", found->second.empty() ? "" : CpusText(found->second)}});
      }
      cells += Cell(std::move(lines));
    }
    rows += Row(finding.rule, std::move(cells));
  }
  return rows;
}

bool AreAlike(const ReportedRegister& a, const ReportedRegister& b) {
  return std::equal(a.readings.groups.begin(), a.readings.groups.end(), b.readings.groups.begin(),
                    b.readings.groups.end(), [](const auto& one, const auto& other) {
                      return one.cpus == other.cpus && one.value == other.value;
                    });
}

// "LOCK 1 → 0" of each field that CPUs of the group had otherwise before.
std::vector<std::string> Changes(const Readings::Group& group, const ReportedRegister& before) {
  std::vector<std::string> changes;
  for (const Readings::Group& old : before.readings.groups) {
    if (old.cpus.Intersection(group.cpus).empty()) continue;
    for (const FieldChange& field :
         ChangedFields(before.readings.info.fields, old.value, group.value)) {
      std::string text = ChangeText(field);
      if (std::find(changes.begin(), changes.end(), text) == changes.end()) {
        changes.push_back(std::move(text));
      }
    }
  }
  return changes;
}

Markup Values(const ReportedRegister& reg, const ReportedRegister* before) {
  Markup lines;
  const auto& groups = reg.readings.groups;
  for (std::size_t i = 0; i < std::min(kMostInCell, groups.size()); ++i) {
    Markup marks;
    if (before != nullptr) {
      const std::vector<std::string> changes = Changes(groups[i], *before);
      for (std::size_t k = 0; k < std::min(kMostInCell, changes.size()); ++k) {
        marks += Fill(" <mark>{{text}}</mark>", {{"text", changes[k]}});
      }
      if (changes.size() > kMostInCell) marks += Escaped(" …");
    }
    lines += Fill("<div><code>{{value}}</code> {{cpus}}{{marks}}</div>",
                  {{"value", HtmlValue(groups[i].value)},
                   {"cpus", groups.size() == 1 ? "" : CpusText(groups[i].cpus)},
                   {"marks", std::move(marks)}});
  }
  if (groups.size() > kMostInCell) {
    lines += Fill("<div>{{text}}</div>",
                  {{"text", fmt::format("and {} more values", groups.size() - kMostInCell)}});
  }
  return lines;
}

Markup Registers(const Stages& stages, std::size_t* alike) {
  Markup rows;
  for (std::size_t i = 0; i < stages.back()->registers.size(); ++i) {
    const bool is_same = std::all_of(stages.begin(), stages.end(), [&](const Report* stage) {
      return AreAlike(stage->registers[i], stages.front()->registers[i]);
    });
    if (is_same) {
      ++*alike;
      continue;
    }
    Markup cells;
    const ReportedRegister* before = nullptr;
    for (const Report* const stage : stages) {
      cells += Cell(Values(stage->registers[i], before));
      before = &stage->registers[i];
    }
    rows += Row(stages.back()->registers[i].readings.info.Title(), std::move(cells));
  }
  return rows;
}

}  // namespace

Markup HtmlStages(const Report& report) {
  if (report.earlier.empty()) return {};
  Stages stages;
  for (const Report& earlier : report.earlier) stages.push_back(&earlier);
  stages.push_back(&report);
  Markup rows = Answers(stages);
  rows += AllFacts(stages);
  rows += Rules(stages);
  std::size_t alike = 0;
  rows += Registers(stages, &alike);
  return Fill(html::kStages, {{"heads", Heads(stages)},
                              {"rows", std::move(rows)},
                              {"note", Counted(alike, "register") + " alike in all of them."}});
}

}  // namespace vtprobe
