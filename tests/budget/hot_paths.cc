// The work whose instructions are counted, a case a run. Only what stands below
// Measured() counts; what it needs is made before. Exits with 1 if the work was
// not done, since that is the cheapest way to be fast.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "machines.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/import/recording.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/report/report.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe::bench {
namespace {

// The name under which the counting is switched on and off.
template <typename Work>
[[gnu::noinline]] auto Measured(const Work& work) {
  return work();
}

// The verdict and its words.
bool Judge(std::uint32_t cpus, Likeness likeness, State expected) {
  const PlatformSnapshot machine = MakeMachine(cpus, likeness);
  bool is_right = false;
  Measured([&] {
    const VirtualizationVerdict verdict = JudgeVirtualization(machine);
    is_right = verdict.state == expected && !Headline(verdict).empty() &&
               !Explanation(verdict).empty() && Remedy(verdict).empty() == (ExitCode(verdict) == 0);
  });
  return is_right;
}

// All rules, of a machine whose verdict is known.
bool JudgeAllRules(const PlatformSnapshot& machine) {
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  const std::vector<Finding> findings = Measured([&] {
    const RuleInput input(machine, verdict);
    return JudgeRules(input);
  });
  return findings.size() >= AllRules().size();
}

// CPUs each of which differs from all others in CPUID (leaf 7, EBX) and in its
// MSRs.
bool JudgeRulesOfKinds(std::uint32_t cpus) {
  std::string text = "vtprobe-dump 1\n";
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) {
    char block[256];
    std::snprintf(block, sizeof block,
                  "cpu %u\n"
                  "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                  "cpuid 0x1.0x0 = 0x506e3 0x0 0x7ffafbff 0xbfebfbff\n"
                  "cpuid 0x7.0x0 = 0x0 0x%x 0x0 0x0\n"
                  "msr 0x3a = 0x%x00000005\n"
                  "msr 0x8b = 0x%x00000000\n",
                  cpu, cpu + 1, cpu, cpu + 1);
    text += block;
  }
  const auto machine = ParseDump(text);
  return machine && machine->online().Count() == cpus && JudgeAllRules(*machine);
}

bool Write(std::uint32_t cpus, Likeness likeness) {
  const PlatformSnapshot machine = MakeMachine(cpus, likeness);
  const std::string text = Measured([&] { return WriteDump(machine); });
  const auto parsed = ParseDump(text);
  return parsed && *parsed == machine;
}

bool Parse(const std::string& text, std::uint32_t cpus) {
  const auto parsed = Measured([&] { return ParseDump(text); });
  return parsed && parsed->online().Count() == cpus;
}

// A block a CPU, each with the same registers.
bool ParseMachine() {
  constexpr std::uint32_t kCpus = 256;
  constexpr std::uint32_t kRegisters = 40;
  std::string text = "vtprobe-dump 1\n";
  for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    text += "cpu " + std::to_string(cpu) + '\n';
    for (std::uint32_t i = 0; i < kRegisters; ++i) {
      char line[64];
      std::snprintf(line, sizeof line, "msr 0x%x = 0x%x\n", 0x10 + i * 7, 0x12345678 + cpu);
      text += line;
    }
  }
  return Parse(text, kCpus);
}

// Each register once, in an order in which no two neighbours ascend for long.
std::string RegistersOfOneCpu(std::uint32_t step) {
  constexpr std::uint32_t kRegisters = 1 << 14;
  std::string text = "vtprobe-dump 1\ncpu 0\n";
  for (std::uint32_t i = 0; i < kRegisters; ++i) {
    char line[64];
    std::snprintf(line, sizeof line, "msr 0x%x = 0x%x\n", i * step % kRegisters, 0x12345678 + i);
    text += line;
  }
  return text;
}

// What one small dump of a fleet costs: read, judged and known by its design. It is not
// the first: what is made once is made.
bool JudgeOfFleet() {
  const std::string text = WriteDump(MakeMachine(1, Likeness::kUniform));
  const auto judge = [&] {
    const auto parsed = ParseDump(text);
    return parsed && JudgeVirtualization(*parsed).state == State::kEnabled &&
           IdentifySubject(*parsed).codename.has_value();
  };
  return judge() && Measured(judge);
}

// A serial console's log of 1 MiB, of which the last line matters.
bool ReadLog() {
  constexpr std::size_t kSize = std::size_t{1} << 20;
  std::string log;
  for (unsigned i = 0; log.size() < kSize; ++i) {
    char line[160];
    std::snprintf(line, sizeof line,
                  "[%8u.%06u] usb 1-%u: New USB device found, idVendor=%04x, idProduct=%04x\n",
                  i / 10, i * 7919 % 1000000, i % 14, i * 31 % 65536, i * 17 % 65536);
    log += line;
  }
  log += "[99999.000000] x86/cpu: VMX (outside TXT) disabled by BIOS\n";
  const auto imported = Measured([&] {
    std::vector<import::Input> inputs;
    inputs.push_back({"console.log", std::move(log)});
    return import::ReadRecording(std::move(inputs), nullptr, {});
  });
  return imported && imported->snapshot.metadata().Get("kernel_log.1").has_value();
}

bool Run(std::string_view name) {
  if (name == "verdict-uniform") return Judge(1024, Likeness::kUniform, State::kEnabled);
  if (name == "verdict-distinct") return Judge(1024, Likeness::kDistinct, State::kEnabled);
  if (name == "verdict-discordant") return Judge(1024, Likeness::kDiscordant, State::kInconsistent);
  if (name == "rules-uniform") {
    return JudgeAllRules(MakeMachine(1024, Likeness::kUniform));
  }
  if (name == "rules-distinct") {
    return JudgeAllRules(MakeMachine(1024, Likeness::kDistinct));
  }
  if (name == "rules-kinds") return JudgeRulesOfKinds(512);
  if (name == "write-distinct") return Write(128, Likeness::kDistinct);
  if (name == "parse-machine") return ParseMachine();
  if (name == "parse-ascending") return Parse(RegistersOfOneCpu(1), 1);
  if (name == "parse-unordered") return Parse(RegistersOfOneCpu(6661), 1);
  if (name == "fleet-dump") return JudgeOfFleet();
  if (name == "paste-log") return ReadLog();
  return false;
}

}  // namespace
}  // namespace vtprobe::bench

int main(int argc, char** argv) { return argc == 2 && vtprobe::bench::Run(argv[1]) ? 0 : 1; }
