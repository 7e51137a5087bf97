// vtprobe explain: what a word of a report means.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "command.h"
#include "output.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/glossary.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("WORD", &arguments->operand,
            "A state, an attribution, an outcome or an error, such as disabled_locked; by "
            "default all of them")
      .Takes("");
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
}

tl::unexpected<Failure> NoWord(const std::string& word, const std::vector<Term>& terms) {
  if (FindRule(word) != nullptr) {
    return Fails(kUsageError, fmt::format("{0} is a rule: vtprobe rules {0}", word));
  }
  std::vector<std::string_view> words;
  for (const Term& term : terms) {
    if (std::find(words.begin(), words.end(), term.word) == words.end()) {
      words.push_back(term.word);
    }
  }
  return Fails(kUsageError,
               fmt::format("no report has the word {}; the nearest are {}", Printable(word),
                           Enumerate(Nearest(word, std::move(words)))));
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  const std::vector<Term> all = Glossary();
  std::vector<Term> terms;
  std::copy_if(all.begin(), all.end(), std::back_inserter(terms), [&](const Term& term) {
    return !arguments.operand || term.word == *arguments.operand;
  });
  if (terms.empty()) return NoWord(*arguments.operand, all);
  return process.output->Write(RenderGlossary(terms, *style)).map([] { return 0; });
}

}  // namespace

const Command kExplain{.name = "explain",
                       .summary = "What a word of a report means: a state, who set it, an error",
                       .declare = Declare,
                       .run = Run};

}  // namespace vtprobe
