// Any bytes as a dump, whole or what differs from a base: it is refused at a place within it, or it
// is a recording that survives being written, and that the engine judges.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/wording/wording.h"

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
  Check(!Headline(verdict).empty());
  Check(!vtprobe::JudgeRules({snapshot, verdict}).empty());
}

// What a text that holds a difference differs from.
const vtprobe::PlatformSnapshot& Base() {
  static const auto base = vtprobe::ParseDump(
      "vtprobe-dump 1\nmeta stage = os\ncpu 0-127\n"
      "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x806f8 - 0x7ffefbff 0xbfebfbff\nmsr 0x3a = 0x5\n");
  return *base;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto snapshot = vtprobe::IsDumpDifference(text) ? vtprobe::ParseDumpDifference(text, Base())
                                                        : vtprobe::ParseDump(text);
  if (snapshot) {
    CheckRecording(*snapshot);
  } else {
    CheckRefusal(snapshot.error(), text);
  }
  return 0;
}
