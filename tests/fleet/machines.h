// Machines made up in a few lines, each with what tells it from its like.

#ifndef VTPROBE_TESTS_FLEET_MACHINES_H_
#define VTPROBE_TESTS_FLEET_MACHINES_H_

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/fleet/findings.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::fleet {

// Vendor and feature leaves of a Skylake client with VMX.
inline constexpr std::string_view kSkylake =
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n";

inline PlatformSnapshot Parsed(const std::string& dump) {
  auto snapshot = ParseDump(dump);
  if (!snapshot) throw std::invalid_argument(dump);
  return *std::move(snapshot);
}

// CPUs 0-3 with these MSRs, on board X; `meta` and `more` are further lines.
inline PlatformSnapshot Machine(std::string_view msrs, std::string_view meta = {},
                                std::string_view more = {}) {
  std::string dump = "vtprobe-dump 1\nmeta board = X\nmeta firmware.version = 1\n";
  if (meta.find("firmware.version") != std::string_view::npos) {
    dump = "vtprobe-dump 1\nmeta board = X\n";
  }
  dump += meta;
  dump += "cpu 0-3\n";
  dump += kSkylake;
  dump += msrs;
  dump += more;
  return Parsed(dump);
}

inline Judgement Usable(const PlatformSnapshot&) { return {vtprobe::Usable::kYes, 0, {}}; }

// A fold of machines that are named m0, m1 and so on, and are all usable.
inline Fold FoldOf(const std::vector<PlatformSnapshot>& machines) {
  Fold fold({"1.0", {}, {}});
  for (std::size_t i = 0; i < machines.size(); ++i) {
    fold.Add({"m" + std::to_string(i)}, machines[i], Usable);
  }
  return fold;
}

// "m1 CPUs 2-3: IA32_FEATURE_CONTROL 0x1, usually 0x5", a line for each machine.
inline std::vector<std::string> OutliersOf(const Findings& findings) {
  const auto value_text = [](const RegisterReading& value) {
    char text[32];
    if (value.known() == 0) return std::string(Name(value.error()));
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value.known_bits()));
    return std::string(text);
  };
  std::vector<std::string> lines;
  for (const Outlier& outlier : findings.outliers) {
    for (const std::string& machine : outlier.machines.kept()) {
      lines.push_back(machine + " CPUs " + outlier.reading.cpus.ToString() + ": " +
                      NameOf(outlier.reading.reg) + ' ' + value_text(outlier.reading.value) +
                      ", usually " + value_text(outlier.reading.usual));
    }
  }
  return lines;
}

}  // namespace vtprobe::fleet

#endif  // VTPROBE_TESTS_FLEET_MACHINES_H_
