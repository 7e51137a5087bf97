// Evidence in the middle of noise: each line of evidence that the bytes choose
// is found, noise alone never is, and nothing is found that no line states.
//
// The bytes are read as a plan: which line comes next, and what is in it. So the
// fuzzer turns over whole sightings and not just characters.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "paste/paste.h"
#include "vtprobe/hal/dump.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

class Plan {
 public:
  Plan(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  bool AtEnd() const { return at_ >= size_; }
  std::uint8_t Byte() { return AtEnd() ? std::uint8_t{0} : data_[at_++]; }
  std::uint32_t Number() {
    std::uint32_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | Byte();
    return number;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

template <typename... Arguments>
std::string Format(const char* format, Arguments... arguments) {
  char text[256];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

// Of signs that make up no trigger.
std::string Noise(Plan* plan) {
  constexpr std::string_view kSigns = "ghjkqwxyz  []:=-()/.,\t>|";
  std::string line;
  for (std::size_t length = plan->Byte() % 100; length > 0; --length) {
    line += kSigns[plan->Byte() % kSigns.size()];
  }
  return line + "\n";
}

using Found = std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t>;

// A register that is none of those whose values change by themselves.
std::string Evidence(Plan* plan, Found* stated) {
  const std::uint32_t cpu = plan->Byte();
  const std::uint32_t address = 0x3a;
  const std::uint32_t high = plan->Number();
  const std::uint32_t low = plan->Number();
  const std::uint64_t value = std::uint64_t{high} << 32 | low;
  stated->try_emplace({cpu, address}, value);
  const auto whole = static_cast<unsigned long long>(value);
  switch (plan->Byte() % 6) {
    case 0:
      return Format("cpu%u: MSR_IA32_FEATURE_CONTROL: 0x%llx (Locked )\n", cpu, whole);
    case 1:
      return Format("$ sudo rdmsr -p %u 0x3a\n%llx\n\n", cpu, whole);
    case 2:
      return Format("> [  12.345678] [cpu%u] RDMSR( 0x3a ): EAX = 0x%08X, EDX = 0x%08X\n", cpu, low,
                    high);
    case 3:
      return Format("CPU %u:\n MSR 0x0000003A = 0x%08X:0x%08X (IA32_FEATURE_CONTROL)\n", cpu, high,
                    low);
    case 4:
      return Format("\x1b[1mroot@h\x1b[0m:~# rdmsr -0 -p %u 58\r\n%016llx\r\n", cpu, whole);
    default:
      return Format("for i in %u; do rdmsr -u -p $i 0x3a; done\n%llu\n", cpu, whole);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vtprobe;
  Plan plan(data, size);
  std::string text;
  Found stated;
  while (!plan.AtEnd()) text += plan.Byte() % 4 == 0 ? Evidence(&plan, &stated) : Noise(&plan);
  const import::File file{"paste", text};
  const auto imported = import::kPaste.import(std::span(&file, 1), {});
  Check(imported.has_value() == !stated.empty());
  Check((import::kPaste.detect(file) == import::Confidence::kNone) == stated.empty());
  if (!imported) return 0;
  Found found;
  for (const MsrAddress address : imported->snapshot.Everything().msrs) {
    for (const auto& [cpus, reading] : imported->snapshot.Values(address)) {
      Check(reading.has_value());
      for (const LogicalCpu cpu : cpus.ToVector()) found[{Number(cpu), Number(address)}] = *reading;
    }
  }
  Check(found == stated);
  return 0;
}
