// vtprobe manual: the manual page, made of what the commands declare.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"
#include "command_words.h"
#include "output.h"

namespace vtprobe {
namespace {

// A dot or a quote that begins a line would be a request, and a bare minus a
// hyphen. [groff] man(7), groff_char(7)
std::string Roff(std::string_view text) {
  std::string escaped;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
    begins = c == '\n';
  }
  return escaped;
}

std::string Option(const OptionWords& option) {
  std::string names;
  for (const std::string& name : option.names) {
    if (!names.empty()) names += ", ";
    names += "\\fB" + Roff(name) + "\\fR";
  }
  if (!option.value.empty()) {
    if (!names.empty()) names += ' ';
    names += "\\fI" + Roff(option.value) + "\\fR";
  }
  return fmt::format(".TP\n{}\n{}\n", names, Roff(option.description));
}

std::string Section(const CommandWords& command) {
  std::string text = fmt::format(".SS vtprobe {}\n{}\n", Roff(command.name), Roff(command.summary));
  for (const OptionWords& option : command.options) text += Option(option);
  if (!command.footer.empty()) text += fmt::format(".PP\n.nf\n{}\n.fi\n", Roff(command.footer));
  return text;
}

std::string Page(std::string_view version) {
  std::string page = fmt::format(
      ".TH VTPROBE 1 \"\" \"vtprobe {}\" \"User Commands\"\n"
      ".SH NAME\n"
      "vtprobe \\- is hardware virtualization usable on this machine, on every CPU?\n"
      ".SH SYNOPSIS\n"
      ".B vtprobe\n"
      "[\\fICOMMAND\\fR] [\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n"
      ".SH DESCRIPTION\n"
      "Says whether this machine can run hardware\\-assisted virtual machines, on every\n"
      "CPU, and if not, who switched that off and what brings it back. Without a command\n"
      "it is\n"
      ".BR \"vtprobe check\" ,\n"
      "of this machine or of the recordings that are named. It reads registers;\n"
      ".B verify\\-locks\n"
      "and\n"
      ".B enable\n"
      "start another program that writes them, and only with\n"
      ".BR \\-\\-yes .\n"
      ".SH COMMANDS\n",
      version);
  for (const CommandWords& command : DescribeCommands()) page += Section(command);
  page +=
      ".SH FILES\n"
      ".TP\n"
      "\\fI/dev/cpu/*/msr\\fR, \\fI/dev/cpu/msr_safe*\\fR\n"
      "what registers are read by; \\fBmodprobe msr\\fR brings the former\n"
      ".TP\n"
      "\\fI/usr/share/doc/vtprobe\\fR\n"
      "what recordings and profiles look like, the registers and the rules\n"
      ".TP\n"
      "\\fI/usr/share/vtprobe\\fR\n"
      "schemas of the JSON that vtprobe writes, and recorded machines\n"
      ".SH ENVIRONMENT\n"
      ".TP\n"
      "\\fBNO_COLOR\\fR, \\fBTERM\\fR\n"
      "whether a text on a terminal has color\n"
      ".TP\n"
      "\\fBLC_ALL\\fR, \\fBLC_CTYPE\\fR, \\fBLANG\\fR\n"
      "whether a text has characters beyond ASCII\n"
      ".SH SEE ALSO\n"
      ".BR rdmsr (1),\n"
      ".BR msr (4),\n"
      ".BR cpuid (4)\n";
  return page;
}

void Declare(CommandOptions* options, Arguments* arguments) {
  DeclareOutput(options, arguments);
  options->Footer("To read it: vtprobe manual | man -l -");
}

OrFailure<int> Run(const Arguments&, const Process& process) {
  return process.output->Write(Page(process.version)).map([] { return 0; });
}

}  // namespace

const Command kManual{
    .name = "manual", .summary = "The manual page, for man", .declare = Declare, .run = Run};

}  // namespace vtprobe
