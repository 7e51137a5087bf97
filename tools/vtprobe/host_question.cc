#include "host_question.h"

#include <utility>

#include "subject.h"

namespace vtprobe {

OrFailure<HostQuestion> QuestionOf(const Arguments& arguments, const Process& process) {
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  const auto as_json = WantsJson(arguments);
  if (!as_json) return tl::unexpected(as_json.error());
  const auto chosen = ChosenCpus(arguments);
  if (!chosen) return tl::unexpected(chosen.error());
  auto host = ChosenHost(*chosen);
  if (!host) return tl::unexpected(host.error());
  return HostQuestion{*style, *as_json, *std::move(host)};
}

}  // namespace vtprobe
