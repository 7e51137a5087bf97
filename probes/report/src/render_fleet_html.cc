// Many machines as one page: who stands out first, each list a table that the page's
// script sorts and filters, and of each machine of which something is said all of it in
// one place. What is not said of machines is not in the page: a fleet may have a hundred
// thousand.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fleet_text.h"
#include "html.h"
#include "html_page.h"
#include "mood.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/fleet.h"

namespace vtprobe {
namespace {

using fleet::Findings;

// So many rows of a table, names of a row and machines of their own are shown: a page is
// opened, and not searched. JSON and CSV have all.
constexpr std::size_t kMostRows = 2000;
constexpr std::size_t kMostNames = 200;
constexpr std::size_t kMostMachines = 2000;

std::string OrNotRecorded(const std::string& text) {
  return text.empty() ? std::string("not recorded") : text;
}

std::string FieldsText(const fleet::Reading& reading) {
  std::vector<std::string> parts;
  for (const FieldChange& change : FieldsThatDiffer(reading)) {
    parts.push_back(fmt::format("{} {} (usual {})", change.field.name,
                                FieldValueText(change.field, change.after),
                                FieldValueText(change.field, change.before)));
  }
  return fmt::format("{}", fmt::join(parts, kFieldSeparator));
}

class Page {
 public:
  explicit Page(const Findings& findings) : findings_(findings) {}

  std::string Render() {
    AddOutliers();
    AddMoreCpus();
    AddRules();
    AddOfFirmware();
    AddSplits();
    AddGroups();
    AddLevels("Firmware", "board", findings_.firmware);
    AddLevels("Microcode", "CPU", findings_.microcode);
    AddBoots();
    AddChanges();
    AddUnread();
    AddLeftOut();
    AddMachines();
    const Mood mood = MoodOf(findings_.exit_code);
    const std::string headline = FleetHeadline(findings_);
    return HtmlPage(headline, findings_.way.tool_version,
                    Fill(html::kFleet, {{"mood", Name(mood)},
                                        {"sign", Sign(mood)},
                                        {"headline", headline},
                                        {"way", WayText()},
                                        {"sections", std::move(sections_)}}));
  }

 private:
  std::string WayText() const {
    std::vector<std::string> parts;
    if (!findings_.way.profile.empty()) parts.push_back("profile " + findings_.way.profile);
    if (!findings_.way.against.empty()) {
      parts.push_back("held against " + findings_.way.against);
    }
    if (findings_.not_recordings != 0) {
      parts.push_back(fmt::format("files that are no recordings: {}", findings_.not_recordings));
    }
    return fmt::format("{}", fmt::join(parts, kFieldSeparator));
  }

  // A table of all of one kind, each a row of cells.
  template <typename Container, typename Cells>
  void AddTable(std::string_view title, std::initializer_list<std::string_view> heads,
                const Container& all, const Cells& cells) {
    if (all.empty()) return;
    Markup rows;
    std::size_t shown = 0;
    for (const auto& one : all) {
      if (shown++ == kMostRows) break;
      rows += Fill("<tr>{{cells}}</tr>\n", {{"cells", cells(one)}});
    }
    Markup columns;
    for (const std::string_view head : heads) {
      columns += Fill("<th scope=\"col\">{{head}}</th>", {{"head", head}});
    }
    Markup note;
    if (all.size() > kMostRows) {
      note = Fill("<p>{{text}}</p>",
                  {{"text", fmt::format("{} of {} are shown.", kMostRows, all.size())}});
    }
    sections_ += Fill(html::kFleetTable, {{"title", title},
                                          {"note", std::move(note)},
                                          {"heads", std::move(columns)},
                                          {"rows", std::move(rows)}});
  }

  static Markup Cells(std::initializer_list<Markup> contents) {
    Markup cells;
    for (const Markup& content : contents) {
      cells += Fill("<td>{{content}}</td>", {{"content", content}});
    }
    return cells;
  }
  static Markup Code(std::string_view text) {
    return Fill("<code>{{text}}</code>", {{"text", text}});
  }

  // The machine's own place, where what is said of it is gathered.
  Markup Linked(const std::string& machine, std::string statement) {
    auto found = said_.find(machine);
    if (found == said_.end()) {
      if (said_.size() == kMostMachines) return Escaped(machine);
      found = said_.emplace(machine, Said{said_.size(), {}}).first;
    }
    if (!statement.empty()) found->second.statements.push_back(std::move(statement));
    return Fill(html::kLinked, {{"id", IdOf(found->second)}, {"text", machine}});
  }

  Markup NamesOf(const fleet::Names& names, const std::string& statement) {
    Markup list;
    std::size_t shown = 0;
    for (const std::string& name : names.kept()) {
      if (shown == kMostNames) break;
      if (shown++ != 0) list += Escaped(", ");
      list += Linked(name, statement);
    }
    if (shown < names.count()) {
      list += Escaped(fmt::format(" and {} more", names.count() - shown));
    }
    constexpr std::size_t kFew = 6;
    if (names.count() <= kFew) return list;
    return Fill("<details><summary>{{count}}</summary>{{list}}</details>",
                {{"count", Counted(names.count(), "machine")}, {"list", std::move(list)}});
  }

  void AddOutliers() {
    const bool has_golden = !findings_.way.against.empty();
    if (findings_.outliers.empty()) {
      sections_ +=
          Fill("<p>{{text}}</p>\n",
               {{"text", has_golden
                             ? std::string("No machine differs from that recording.")
                             : fmt::format("No {} differs from what most of its "
                                           "like have.",
                                           findings_.more_cpus.empty() ? "machine" : "register")}});
    }
    AddTable(
        "Stand out", {"register", "what differs", "value", "usual", "CPUs", "machines", "kind"},
        findings_.outliers, [&](const fleet::Outlier& one) {
          const fleet::Reading& reading = one.reading;
          const std::string title = TitleOf(reading.reg);
          const std::string usual =
              has_golden
                  ? FleetValueText(reading.usual)
                  : fmt::format("{} on {} of {}{}", FleetValueText(reading.usual), one.with_usual,
                                one.of, one.within_firmware ? ", same firmware" : "");
          const std::string fields = FieldsText(reading);
          const std::string statement =
              fmt::format("{} = {} on {}, usual {}{}{}", title, FleetValueText(reading.value),
                          CpusText(reading.cpus), usual, fields.empty() ? "" : ": ", fields);
          return Cells({Escaped(title), Escaped(fields), Code(FleetValueText(reading.value)),
                        Code(usual), Escaped(reading.cpus.ToString()),
                        NamesOf(one.machines, statement), Escaped(KinText(one.kin))});
        });
    if (!has_golden && findings_.without_like != 0) {
      sections_ += Fill("<p>{{text}}</p>\n",
                        {{"text", fmt::format("Machines that have no other of their kind: {}.",
                                              findings_.without_like)}});
    }
  }

  void AddMoreCpus() {
    AddTable("More CPUs", {"CPUs", "usual", "machines", "kind"}, findings_.more_cpus,
             [&](const fleet::MoreCpus& one) {
               const std::string usual =
                   fmt::format("{} on {} of {}", CpusText(one.usual), one.with_usual, one.of);
               const std::string statement =
                   fmt::format("has {}, usual {}", CpusText(one.cpus), usual);
               return Cells({Escaped(CpusText(one.cpus)), Escaped(usual),
                             NamesOf(one.machines, statement), Escaped(KinText(one.kin))});
             });
  }

  void AddRules() {
    AddTable("Rules that fail", {"rule", "fails on", "counts", "machines"}, findings_.rules,
             [&](const fleet::FailingRule& rule) {
               return Cells({Escaped(rule.rule), Escaped(fmt::format("{}", rule.fail)),
                             Escaped(rule.counted == 0 ? "advice" : "yes"),
                             NamesOf(rule.machines, fmt::format("{} fails", rule.rule))});
             });
  }

  void AddOfFirmware() {
    AddTable("By firmware", {"firmware", "register", "value", "usual", "machines", "kind"},
             findings_.of_firmware, [&](const fleet::OfFirmware& one) {
               return Cells({Escaped(OrNotRecorded(one.firmware)), Escaped(TitleOf(one.reg)),
                             Code(FleetValueText(one.value)), Code(FleetValueText(one.usual)),
                             Escaped(fmt::format("{}", one.machines)), Escaped(KinText(one.kin))});
             });
  }

  void AddSplits() {
    AddTable("No majority", {"register", "values", "of like machines", "kind"}, findings_.splits,
             [&](const fleet::Split& split) {
               Markup values;
               for (const fleet::ValueCount& one : split.values) {
                 const std::string value = FleetValueText(one.value);
                 values += Fill(
                     "<p><code>{{value}}</code> {{names}}</p>",
                     {{"value", value},
                      {"names", NamesOf(one.machines, fmt::format("{} = {}, and no value is usual",
                                                                  TitleOf(split.reg), value))}});
               }
               return Cells({Escaped(TitleOf(split.reg)), std::move(values),
                             Escaped(fmt::format("{}", split.of)), Escaped(KinText(split.kin))});
             });
  }

  void AddGroups() {
    AddTable("Kinds of machines", {"board", "model", "signature", "firmware", "machines"},
             findings_.groups, [&](const fleet::Group& group) {
               return Cells({Escaped(OrNotRecorded(group.kin.board)),
                             Escaped(OrNotRecorded(group.kin.model)),
                             Code(OrNotRecorded(group.kin.signature)),
                             Escaped(OrNotRecorded(group.firmware)),
                             Escaped(fmt::format("{}", group.machines))});
             });
  }

  void AddLevels(std::string_view title, std::string_view of,
                 const std::vector<fleet::Level>& levels) {
    AddTable(title, {"version", of, "date", "machines"}, levels, [&](const fleet::Level& level) {
      return Cells({Escaped(OrNotRecorded(level.version)), Escaped(OrNotRecorded(level.of)),
                    Escaped(level.date), Escaped(fmt::format("{}", level.machines))});
    });
  }

  void AddBoots() {
    AddTable(
        "In some recordings of a machine",
        {"machine", "register", "CPUs", "value", "usual", "in", "recordings"}, findings_.boots,
        [&](const fleet::InSomeBoots& one) {
          const std::string usual = one.usual ? FleetValueText(*one.usual) : std::string("none");
          const std::string often = fmt::format("{} of {}", one.boots.count(), one.recordings);
          const std::string statement =
              fmt::format("{} = {} on {} in {} recordings, usual {}", TitleOf(one.reg),
                          FleetValueText(one.value), CpusText(one.cpus), often, usual);
          return Cells({Linked(one.machine, statement), Escaped(TitleOf(one.reg)),
                        Escaped(one.cpus.ToString()), Code(FleetValueText(one.value)), Code(usual),
                        Escaped(often), Escaped(NamesText(one.boots, kMostNames))});
        });
  }

  void AddChanges() {
    AddTable(
        "Changed since the recording before", {"machine", "from", "to", "what"}, findings_.changes,
        [&](const fleet::Change& change) {
          const std::vector<std::string> parts = ChangesText(change);
          Markup list;
          for (const std::string& part : parts) {
            list += Fill("<p>{{part}}</p>", {{"part", part}});
          }
          return Cells({Linked(change.machine, fmt::format("changed: {}", fmt::join(parts, "; "))),
                        Escaped(change.before), Escaped(change.after), std::move(list)});
        });
  }

  void AddUnread() {
    AddTable("Not read", {"machine", "why"}, findings_.unread, [&](const fleet::Unread& unread) {
      return Cells({Linked(unread.machine, unread.why), Escaped(unread.why)});
    });
  }

  void AddLeftOut() {
    AddTable("Not compared, since it differs by nature", {"what", "why", "source"},
             findings_.left_out, [&](const fleet::ByNature& row) {
               return Cells({Escaped(row.name), Escaped(row.reason), Escaped(row.spec)});
             });
  }

  struct Said {
    std::size_t number;
    std::vector<std::string> statements;
  };

  static std::string IdOf(const Said& said) { return fmt::format("machine-{}", said.number); }

  void AddMachines() {
    if (said_.empty()) return;
    Markup all = Fill("<section>\n<h2>Machines of which something is said</h2>\n", {});
    for (const auto& [name, said] : said_) {
      Markup statements;
      for (const std::string& statement : said.statements) {
        statements += Fill("<li>{{text}}</li>\n", {{"text", statement}});
      }
      all += Fill(html::kFleetMachine, {{"id", IdOf(said)},
                                        {"name", name},
                                        {"count", fmt::format("{}", said.statements.size())},
                                        {"statements", std::move(statements)}});
    }
    all += Fill("</section>\n", {});
    sections_ += all;
  }

  const Findings& findings_;
  Markup sections_;
  std::map<std::string, Said> said_;
};

}  // namespace

std::string RenderFleetHtml(const Findings& findings) { return Page(findings).Render(); }

}  // namespace vtprobe
