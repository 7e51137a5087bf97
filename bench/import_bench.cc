// What other programs' texts cost to read, in bytes of text a second: a machine
// of 64 CPUs in the words of each program, through recognition, import and what
// the snapshot then says of its origin.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "vtprobe/import/recording.h"

namespace vtprobe::bench {
namespace {

constexpr std::uint32_t kCpus = 64;
constexpr std::uint32_t kLeaves = 40;
constexpr std::uint32_t kMsrs = 200;

template <typename... Numbers>
void Append(std::string* text, const char* format, Numbers... numbers) {
  char line[160];
  std::snprintf(line, sizeof line, format, numbers...);
  *text += line;
}

// Values that differ from register to register; none is judged.
std::uint32_t Value(std::uint32_t a, std::uint32_t b) { return (a * 64 + b) * 0x9e3779b1u; }

std::string CpuidTool() {
  std::string text;
  for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    Append(&text, "CPU %u:\n", cpu);
    for (std::uint32_t leaf = 0; leaf < kLeaves; ++leaf) {
      Append(&text, "   0x%08x 0x00: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n", leaf, kLeaves,
             Value(cpu, leaf), leaf, cpu);
    }
  }
  return text;
}

std::string Aida() {
  std::string text;
  for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    Append(&text, "\n------[ CPUID Registers / Logical CPU #%u ]------\n\n", cpu);
    for (std::uint32_t leaf = 0; leaf < kLeaves; ++leaf) {
      Append(&text, "CPUID %08X: %08X-%08X-%08X-%08X\n", leaf, kLeaves, Value(cpu, leaf), leaf,
             cpu);
    }
    Append(&text, "\n------[ MSR Registers / Logical CPU #%u ]------\n\n", cpu);
    for (std::uint32_t msr = 0; msr < kMsrs; ++msr) {
      Append(&text, "MSR %08X: %04X-%04X-%04X-%04X\n", msr * 7, cpu, msr, cpu, msr);
    }
  }
  return text;
}

std::string OwnDump() {
  std::string text = "vtprobe-dump 1\n";
  for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    Append(&text, "cpu %u\n", cpu);
    for (std::uint32_t leaf = 0; leaf < kLeaves; ++leaf) {
      Append(&text, "cpuid 0x%x.0x0 = 0x%x 0x%x 0x%x 0x%x\n", leaf, kLeaves, Value(cpu, leaf), leaf,
             cpu);
    }
    for (std::uint32_t msr = 0; msr < kMsrs; ++msr) {
      Append(&text, "msr 0x%x = 0x%x\n", msr * 7, Value(cpu, msr));
    }
  }
  return text;
}

void ImportText(benchmark::State& state, const std::string& text, std::string_view format) {
  const import::Importer* const expected = import::FindImporter(format);
  const import::Guess guess = import::GuessFormat({"bench", text});
  if (guess.candidates.size() != 1 || guess.candidates.front() != expected) {
    state.SkipWithError("the text is not recognised as what it is");
  }
  for (auto _ : state) {
    const auto imported = import::ReadRecording({{"bench", text, true}}, nullptr, {});
    if (!imported || imported->snapshot.online().Count() != kCpus ||
        imported->snapshot.Everything().cpuid.size() != kLeaves) {
      state.SkipWithError("the text was not imported");
      break;
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(text.size()));
}
BENCHMARK_CAPTURE(ImportText, vtprobe, OwnDump(), "vtprobe");
BENCHMARK_CAPTURE(ImportText, cpuid, CpuidTool(), "cpuid");
BENCHMARK_CAPTURE(ImportText, aida, Aida(), "aida");

}  // namespace
}  // namespace vtprobe::bench
