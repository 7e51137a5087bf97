// What a report over machines holds in memory where no two are alike, in bytes for each of
// them, at the most:
//
//   fleet_memory N
//
// prints what the fold of N machines takes, and what is taken beside it to conclude what a
// normal answer shows. A third of the registers have a value of each machine's own, in
// which nobody stands out; of another third each third machine does.

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "vtprobe/fleet/findings.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/hal/dump.h"

namespace {

constexpr std::size_t kShown = 20;  // of outliers, and of values where none is usual

std::size_t held = 0;
std::size_t most_held = 0;

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  held += ::malloc_usable_size(memory);
  most_held = std::max(most_held, held);
  return memory;
}
void operator delete(void* memory) noexcept {
  held -= ::malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace vtprobe {
namespace {

std::string Hex(std::size_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%zx", number);
  return text;
}

// CPUs of a Skylake; the VMX capabilities are in every machine's comparison.
// [intel/sdm-vol4] table 2-2, 480H and following
PlatformSnapshot MachineOf(std::size_t number) {
  std::string dump =
      "vtprobe-dump 1\nmeta board = Board\nmeta firmware.version = 1\ncpu 0-3\n"
      "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n";
  for (std::size_t i = 0; i < 15; ++i) {
    std::size_t value = 1;
    if (i % 3 == 1) value = number + 2;
    if (i % 3 == 2 && number % 3 == 0) value = number + 2;
    dump += "msr " + Hex(0x480 + i) + " = " + Hex(value) + '\n';
  }
  auto machine = ParseDump(dump);
  if (!machine) std::exit(2);
  return *std::move(machine);
}

int Measure(std::size_t machines) {
  const std::size_t before = held;
  fleet::Fold fold({"1.0", {}, {}});
  for (std::size_t i = 0; i < machines; ++i) {
    fold.Add({"n" + std::to_string(i)}, MachineOf(i), [](const PlatformSnapshot&) {
      return fleet::Judgement{Usable::kYes, 0, {}};
    });
  }
  const std::size_t folded = held;
  most_held = held;
  const fleet::Findings findings = Conclude(fold, kShown);
  const bool is_right = findings.machines == machines && findings.splits.size() == 5 &&
                        findings.outlier_count == 5 * ((machines + 2) / 3) &&
                        findings.outliers.size() == kShown;
  std::printf("%zu %zu\n", (folded - before) / machines, (most_held - folded) / machines);
  return is_right ? 0 : 1;
}

}  // namespace
}  // namespace vtprobe

int main(int argc, char** argv) {
  return argc == 2 ? vtprobe::Measure(std::strtoul(argv[1], nullptr, 10)) : 2;
}
