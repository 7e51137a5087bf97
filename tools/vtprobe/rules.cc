// vtprobe rules: what check asks of a machine, and why.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "command.h"
#include "output.h"
#include "reference_arguments.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("ID", &arguments->files,
            "All about this rule, such as virtualization.usable; explain may stand before it")
      .Takes("");
  DeclareReference(options, arguments);
}

OrFailure<const Rule*> RuleNamed(const std::string& id) {
  if (const Rule* const rule = FindRule(id)) return rule;
  std::vector<std::string_view> ids;
  for (const Rule* const rule : ExplainedRules()) ids.push_back(rule->id);
  return Fails(kUsageError, fmt::format("there is no rule {}; the nearest are {}", Printable(id),
                                        Enumerate(Nearest(id, std::move(ids)))));
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  auto options = ReferenceOptionsOf(arguments, process);
  if (!options) return tl::unexpected(options.error());
  std::vector<const Rule*> rules(ExplainedRules().begin(), ExplainedRules().end());
  std::vector<std::string> words = arguments.files;
  if (!words.empty() && words.front() == "explain") {
    words.erase(words.begin());
    if (words.empty()) return Fails(kUsageError, "rules explain needs an ID");
  }
  if (words.size() > 1) return Fails(kUsageError, "rules takes nothing, or the ID of one rule");
  if (!words.empty()) {
    const auto rule = RuleNamed(words.front());
    if (!rule) return tl::unexpected(rule.error());
    rules = {*rule};
    options->in_detail = true;
  }
  const auto written = process.output->Write(RenderRules(rules, *options));
  if (!written) return tl::unexpected(written.error());
  return 0;
}

}  // namespace

const Command kRules{.name = "rules",
                     .summary = "What is judged: each rule, or all about one",
                     .declare = Declare,
                     .run = Run};

}  // namespace vtprobe
