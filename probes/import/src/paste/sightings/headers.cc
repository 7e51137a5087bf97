// Lines that say of which CPU those below them are.

#include <utility>
#include <vector>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
// Headers that open a CPU: "CPU 0:", "CPU:", "CPU Thread: 5", "MSR Core #2",
// "UNIQUE MSRs  (core 0)", "SHARED MSRs (All Cores)", AIDA's "Logical CPU #3".
Fate SeeCpuHeader(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  const std::string_view text = lower;
  const auto open = [&](std::optional<std::uint32_t> number) {
    reading->cpu = CpuOf(number);
    reading->group.clear();
    reading->subleaves.Restart();
    return Fate::kUsed;
  };
  Scanner scanner(text);
  if (scanner.Take("cpu")) {
    Scanner rest = scanner;
    rest.SkipBlanks();
    const auto number = rest.TakeDecimal();
    if (rest.Take(':') && rest.AtEnd()) return open(number);
    rest = scanner;
    if (rest.Take(" thread: ")) return open(rest.TakeDecimal());
    if (rest.Take(" #")) {
      // x86info counts from 1.
      auto counted = rest.TakeDecimal();
      rest.Take(':');
      if (!counted || !rest.AtEnd()) return Fate::kNothing;
      if (reading->is_x86info && *counted != 0) --*counted;
      return open(counted);
    }
  }
  scanner = Scanner(text);
  if (scanner.Take("msr core #")) {
    // The monitor counts cores from 1 and shows the first thread of each.
    reading->evidence.NumberCores();
    return open(scanner.TakeDecimal());
  }
  if (text.find("shared msrs (all cores)") != std::string_view::npos) return open(std::nullopt);
  for (const std::string_view head :
       {"unique msrs  (core ", "unique msrs (core ", "logical cpu #", "cpuid registers (cpu #"}) {
    const std::size_t at = text.find(head);
    if (at == std::string_view::npos) continue;
    Scanner behind(text.substr(at + head.size()));
    const auto number = behind.TakeDecimal();
    // At the line's end the number may be broken off.
    if (behind.AtEnd()) return Fate::kNotUnderstood;
    return open(number);
  }
  return Fate::kNothing;
}

// "4 CPUs: 0-2,5", of which the MSRs below are. BITS, python/testmsr.py and
// bits/__init__.py
Fate SeeCpuGroup(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto count = scanner.TakeDecimal();
  if (!count || (!scanner.Take(" CPUs: ") && !scanner.Take(" CPU: "))) return Fate::kNothing;
  std::vector<std::uint32_t> cpus;
  do {
    const auto first = scanner.TakeDecimal();
    const auto last = scanner.Take('-') ? scanner.TakeDecimal() : first;
    if (!first || !last || *last > kMaxCpuNumber || *last < *first) return Fate::kNotUnderstood;
    for (std::uint32_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
    scanner.Take(',');
    scanner.SkipBlanks();
  } while (!scanner.AtEnd());
  if (cpus.size() != *count) return Fate::kNotUnderstood;
  reading->group = std::move(cpus);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
