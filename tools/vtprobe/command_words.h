// What the command line takes, as data: for completions and the manual, which are
// made of what each command declares and not of a list of their own.

#ifndef VTPROBE_TOOLS_VTPROBE_COMMAND_WORDS_H_
#define VTPROBE_TOOLS_VTPROBE_COMMAND_WORDS_H_

#include <string>
#include <vector>

namespace vtprobe {

struct OptionWords {
  std::vector<std::string> names;  // "-o", "--output"; none of a positional
  std::string value;               // "FILE"; empty of a flag
  std::string description;
  // Words that it takes. A name of a file may stand in their place where `value`
  // says so.
  std::vector<std::string> choices;

  bool is_positional() const { return names.empty(); }
  bool takes_file() const;
};

struct CommandWords {
  std::string name;
  std::string summary;
  std::string footer;
  std::vector<OptionWords> options;
};

// In the order of commands.def; the first is the default.
std::vector<CommandWords> DescribeCommands();

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_COMMAND_WORDS_H_
