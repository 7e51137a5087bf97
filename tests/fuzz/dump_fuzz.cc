// Any bytes as a dump: it is refused at a place within it, or it is a recording
// that survives being written, and that the engine judges.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckRefusal(const vtprobe::DumpError& error, std::string_view text) {
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  Check(error.line >= 1 && error.line <= lines + 1);
  Check(error.column >= 1 && error.column <= text.size() + 1);
  Check(!error.message.empty());
}

void CheckRecording(const vtprobe::PlatformSnapshot& snapshot) {
  const auto again = vtprobe::ParseDump(vtprobe::WriteDump(snapshot));
  Check(again.has_value() && *again == snapshot);
  const auto verdict = vtprobe::JudgeVirtualization(snapshot);
  const int status = vtprobe::ExitCode(verdict);
  Check(status >= 0 && status <= 3);
  Check(status != 0 || verdict.usable == vtprobe::Usable::kYes);
  Check(!verdict.headline.empty());
  Check(!vtprobe::JudgeRules({snapshot, verdict}).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto snapshot = vtprobe::ParseDump(text);
  if (snapshot) {
    CheckRecording(*snapshot);
  } else {
    CheckRefusal(snapshot.error(), text);
  }
  return 0;
}
