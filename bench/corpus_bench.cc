// A fleet judged from one archive: the whole command over a tar of small dumps,
// in dumps a second of the time on the wall, and beside it what one costs of a
// CPU. 20,000 dumps, or as many as VTPROBE_BENCH_DUMPS says: a rate is given only
// where each was counted, in the state that was written into it.

#include <benchmark/benchmark.h>

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "child_process.h"
#include "tar_writer.h"
#include "temp_folder.h"

namespace vtprobe::bench {
namespace {

// kDistinct: no two dumps are the same, and none has a value of another in what
// names its machine. kRepeating: 50 dumps, again and again.
enum class Fleet : std::uint8_t { kDistinct, kRepeating };

// Of IA32_FEATURE_CONTROL, by how many of 16 machines have it.
struct Switch {
  std::string_view state;
  unsigned value;
  unsigned share;
};
constexpr std::array kSwitches = {Switch{"enabled", 0x5, 13},
                                  Switch{"enabled_in_smx_only", 0xff03, 1},
                                  Switch{"disabled_locked", 0x1, 1}, Switch{"unlocked", 0x0, 1}};

// The position in kSwitches of a machine's.
std::size_t SwitchOf(std::uint64_t seed) {
  auto place = static_cast<unsigned>(seed * 7 % 16);
  std::size_t i = 0;
  while (place >= kSwitches.at(i).share) place -= kSwitches.at(i++).share;
  return i;
}

// About 1 KB: an 8-CPU client with its origin, seven leaves and fourteen MSRs.
std::string DumpOf(std::uint64_t seed) {
  const auto value = [seed](std::uint64_t what) {
    return (seed * 0x9e3779b97f4a7c15 + what) * 0xd1342543de82ef95;
  };
  std::string text = "vtprobe-dump 1\nmeta provenance = recorded\nmeta stage = os\n";
  char line[160];
  const auto add = [&](const char* format, auto... numbers) {
    std::snprintf(line, sizeof line, format, numbers...);
    text += line;
  };
  add("meta kernel = 6.1.0-%u-amd64\nmeta firmware.vendor = Example\n",
      static_cast<unsigned>(value(1) >> 58));
  add("meta firmware.version = 2.%u\nmeta board = X11-%08" PRIu64 "\nmeta microcode = 0x%" PRIx64
      "\n",
      static_cast<unsigned>(value(2) >> 58), seed, value(3) >> 48);
  text +=
      "cpu 0-7\n"
      "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n"
      "cpuid 0x7.0x0 = 0x0 0x29c67af 0x0 0xbc002e00\n"
      "cpuid 0x80000000.0x0 = 0x80000008 0x0 0x0 0x0\n"
      "cpuid 0x80000002.0x0 = 0x65746e49 0x2952286c 0x726f4320 0x4d542865\n"
      "cpuid 0x80000003.0x0 = 0x37692029 0x3037362d 0x50432030 0x20402055\n"
      "cpuid 0x80000004.0x0 = 0x30342e33 0x7a484730 0x0 0x0\n";
  add("msr 0x3a = 0x%x\n", kSwitches.at(SwitchOf(seed)).value);
  for (const unsigned address : {0x17u, 0x8bu, 0xceu, 0xfeu, 0x10au, 0x13au, 0x1a0u, 0x1f2u, 0x1f3u,
                                 0x480u, 0x485u, 0x48bu, 0x48cu}) {
    add("msr 0x%x = 0x%" PRIx64 "\n", address, value(address) >> 20);
  }
  return text;
}

std::uint64_t DumpCount() {
  const char* const text = std::getenv("VTPROBE_BENCH_DUMPS");
  const std::uint64_t count = text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
  return count == 0 ? 20'000 : count;
}

// The archive and what the command says of it, gone with the object.
class FleetFiles {
 public:
  FleetFiles(Fleet fleet, std::uint64_t count) {
    if (!folder_.is_made()) return;
    std::ofstream file(archive(), std::ios::binary);
    TarWriter tar;
    char name[64];
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t seed = fleet == Fleet::kDistinct ? i : i % 50;
      ++machines_.at(SwitchOf(seed));
      std::snprintf(name, sizeof name, "fleet/rack%04u/host%04u.dump",
                    static_cast<unsigned>(i / 1000), static_cast<unsigned>(i % 1000));
      tar.AddFile(name, DumpOf(seed));
      file << tar.TakePart();
    }
    file << tar.Archive();
    file.close();
    is_written_ = file.good();
  }

  bool is_written() const { return is_written_; }
  std::string archive() const { return (folder_.path() / "fleet.tar").string(); }
  std::string output() const { return (folder_.path() / "output").string(); }

  // Whether the output counts what was written.
  bool IsCounted() const {
    std::string expected;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kSwitches.size(); ++i) {
      count += machines_.at(i);
      expected += i == 0 ? "" : ", ";
      expected += std::string(kSwitches.at(i).state) + ' ' + std::to_string(machines_.at(i));
    }
    expected = std::to_string(count) + "  " + expected;
    std::ifstream file(output());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("all ")) return line.ends_with(' ' + expected);
    }
    return false;
  }

 private:
  TempFolder folder_;
  std::array<std::uint64_t, kSwitches.size()> machines_{};
  bool is_written_ = false;
};

void CorpusOfArchive(benchmark::State& state, Fleet fleet) {
  const std::uint64_t count = DumpCount();
  const FleetFiles files(fleet, count);
  if (!files.is_written()) {
    state.SkipWithError("the archive could not be written");
    return;
  }
  double cpu_seconds = 0;
  for (auto _ : state) {
    const Ended ended = RunProgram({VTPROBE_COMMAND, "corpus", files.archive()}, files.output());
    if (ended.exit_status != 0 || !files.IsCounted()) {
      state.SkipWithError("the dumps were not all judged, or not rightly");
      break;
    }
    cpu_seconds += ended.cpu_seconds;
  }
  const auto judged =
      static_cast<std::int64_t>(count) * static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(judged);
  state.counters["cpu_seconds_a_dump"] = cpu_seconds / static_cast<double>(judged);
}
BENCHMARK_CAPTURE(CorpusOfArchive, distinct, Fleet::kDistinct)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CorpusOfArchive, repeating, Fleet::kRepeating)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace vtprobe::bench
