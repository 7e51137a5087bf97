#include "command_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

constexpr const Command* kDefaultCommand = kCommands.front();

constexpr const char* kDescription =
    "Says whether this machine can run hardware-assisted virtual machines, on every CPU, "
    "and if not, who switched that off and what brings it back.\n"
    "vtprobe help COMMAND shows what a command takes.\n";

tl::unexpected<Failure> UsageError(const std::string& message) {
  return Fails(kUsageError, message + "\nvtprobe --help shows what there is.");
}

using Words = std::span<const char* const>;

// Null for a word that names none.
const Command* FindCommand(std::string_view name) {
  const auto found = std::find_if(kCommands.begin(), kCommands.end(),
                                  [&](const Command* command) { return command->name == name; });
  return found == kCommands.end() ? nullptr : *found;
}

tl::unexpected<Failure> NoCommand(const std::string& word) {
  std::vector<std::string_view> names;
  names.reserve(kCommands.size());
  for (const Command* const command : kCommands) names.emplace_back(command->name);
  return UsageError(
      fmt::format("there is no command {}, and no file of that name; the nearest "
                  "are {}; there are {}",
                  Printable(word), Enumerate(Nearest(word, names)), Enumerate(names)));
}

// A word that is no file's name: neither is there such a file, nor does it have
// what names of files have and names of commands have not.
bool LooksLikeCommand(const std::string& word) {
  return word != "-" && word.find_first_of("/.") == std::string::npos &&
         ::access(word.c_str(), F_OK) != 0;
}

// Breaks a line that is longer than the terminal is wide. What follows stands below
// its text: behind what it begins with and two blanks or more ("  0  usable"), or
// behind the blanks that it begins with.
std::string Broken(const std::string& line, std::size_t width) {
  const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = line.find("  ", start);
  const std::size_t text =
      gap == std::string::npos ? start : std::min(line.find_first_not_of(' ', gap), line.size());
  std::istringstream words(line.substr(text));
  std::string broken = line.substr(0, text);
  std::size_t at = text;
  for (std::string word; words >> word; at += word.size()) {
    if (at > text) {
      const bool fits = at + 1 + word.size() <= width;
      broken += fits ? " " : '\n' + std::string(text, ' ');
      at = fits ? at + 1 : text;
    }
    broken += word;
  }
  return broken;
}

// Lines that are broken for 80 columns already, each on its own.
std::string BrokenLines(const std::string& text) {
  const std::size_t width = DescribeTerminal().columns;
  std::istringstream lines(text);
  std::string broken;
  for (std::string line; std::getline(lines, line);) {
    broken += line.size() <= width ? line : Broken(line, width);
    broken += '\n';
  }
  return broken;
}

// Breaks what is said of an option or a command where the terminal ends.
class WrappingFormatter final : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override {
    return Wrapped(CLI::Formatter::make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* sub) const override {
    std::ostringstream text;
    CLI::detail::format_help(text, sub->get_name(), Wrapped(sub->get_description()),
                             get_column_width());
    return text.str();
  }

  std::string make_description(const CLI::App* app) const override {
    return BrokenLines(CLI::Formatter::make_description(app));
  }
  std::string make_footer(const CLI::App* app) const override {
    return BrokenLines(CLI::Formatter::make_footer(app));
  }

 private:
  // format_help() begins a line's text again in its column.
  std::string Wrapped(const std::string& text) const {
    constexpr std::size_t kNarrowest = 30;
    const std::size_t column = get_column_width();
    const std::size_t width = std::max(DescribeTerminal().columns, column + kNarrowest) - column;
    std::istringstream words(text);
    std::string wrapped;
    std::size_t at = 0;
    for (std::string word; words >> word; at += word.size()) {
      if (at != 0) {
        const bool fits = at + 1 + word.size() <= width;
        wrapped += fits ? ' ' : '\n';
        at = fits ? at + 1 : 0;
      }
      wrapped += word;
    }
    return wrapped;
  }
};

// The options take effect in one Arguments, whether they stand before or after
// the command's name.
class CommandLine {
 public:
  explicit CommandLine(std::string_view version)
      : version_(version), app_(kDescription, "vtprobe") {
    app_.formatter(std::make_shared<WrappingFormatter>());
    app_.set_help_flag("-h,--help", "Show this and exit");
    app_.set_version_flag("--version", fmt::format("vtprobe {}", version),
                          "Show the version and exit");
    app_.require_subcommand(0, 1);
  }

  void DeclareAll() {
    Declare(*kDefaultCommand, &app_);
    for (const Command* const command : kCommands) Declare(*command);
  }

  // Just what these words, the program's name left out, may mean. To declare all
  // is half of what a start costs.
  void DeclareFor(Words words) {
    const bool begins_with_command = !words.empty() && FindCommand(words.front()) != nullptr;
    if (!begins_with_command) Declare(*kDefaultCommand, &app_);
    for (const Command* const command : kCommands) {
      const auto named = std::find(words.begin(), words.end(), std::string_view(command->name));
      if (named != words.end()) Declare(*command);
    }
  }

  OrFailure<std::variant<Request, std::string>> Parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      if (HasSubcommand()) return app_.help();
      CommandLine all(version_);
      all.DeclareAll();
      return all.app_.help();
    } catch (const CLI::CallForVersion&) {
      return app_.version() + '\n';
    } catch (const CLI::ExtrasError&) {
      return Unexpected(Words(argv, static_cast<std::size_t>(argc)));
    } catch (const CLI::ArgumentMismatch& error) {
      return Mismatch(error);
    } catch (const CLI::ParseError& error) {
      return UsageError(Printable(error.what()));
    }
    request_.command = kDefaultCommand;
    if (HasSubcommand()) {
      request_.command = FindCommand(Chosen().get_name());
      const auto fits = CheckOptionsBefore(Chosen());
      if (!fits) return tl::unexpected(fits.error());
    }
    const auto files = CheckFiles();
    if (!files) return tl::unexpected(files.error());
    request_.arguments.command_line = fmt::format("{}", fmt::join(argv, argv + argc, " "));
    return request_;
  }

 private:
  void Declare(const Command& command) {
    CLI::App* const sub = app_.add_subcommand(command.name, command.summary);
    sub->footer("");  // not that of the default command
    Declare(command, sub);
  }

  void Declare(const Command& command, CLI::App* app) {
    CommandOptions options(app);
    command.declare(&options, &request_.arguments);
  }

  bool HasSubcommand() const { return !app_.get_subcommands().empty(); }

  // The subcommand that was named, or all of the command line.
  const CLI::App& Chosen() const {
    const auto chosen = app_.get_subcommands();
    return chosen.empty() ? app_ : *chosen.front();
  }

  // An option without its value, or given more than once.
  tl::unexpected<Failure> Mismatch(const CLI::ArgumentMismatch& error) const {
    for (const CLI::Option* const option : Chosen().get_options()) {
      if (option->count() > 1) {
        return UsageError(fmt::format("{} is given twice", option->get_name()));
      }
    }
    const std::string_view message = error.what();
    return UsageError(
        fmt::format("{} needs a value", Printable(message.substr(0, message.find(':')))));
  }

  // The first word that nothing takes, or that was taken for a file.
  tl::unexpected<Failure> Unexpected(Words words) const {
    const CLI::App& app = Chosen();
    const std::vector<std::string> extras = app_.remaining(true);
    const std::string word = extras.empty() ? std::string() : extras.front();
    const auto extra = std::find(words.begin(), words.end(), word);
    for (const std::string& file : request_.arguments.files) {
      const bool is_before = std::find(words.begin(), extra, file) != extra;
      if (is_before && !HasSubcommand() && LooksLikeCommand(file)) return NoCommand(file);
    }
    std::vector<std::string_view> names;
    if (word.starts_with('-')) {
      std::vector<std::string> options;
      for (const CLI::Option* const option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
      }
      names.assign(options.begin(), options.end());
      return UsageError(fmt::format("there is no option {}; the nearest are {}", Printable(word),
                                    Enumerate(Nearest(word, std::move(names)))));
    }
    if (HasSubcommand()) {
      return UsageError(fmt::format("{} does not take {}", app.get_name(), Printable(word)));
    }
    return NoCommand(word);
  }

  // A word that the default command takes for a file was perhaps meant to be a
  // command; behind `check` it is one too many only if it names one.
  OrFailure<void> CheckFiles() const {
    const bool is_chosen = HasSubcommand();
    if (is_chosen && Chosen().get_name() != kDefaultCommand->name) return {};
    for (const std::string& file : request_.arguments.files) {
      if (!LooksLikeCommand(file)) continue;
      if (!is_chosen) return NoCommand(file);
      if (FindCommand(file) != nullptr) {
        return UsageError(fmt::format("{} and {} are two commands, and {} is no file here",
                                      Chosen().get_name(), file, file));
      }
    }
    return {};
  }

  // An option that stands before the command's name is one that the command
  // has, and is not given again behind it.
  OrFailure<void> CheckOptionsBefore(const CLI::App& sub) const {
    for (const CLI::Option* const option : app_.get_options()) {
      if (option->count() == 0) continue;
      const std::string name = option->get_name();
      const CLI::Option* const own = sub.get_option_no_throw(name);
      if (own == nullptr) return UsageError(fmt::format("{} has no {}", sub.get_name(), name));
      if (own->count() != 0) return UsageError(fmt::format("{} is given twice", name));
    }
    return {};
  }

  std::string_view version_;
  CLI::App app_;
  Request request_;
};

}  // namespace

OrFailure<std::variant<Request, std::string>> ParseCommandLine(int argc, const char* const* argv,
                                                               std::string_view version) {
  Words words(argv, static_cast<std::size_t>(argc));
  // Words for what options ask for, as many programs have them.
  std::vector<const char*> instead;
  if (argc > 1 && words[1] == std::string_view("help")) {
    if (argc > 2 && FindCommand(words[2]) == nullptr) return NoCommand(words[2]);
    instead.assign(words.begin(), words.end());
    instead.erase(instead.begin() + 1);
    instead.push_back("--help");
  } else if (argc == 2 && words[1] == std::string_view("version")) {
    instead = {words[0], "--version"};
  }
  if (!instead.empty()) words = instead;
  CommandLine line(version);
  line.DeclareFor(words.subspan(words.empty() ? 0 : 1));
  return line.Parse(static_cast<int>(words.size()), words.data());
}

}  // namespace vtprobe
