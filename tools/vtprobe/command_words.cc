#include "command_words.h"

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <string_view>

#include "command.h"
#include "fleet.h"
#include "vtprobe/import/importer.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/table.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/glossary.h"
#include "vtprobe/report/reference.h"

namespace vtprobe {
namespace {

using Names = std::vector<std::string>;

template <typename Range, typename Name>
Names NamesOf(const Range& range, Name name) {
  Names names;
  for (const auto& item : range) names.emplace_back(name(item));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Names Formats(std::string_view command) {
  if (command == "check") {
    return NamesOf(ReportFormats(), [](const ReportFormat& format) { return format.name; });
  }
  if (command == "rules" || command == "registers") {
    return NamesOf(kReferenceFormats, [](std::string_view name) { return name; });
  }
  if (command == "diff") return {"html", "json", "markdown", "text"};
  if (command == "fleet") return {"csv", "html", "json", "text"};
  return {"json", "text"};
}

// Names that a shell completes without a word about colons, which CPUID's have.
Names Registers() {
  return NamesOf(registers::AllMsrs(), [](const MsrDef* msr) { return msr->name; });
}

// By the option's long name, or by a positional's.
Names Choices(std::string_view command, std::string_view name) {
  if (name == "--format") return Formats(command);
  if (name == "--color") return {"always", "auto", "never"};
  if (name == "--fail-on") return {"any", "registers", "worse"};
  if (name == "--from") {
    return NamesOf(import::AllImporters(), [](const auto* importer) { return importer->name; });
  }
  if (name == "--profile" || name == "NAME|FILE|DUMP") {
    return NamesOf(ShippedProfiles(), [](const ShippedProfile& profile) { return profile.name; });
  }
  if (name == "ID") {
    return NamesOf(ExplainedRules(), [](const Rule* rule) { return rule->id; });
  }
  if (name == "WORD") {
    return NamesOf(Glossary(), [](const Term& term) { return term.word; });
  }
  if (name == "ACTION" && command == "fleet") {
    return NamesOf(FleetActions(), [](const FleetAction* action) { return action->name; });
  }
  if (name == "ACTION") return {"check", "from", "list", "show"};
  if (name == "--machines") return {"files", "folders"};
  if (name == "SHELL") return {"bash", "fish", "zsh"};
  const bool is_register = name == "REGISTER" || name == "NAME" || name == "--register";
  return is_register || name == "--ignore" ? Registers() : Names();
}

OptionWords Described(std::string_view command, const CLI::Option& option) {
  OptionWords words;
  for (const std::string& name : option.get_snames()) words.names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) words.names.push_back("--" + name);
  words.description = option.get_description();
  if (words.is_positional()) {
    words.value = option.get_name(/*positional=*/true);
    words.choices = Choices(command, words.value);
  } else if (option.get_items_expected_max() > 0) {
    words.value = option.get_type_name();
    words.choices = Choices(command, words.names.back());
  }
  return words;
}

}  // namespace

bool OptionWords::takes_file() const {
  constexpr std::array<std::string_view, 5> kFiles = {"FILE", "FOLDER", "ARCHIVE", "DUMP",
                                                      "MOUNTPOINT"};
  return value == "RECORDINGS" || std::any_of(kFiles.begin(), kFiles.end(), [&](auto file) {
           return value.find(file) != std::string::npos;
         });
}

std::vector<CommandWords> DescribeCommands() {
  std::vector<CommandWords> commands;
  for (const Command* const command : kCommands) {
    Arguments arguments;
    CLI::App app;
    app.set_help_flag("-h,--help", "Show what it takes and exit");
    CommandOptions options(&app);
    command->declare(&options, &arguments);
    CommandWords words{command->name, command->summary, app.get_footer(), {}};
    for (const CLI::Option* const option : app.get_options()) {
      words.options.push_back(Described(command->name, *option));
    }
    commands.push_back(std::move(words));
  }
  return commands;
}

}  // namespace vtprobe
