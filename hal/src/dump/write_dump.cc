// The writer of format 1. Readings are gathered under the set of CPUs that
// gave them: what all CPUs share stands once, and only what tells them apart
// (an APIC id) is repeated.

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

void AppendHex(std::string* text, std::uint64_t value) {
  char buffer[2 + 16 + 1];
  std::snprintf(buffer, sizeof buffer, "0x%" PRIx64, value);
  *text += buffer;
}

std::string Line(MsrAddress address, const MsrReading& reading) {
  std::string line = "msr ";
  AppendHex(&line, Number(address));
  if (reading) {
    line += " = ";
    AppendHex(&line, *reading);
  } else {
    line += " ! ";
    line += Name(reading.error());
  }
  return line + '\n';
}

std::string Line(CpuidLeaf leaf, const CpuidReading& reading) {
  std::string line = "cpuid ";
  AppendHex(&line, leaf.leaf);
  line += '.';
  AppendHex(&line, leaf.subleaf);
  if (!reading) {
    line += " ! ";
    line += Name(reading.error());
    return line + '\n';
  }
  line += " =";
  for (const CpuidRegister reg :
       {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx, CpuidRegister::kEdx}) {
    line += ' ';
    if (reading->Has(reg)) {
      AppendHex(&line, reading->Get(reg));
    } else {
      line += '-';
    }
  }
  return line + '\n';
}

// The lines of each set of CPUs. A larger set comes before a smaller one, as
// what is common is read first; equally large ones by their CPUs.
struct LargestFirst {
  bool operator()(const CpuSet& a, const CpuSet& b) const {
    const std::size_t a_count = a.Count();
    const std::size_t b_count = b.Count();
    if (a_count != b_count) return a_count > b_count;
    return std::lexicographical_compare(
        a.ranges().begin(), a.ranges().end(), b.ranges().begin(), b.ranges().end(),
        [](const CpuSet::Range& x, const CpuSet::Range& y) {
          return x.first != y.first ? x.first < y.first : x.last < y.last;
        });
  }
};
using Blocks = std::map<CpuSet, std::string, LargestFirst>;

void Collect(const PlatformSnapshot& snapshot, const CpuSet& cpus, Blocks* blocks) {
  const Selection all = snapshot.Everything();
  const auto add = [&](const auto& key) {
    for (const auto& [set, reading] : snapshot.Values(key)) {
      const CpuSet mine = set.Intersection(cpus);
      if (!mine.empty()) (*blocks)[mine] += Line(key, reading);
    }
  };
  for (const auto& [leaf, mask] : all.cpuid) add(leaf);
  for (const MsrAddress address : all.msrs) add(address);
}

// CPUs of which nothing was read still get a line: they were there.
void AppendBlocks(const PlatformSnapshot& snapshot, const CpuSet& cpus, std::string_view suffix,
                  std::string* text) {
  if (cpus.empty()) return;
  Blocks blocks;
  Collect(snapshot, cpus, &blocks);
  std::vector<CpuSet::Range> named;
  for (const auto& [set, lines] : blocks) {
    named.insert(named.end(), set.ranges().begin(), set.ranges().end());
  }
  const CpuSet silent = cpus.Difference(CpuSet(std::move(named)));
  if (!silent.empty()) blocks[silent] += "";
  for (const auto& [set, lines] : blocks) {
    *text += "cpu " + set.ToString();
    *text += suffix;
    *text += '\n' + lines;
  }
}

}  // namespace

std::string WriteDump(const PlatformSnapshot& snapshot) {
  std::string text = "vtprobe-dump 1\n";
  for (const auto& [key, value] : snapshot.metadata().entries()) {
    text.append("meta ").append(key).append(" = ").append(value).append("\n");
  }
  AppendBlocks(snapshot, snapshot.online(), "", &text);
  AppendBlocks(snapshot, snapshot.offline(), " offline", &text);
  return text;
}

}  // namespace vtprobe
