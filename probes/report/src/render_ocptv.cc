// Output of a test as the Open Compute Project's Test and Validation has it: a line of
// JSON an artifact. A rule is a step of the run, a finding a diagnosis, a reading that it
// rests on a measurement. [ocp/test-output] version 2.0
//
// A run is as its exit status: what does not count is no diagnosis of FAIL, so that
// whoever looks at those alone is told the same.

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "json_text.h"
#include "register_text.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/rule_results.h"

namespace vtprobe {
namespace {

constexpr int kNotOffered = 3;

std::string PackageId(std::size_t package) { return fmt::format("package-{}", package); }

CpuSet CpusOf(const std::vector<CpuSet>& cores) {
  CpuSet all;
  for (const CpuSet& core : cores) all = all.Union(core);
  return all;
}

// The package that all of them are in, if one is.
std::optional<std::string> PackageOf(const CpuSet& cpus, const Report& report) {
  for (std::size_t i = 0; i < report.places.size(); ++i) {
    if (cpus.empty() || cpus.Intersection(CpusOf(report.places[i])) != cpus) continue;
    return PackageId(i);
  }
  return std::nullopt;
}

// Of which CPUs something is said.
void AddPlace(const CpuSet& cpus, const Report& report, OrderedJson* json) {
  if (cpus.empty()) return;
  if (const auto package = PackageOf(cpus, report)) (*json)["hardwareInfoId"] = *package;
  (*json)["subcomponent"] = {{"type", "ASIC-SUBSYSTEM"}, {"name", CpusText(cpus)}};
}

OrderedJson HardwareJson(const Report& report) {
  const Subject& subject = report.subject;
  OrderedJson all = OrderedJson::array();
  if (subject.board) {
    all.push_back({{"hardwareInfoId", "board"}, {"name", *subject.board}, {"partType", "board"}});
  }
  for (std::size_t i = 0; i < report.places.size(); ++i) {
    OrderedJson package;
    package["hardwareInfoId"] = PackageId(i);
    package["name"] = subject.model.value_or("CPU");
    package["partType"] = "CPU";
    package["location"] = CpusText(CpusOf(report.places[i]));
    if (subject.vendor) package["manufacturer"] = *subject.vendor;
    if (const auto signature = SignatureText(subject)) package["version"] = *signature;
    all.push_back(std::move(package));
  }
  return all;
}

OrderedJson SoftwareJson(const Subject& subject) {
  OrderedJson all = OrderedJson::array();
  const auto add = [&](std::string_view id, std::string_view name, std::string_view type,
                       const std::optional<std::string>& version,
                       const std::optional<std::string>& revision = std::nullopt) {
    if (!version) return;
    OrderedJson one;
    one["softwareInfoId"] = id;
    one["name"] = name;
    one["softwareType"] = type;
    one["version"] = *version;
    if (revision) one["revision"] = *revision;
    all.push_back(std::move(one));
  };
  add("firmware", subject.firmware_vendor.value_or("firmware"), "FIRMWARE",
      subject.firmware_version, subject.firmware_date);
  add("kernel", "Linux", "SYSTEM", subject.kernel);
  for (std::size_t i = 0; i < subject.microcode.size(); ++i) {
    add(fmt::format("microcode-{}", i), "microcode", "FIRMWARE", subject.microcode[i]);
  }
  return all;
}

struct Diagnosis {
  std::string_view type;
  std::string_view ending;  // of the verdict
};

Diagnosis DiagnosisOf(const Finding& finding) {
  switch (finding.outcome) {
    case Outcome::kPass:
      return {"PASS", "pass"};
    case Outcome::kWarn:
      return {"PASS", "warn"};
    case Outcome::kFail:
      return finding.counted ? Diagnosis{"FAIL", "fail"} : Diagnosis{"UNKNOWN", "advice"};
    case Outcome::kWaived:
      return {"UNKNOWN", "waived"};
    case Outcome::kIndeterminate:
    case Outcome::kNotApplicable:
      return {"UNKNOWN", "unknown"};
  }
  return {"UNKNOWN", "unknown"};
}

class Run {
 public:
  explicit Run(const RenderOptions& options) : options_(options) {
    Add("schemaVersion", {{"major", 2}, {"minor", 0}});
  }

  void Add(const Report& report, std::string_view prefix) {
    const std::string name = report.subject.file.value_or("this machine");
    OrderedJson dut;
    dut["dutInfoId"] = name;
    dut["name"] = report.subject.board.value_or(name);
    dut["softwareInfos"] = SoftwareJson(report.subject);
    dut["hardwareInfos"] = HardwareJson(report);
    Start(report.tool_version, report.profile, std::move(dut));
    for (const RuleResult& result : RuleResults(report)) AddRule(result, report, prefix);
    AddRegisters(report, prefix);
    constexpr std::string_view kNone = "NOT_APPLICABLE";
    switch (report.exit_code) {
      case 0:
        return End("COMPLETE", "PASS");
      case 1:
        return End("COMPLETE", "FAIL");
      case kNotOffered:
        return End("SKIP", kNone);
      default:
        return End("ERROR", kNone);
    }
  }

  void Add(const UnreadRecording& unread, std::string_view tool_version) {
    Start(tool_version, std::nullopt, {{"dutInfoId", unread.file}, {"name", unread.file}});
    AddOfRun("error", {{"symptom", WhyUnread(unread)}, {"message", unread.why}});
    End("ERROR", "NOT_APPLICABLE");
  }

  std::string Text() && { return std::move(text_); }

 private:
  void Add(std::string_view kind, OrderedJson content) {
    OrderedJson line;
    line[std::string(kind)] = std::move(content);
    line["sequenceNumber"] = number_++;
    line["timestamp"] = options_.time;
    text_ += JsonLine(line);
  }
  void AddOfRun(std::string_view kind, OrderedJson content) {
    Add("testRunArtifact", {{std::string(kind), std::move(content)}});
  }
  void AddOfStep(const std::string& step, std::string_view kind, OrderedJson content) {
    Add("testStepArtifact", {{"testStepId", step}, {std::string(kind), std::move(content)}});
  }

  void Start(std::string_view version, const std::optional<ChosenProfile>& profile,
             OrderedJson dut) {
    OrderedJson start;
    start["name"] = "vtprobe";
    start["version"] = version;
    start["commandLine"] = options_.command_line;
    start["parameters"] = OrderedJson::object();
    if (profile) start["parameters"]["profile"] = profile->name;
    start["dutInfo"] = std::move(dut);
    AddOfRun("testRunStart", std::move(start));
  }

  void End(std::string_view status, std::string_view result) {
    AddOfRun("testRunEnd", {{"status", status}, {"result", result}});
  }

  void AddRule(const RuleResult& result, const Report& report, std::string_view prefix) {
    const std::string step = fmt::format("{}{}", prefix, result.rule);
    AddOfStep(step, "testStepStart", {{"name", result.rule}});
    bool is_asked = false;
    bool is_known = true;
    for (const Finding* const finding : result.findings) {
      for (const Evidence& evidence : finding->evidence) {
        AddEvidence(step, evidence, finding->cpus, report);
      }
      if (finding->outcome == Outcome::kNotApplicable) {
        AddOfStep(step, "log", {{"severity", "INFO"}, {"message", finding->message}});
        continue;
      }
      is_asked = true;
      is_known = is_known && !(finding->counted && finding->outcome == Outcome::kIndeterminate);
      AddDiagnosis(step, *finding, report);
    }
    AddOfStep(step, "testStepEnd",
              {{"status", !is_asked  ? "SKIP"
                          : is_known ? "COMPLETE"
                                     : "ERROR"}});
  }

  void AddEvidence(const std::string& step, const Evidence& evidence, const CpuSet& cpus,
                   const Report& report) {
    if (evidence.value.known() == 0) return;
    OrderedJson measurement;
    measurement["name"] = fmt::format("{} ({})", evidence.register_name(), evidence.address());
    measurement["value"] = ValueText(evidence.value);
    AddPlace(cpus, report, &measurement);
    AddOfStep(step, "measurement", std::move(measurement));
  }

  void AddDiagnosis(const std::string& step, const Finding& finding, const Report& report) {
    const Diagnosis means = DiagnosisOf(finding);
    OrderedJson diagnosis;
    diagnosis["verdict"] = fmt::format("{}-{}", finding.rule, means.ending);
    diagnosis["type"] = means.type;
    std::string message = finding.message;
    if (finding.outcome == Outcome::kFail && !finding.remedy.empty()) {
      message.append(" ").append(finding.remedy);
    }
    diagnosis["message"] = message;
    AddPlace(finding.cpus, report, &diagnosis);
    AddOfStep(step, "diagnosis", std::move(diagnosis));
  }

  // Each register that the answer rests on, as all CPUs have it. Where they should have
  // the same, the value of most is what the others are held against.
  void AddRegisters(const Report& report, std::string_view prefix) {
    const std::string step = fmt::format("{}registers", prefix);
    AddOfStep(step, "testStepStart", {{"name", "registers"}});
    for (const ReportedRegister& reg : report.registers) {
      const auto& groups = reg.readings.groups;
      for (const Readings::Group& group : groups) {
        if (group.value.known() == 0) continue;
        OrderedJson measurement;
        measurement["name"] = reg.readings.info.Title();
        measurement["value"] = ValueText(group.value);
        if ((reg.differs || groups.size() == 1) && groups.front().value.known() != 0) {
          measurement["validators"] = {{{"name", "as most CPUs have it"},
                                        {"type", "EQUAL"},
                                        {"value", ValueText(groups.front().value)}}};
        }
        AddPlace(group.cpus, report, &measurement);
        AddOfStep(step, "measurement", std::move(measurement));
      }
    }
    AddOfStep(step, "testStepEnd", {{"status", "COMPLETE"}});
  }

  const RenderOptions& options_;
  std::size_t number_ = 0;
  std::string text_;
};

}  // namespace

std::string RenderOcptv(const Report& report, const RenderOptions& options) {
  Run run(options);
  run.Add(report, "");
  return std::move(run).Text();
}

// One run after the other; sequence numbers go on.
std::string RenderOcptvSet(const ReportSet& set, const RenderOptions& options) {
  Run run(options);
  std::size_t number = 0;
  for (const auto& machine : set.machines) {
    ++number;
    if (const auto* const unread = std::get_if<UnreadRecording>(&machine)) {
      run.Add(*unread, set.tool_version);
    } else {
      run.Add(std::get<Report>(machine), fmt::format("{}/", number));
    }
  }
  return std::move(run).Text();
}

}  // namespace vtprobe
