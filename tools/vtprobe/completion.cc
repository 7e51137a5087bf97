// vtprobe completion: what a shell completes of a command line, made of what the
// commands declare.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"
#include "command_words.h"
#include "output.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

using Commands = std::vector<CommandWords>;

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> NamesOf(const Commands& commands) {
  std::vector<std::string> names;
  for (const CommandWords& command : commands) names.push_back(command.name);
  return names;
}

// What positionals of a command may be.
std::vector<std::string> Operands(const CommandWords& command) {
  std::vector<std::string> words;
  for (const OptionWords& option : command.options) {
    if (!option.is_positional()) continue;
    words.insert(words.end(), option.choices.begin(), option.choices.end());
  }
  return words;
}

bool HasFileOperand(const CommandWords& command) {
  return std::any_of(command.options.begin(), command.options.end(), [](const auto& option) {
    return option.is_positional() && option.takes_file();
  });
}

// In single quotes, for any shell.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

// --- bash ---

std::string BashCase(const CommandWords& command) {
  std::string values;
  std::vector<std::string> names;
  for (const OptionWords& option : command.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
    if (option.is_positional() || option.value.empty()) continue;
    values += fmt::format("        {}) words={} files={} ;;\n", fmt::join(option.names, "|"),
                          Quoted(Joined(option.choices)), option.takes_file() ? "1" : "''");
  }
  return fmt::format(
      "    {})\n"
      "      options={}\n"
      "      operands={}\n"
      "      operand_files={}\n"
      "      case $before in\n"
      "{}"
      "        *) is_value= ;;\n"
      "      esac\n"
      "      ;;\n",
      command.name, Quoted(Joined(names)), Quoted(Joined(Operands(command))),
      HasFileOperand(command) ? "1" : "''", values);
}

std::string Bash(const Commands& commands) {
  const std::string names = Joined(NamesOf(commands));
  std::string cases;
  for (const CommandWords& command : commands) cases += BashCase(command);
  return fmt::format(
      "# Completion of vtprobe for bash, as vtprobe completion bash prints it.\n"
      "_vtprobe() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  local command= options operands operand_files words= files= is_value=1 i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case ${{COMP_WORDS[i]}} in\n"
      "      {}) command=${{COMP_WORDS[i]}}; break ;;\n"
      "    esac\n"
      "  done\n"
      "  case ${{command:-{}}} in\n"
      "{}"
      "  esac\n"
      "  if [[ ! $is_value ]]; then\n"
      "    words=$operands files=$operand_files\n"
      "    [[ $command ]] || words+=' help version '{}\n"
      "    [[ $word != -* ]] || words=$options files=\n"
      "  fi\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"\n"
      "    [[ ! $files ]] || compgen -f -- \"$word\")\n"
      "}}\n"
      "complete -o filenames -F _vtprobe vtprobe\n",
      fmt::join(NamesOf(commands), "|"), commands.front().name, cases, Quoted(names));
}

// --- zsh ---

// Within [...] of a specification of _arguments.
std::string ZshText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// What a value is completed with.
std::string ZshAction(const OptionWords& option) {
  if (option.choices.empty()) return option.takes_file() ? "_files" : " ";
  if (!option.takes_file()) return '(' + Joined(option.choices) + ')';
  return fmt::format("{{compadd - {}; _files}}", Joined(option.choices));
}

std::string ZshSpecification(const OptionWords& option, std::string_view name) {
  if (option.is_positional()) {
    return Quoted(fmt::format("*:{}:{}", ZshText(option.value), ZshAction(option)));
  }
  const std::string value =
      option.value.empty() ? "" : fmt::format(":{}:{}", ZshText(option.value), ZshAction(option));
  return Quoted(fmt::format("*{}[{}]{}", name, ZshText(option.description), value));
}

std::string ZshCase(const CommandWords& command) {
  std::string specifications;
  bool has_operand = false;
  for (const OptionWords& option : command.options) {
    // All positionals are offered at each place: a profile's name stands where a file may.
    if (option.is_positional()) continue;
    for (const std::string& name : option.names) {
      specifications += fmt::format(" \\\n        {}", ZshSpecification(option, name));
    }
  }
  OptionWords operands{{}, "operand", "", Operands(command)};
  if (HasFileOperand(command)) operands.value = "FILE";
  has_operand = !operands.choices.empty() || HasFileOperand(command);
  if (has_operand) {
    specifications += fmt::format(" \\\n        {}", ZshSpecification(operands, ""));
  }
  return fmt::format("    {})\n      _arguments -s{}\n      ;;\n", command.name, specifications);
}

std::string Zsh(const Commands& commands) {
  std::string names;
  std::string cases;
  for (const CommandWords& command : commands) {
    names += "    " + Quoted(fmt::format("{}:{}", command.name, command.summary)) + '\n';
    cases += ZshCase(command);
  }
  return fmt::format(
      "#compdef vtprobe\n"
      "# Completion of vtprobe for zsh, as vtprobe completion zsh prints it.\n"
      "_vtprobe() {{\n"
      "  local -a commands\n"
      "  commands=(\n"
      "{0}"
      "  )\n"
      "  local command=${{words[(r)({1})]}}\n"
      "  if [[ -z $command && $words[CURRENT] != -* ]]; then\n"
      "    _describe command commands\n"
      "    _files\n"
      "    return\n"
      "  fi\n"
      "  # Behind the command's name it is as if the command were a program.\n"
      "  if [[ -n $command ]]; then\n"
      "    local at=${{words[(i)$command]}}\n"
      "    if ((CURRENT > at)); then\n"
      "      shift $((at - 1)) words\n"
      "      ((CURRENT -= at - 1))\n"
      "    fi\n"
      "  fi\n"
      "  case ${{command:-{2}}} in\n"
      "{3}"
      "  esac\n"
      "}}\n"
      "if [[ $funcstack[1] == _vtprobe ]]; then _vtprobe \"$@\"; else compdef _vtprobe vtprobe; "
      "fi\n",
      names, fmt::join(NamesOf(commands), "|"), commands.front().name, cases);
}

// --- fish ---

// In single quotes, where a backslash makes a quote one of the text.
std::string FishQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '\'';
}

std::string FishOption(const CommandWords& command, const OptionWords& option) {
  std::string line = fmt::format("complete -c vtprobe -n '__vtprobe_takes {}'", command.name);
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) line += option.takes_file() ? " -r -F" : " -x";
  if (!option.choices.empty()) line += " -a " + FishQuoted(Joined(option.choices));
  return line + " -d " + FishQuoted(option.description) + '\n';
}

std::string Fish(const Commands& commands) {
  std::string text = fmt::format(
      "# Completion of vtprobe for fish, as vtprobe completion fish prints it.\n"
      "function __vtprobe_command\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    if contains -- $word {}\n"
      "      echo $word\n"
      "      return 0\n"
      "    end\n"
      "  end\n"
      "  return 1\n"
      "end\n"
      "function __vtprobe_takes\n"
      "  set -l command (__vtprobe_command)\n"
      "  test \"$command\" = $argv[1]; or test -z \"$command\" -a $argv[1] = {}\n"
      "end\n"
      "complete -c vtprobe -f\n",
      Joined(NamesOf(commands)), commands.front().name);
  for (const CommandWords& command : commands) {
    text += fmt::format("complete -c vtprobe -n 'not __vtprobe_command' -a {} -d {}\n",
                        command.name, FishQuoted(command.summary));
    for (const OptionWords& option : command.options) {
      if (!option.is_positional()) text += FishOption(command, option);
    }
    const std::string operands = Joined(Operands(command));
    if (HasFileOperand(command)) {
      text += fmt::format("complete -c vtprobe -n '__vtprobe_takes {}' -F\n", command.name);
    }
    if (!operands.empty()) {
      text += fmt::format("complete -c vtprobe -n '__vtprobe_takes {}' -a {}\n", command.name,
                          FishQuoted(operands));
    }
  }
  return text;
}

struct Shell {
  std::string_view name;
  std::string (*complete)(const Commands& commands);
};
constexpr std::array<Shell, 3> kShells = {{{"bash", Bash}, {"fish", Fish}, {"zsh", Zsh}}};

void Declare(CommandOptions* options, Arguments* arguments) {
  options->Add("SHELL", &arguments->operand, "bash, fish or zsh").Required().Takes("");
  DeclareOutput(options, arguments);
  options->Footer(
      "The packages install all three. Of one file that you took by itself:\n"
      "  bash  source <(vtprobe completion bash)    in ~/.bashrc\n"
      "  zsh   source <(vtprobe completion zsh)     in ~/.zshrc, behind compinit\n"
      "  fish  vtprobe completion fish > ~/.config/fish/completions/vtprobe.fish");
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  std::vector<std::string_view> names;
  for (const Shell& shell : kShells) {
    if (shell.name == *arguments.operand) {
      return process.output->Write(shell.complete(DescribeCommands())).map([] { return 0; });
    }
    names.push_back(shell.name);
  }
  return Fails(kUsageError, fmt::format("there is no completion for {}; there are {}",
                                        Printable(*arguments.operand), Enumerate(names)));
}

}  // namespace

const Command kCompletion{.name = "completion",
                          .summary = "What a shell completes: for bash, fish or zsh",
                          .declare = Declare,
                          .run = Run};

}  // namespace vtprobe
