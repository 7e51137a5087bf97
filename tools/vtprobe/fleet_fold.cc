// Recordings put into a fold, and a fold put into words.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "each_machine.h"
#include "fleet.h"
#include "fleet_rows.h"
#include "input.h"
#include "output.h"
#include "progress.h"
#include "vtprobe/fleet/findings.h"
#include "vtprobe/report/fleet.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

// What record --keep-identifiers adds; by the names that systems have before they get
// one, machines are not told apart.
constexpr std::string_view kHostName = "host.name";
constexpr std::array<std::string_view, 3> kNobody = {"localhost", "localhost.localdomain",
                                                     "(none)"};

fleet::Judgement JudgementOf(const Report& report) {
  fleet::Judgement judgement{report.virtualization.usable, report.exit_code, {}};
  std::set<std::string_view> seen;
  for (const Finding& finding : report.findings) {
    if (finding.outcome != Outcome::kFail || !seen.insert(finding.rule).second) continue;
    const bool counted =
        std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& other) {
          return other.rule == finding.rule && other.outcome == Outcome::kFail && other.counted;
        });
    judgement.failed.emplace_back(finding.rule, counted);
  }
  return judgement;
}

// What is told of a machine in its own words, fit to be shown: so that what is written
// and read again is what was folded.
void MakePrintable(Metadata* metadata) {
  for (const std::string_view key :
       {meta::kBoard, meta::kFirmwareVersion, meta::kFirmwareDate, meta::kMicrocode}) {
    const auto value = metadata->Get(key);
    if (value && !IsPrintable(*value)) metadata->Set(key, Printable(*value));
  }
}

class Folding {
 public:
  Folding(const Arguments& arguments, const Process& process, const std::optional<Profile>& profile,
          fleet::Fold* fold)
      : arguments_(arguments), version_(process.version), profile_(profile), fold_(*fold) {}

  void Add(NamedMachine machine) {
    std::string name = Printable(machine.name);
    if (!machine.subject) {
      const Failure& failure = machine.subject.error();
      fold_.AddUnreadable(std::move(name), {Printable(failure.message), failure.exit_status});
      return;
    }
    LoadedSubject& subject = *machine.subject;
    MakePrintable(&subject.snapshot.mutable_metadata());
    fleet::Item item{name, MachineTold(arguments_, name, subject.snapshot.metadata())};
    if (!subject.earlier.empty()) {
      item.machine = name;
      AddEarlier(name, &subject);
      item.order = subject.earlier.size();
      item.is_alone = false;
    }
    fold_.Add(item, subject.snapshot,
              [&](const PlatformSnapshot& snapshot) { return Judge(snapshot, subject.earlier); });
  }

  void AddKept(const store::Kept& kept) {
    auto snapshots = SnapshotsOf(kept);
    if (!snapshots) return fold_.AddUnreadable(kept.name, {snapshots.error(), kMalformedInput});
    PlatformSnapshot last = std::move(snapshots->back());
    snapshots->pop_back();
    MakePrintable(&last.mutable_metadata());
    const bool by_folder = arguments_.machines == "folders";
    fold_.Add({.name = kept.name,
               .machine = by_folder && snapshots->empty()
                              ? MachineTold(arguments_, kept.name, last.metadata())
                              : kept.machine,
               .order = static_cast<std::size_t>(kept.place),
               .is_alone = snapshots->empty()},
              last, [&](const PlatformSnapshot& snapshot) { return Judge(snapshot, *snapshots); });
  }

 private:
  void AddEarlier(const std::string& name, LoadedSubject* subject) {
    for (std::size_t i = 0; i < subject->earlier.size(); ++i) {
      MakePrintable(&subject->earlier[i].mutable_metadata());
      fold_.Add({Printable(subject->earlier_names[i]), name, i}, subject->earlier[i],
                [&](const PlatformSnapshot& snapshot) { return Judge(snapshot, {}); });
    }
  }

  fleet::Judgement Judge(const PlatformSnapshot& snapshot,
                         std::span<const PlatformSnapshot> earlier) const {
    return JudgementOf(
        MakeReport(snapshot, version_, std::nullopt, profile_ ? &*profile_ : nullptr, earlier));
  }

  const Arguments& arguments_;
  std::string_view version_;
  const std::optional<Profile>& profile_;
  fleet::Fold& fold_;
};

enum class Form : std::uint8_t { kText, kJson, kCsv, kHtml };

OrFailure<Form> FormOf(const Arguments& arguments) {
  if (arguments.format == "text") return Form::kText;
  if (arguments.format == "json") return Form::kJson;
  if (arguments.format == "csv") return Form::kCsv;
  if (arguments.format == "html") return Form::kHtml;
  return Fails(kUsageError, fmt::format("there is no format {}; there are text, json, csv and html",
                                        Printable(arguments.format)));
}

// Words and places of what can't be read, as a check of many has them.
void Complain(const fleet::Fold& fold) {
  constexpr std::size_t kMost = 20;
  std::size_t told = 0;
  for (const auto& [name, unreadable] : fold.unreadable()) {
    if (told++ == kMost) break;
    const bool has_place = unreadable.exit_code == kMalformedInput;
    // What is merged comes from elsewhere.
    PrintError(fmt::format("{}{}\n", has_place ? "" : "vtprobe: ", Printable(unreadable.why)));
  }
  if (fold.unreadable().size() > kMost) {
    PrintError(
        fmt::format("vtprobe: and {} more that can't be read\n", fold.unreadable().size() - kMost));
  }
}

}  // namespace

std::string MachineTold(const Arguments& arguments, const std::string& name,
                        const Metadata& metadata) {
  if (arguments.machines == "folders") {
    return name.substr(0, std::min(name.find_last_of("/!"), name.size()));
  }
  if (arguments.machines != "hosts") return {};
  const auto host = metadata.Get(kHostName);
  const bool is_told = host && std::find(kNobody.begin(), kNobody.end(), *host) == kNobody.end();
  return is_told ? Printable(*host) : std::string();
}

OrFailure<fleet::Fold> NewFold(const Arguments& arguments, const Process& process,
                               const std::optional<Profile>& profile) {
  const auto form = FormOf(arguments);
  if (!form) return tl::unexpected(form.error());
  fleet::Fold fold({std::string(process.version), profile ? Printable(profile->name) : "",
                    arguments.against ? Printable(InputName(*arguments.against)) : "",
                    arguments.machines, profile ? WriteProfile(*profile) : ""});
  if (!arguments.against) return fold;
  const auto golden =
      LoadRecording({*arguments.against}, {.import = {}, .opened = &process.confinement->files()});
  if (!golden) return tl::unexpected(golden.error());
  fold.HoldAgainst(golden->snapshot);
  return fold;
}

OrFailure<void> FoldMachines(const std::vector<std::string>& paths, const Arguments& arguments,
                             const Process& process, const std::optional<Profile>& profile,
                             fleet::Fold* fold) {
  Folding folding(arguments, process, profile, fold);
  Progress progress("recordings compared");
  const auto show = progress.Callback();
  std::size_t count = 0;
  const auto not_recordings = ForEachMachine(paths,
                                             {.cpus = std::nullopt,
                                              .is_quiet = !arguments.verbose,
                                              .opened = &process.confinement->files()},
                                             [&](NamedMachine machine) {
                                               folding.Add(std::move(machine));
                                               if (show) show(++count);
                                             });
  if (!not_recordings) return tl::unexpected(not_recordings.error());
  fold->AddNotRecordings(*not_recordings);
  return {};
}

OrFailure<void> FoldStore(StoreKeeper* keeper, const Arguments& arguments, const Process& process,
                          const std::optional<Profile>& profile, fleet::Fold* fold) {
  Folding folding(arguments, process, profile, fold);
  Progress progress("recordings compared");
  const auto show = progress.Callback();
  std::size_t count = 0;
  return keeper->ForEach([&](const store::Kept& kept) -> std::optional<store::Answers> {
    folding.AddKept(kept);
    if (show) show(++count);
    return std::nullopt;
  });
}

OrFailure<int> WriteFleet(const fleet::Fold& fold, const Arguments& arguments,
                          const Process& process) {
  const auto form = FormOf(arguments);
  if (!form) return tl::unexpected(form.error());
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  const fleet::Findings findings =
      *form == Form::kText ? Conclude(fold, MostShown(*style)) : Conclude(fold);
  std::string text;
  switch (*form) {
    case Form::kText:
      text = RenderFleetText(findings, *style);
      break;
    case Form::kJson:
      text = RenderFleetJson(findings, fold.ToJson());
      break;
    case Form::kCsv:
      text = RenderFleetCsv(findings);
      break;
    case Form::kHtml:
      text = RenderFleetHtml(findings);
      break;
  }
  const auto written = process.output->Write(text);
  if (!written) return tl::unexpected(written.error());
  Complain(fold);
  return findings.exit_code;
}

}  // namespace vtprobe
