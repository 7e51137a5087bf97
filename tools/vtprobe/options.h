// What a command may declare of its command line. The library that parses it is
// known to options.cc and to those who run it (command_line.cc, command_words.cc):
// its headers are a program of their own, and each source that sees them compiles
// it again.

#ifndef VTPROBE_TOOLS_VTPROBE_OPTIONS_H_
#define VTPROBE_TOOLS_VTPROBE_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
class Option;
}  // namespace CLI

namespace vtprobe {

// One that was added, to say more of it. A reference to what the command line
// owns; to be copied freely.
class DeclaredOption {
 public:
  explicit DeclaredOption(CLI::Option* option) : option_(option) {}

  DeclaredOption Required() const;
  // What stands for its value in the help; "" where its name says that.
  DeclaredOption Takes(const std::string& type_name) const;
  // One value each time that it is given: what follows is another argument.
  DeclaredOption OneValueEach() const;
  // Once, with one value.
  DeclaredOption Once() const;
  DeclaredOption AtMost(unsigned most) const;
  DeclaredOption Between(unsigned least, unsigned most) const;
  // Makes no sense without that one.
  DeclaredOption Needs(DeclaredOption other) const;

 private:
  CLI::Option* option_;
};

// Those of one command. The targets are set while the command line is parsed and
// must live until then. A name that starts with no dash is an operand.
class CommandOptions {
 public:
  explicit CommandOptions(CLI::App* app) : app_(app) {}

  DeclaredOption Add(const std::string& name, std::string* target, const std::string& description);
  DeclaredOption Add(const std::string& name, std::optional<std::string>* target,
                     const std::string& description);
  DeclaredOption Add(const std::string& name, std::vector<std::string>* target,
                     const std::string& description);
  DeclaredOption Add(const std::string& name, unsigned* target, const std::string& description);
  DeclaredOption AddFlag(const std::string& name, bool* target, const std::string& description);
  // What the help ends with.
  void Footer(const std::string& text);

 private:
  CLI::App* app_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_OPTIONS_H_
