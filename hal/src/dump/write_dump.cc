// The writer of format 1, and of 2 where some MSR is known in part. Readings are gathered under the
// set of CPUs that gave them: what all CPUs share stands once, and only what tells them apart (an
// APIC id) is repeated.

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "snapshot/column_access.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/hex.h"

namespace vtprobe {
namespace {

void AppendLine(MsrAddress address, const MsrReading& reading, std::string* text) {
  *text += "msr ";
  AppendHex(Number(address), text);
  if (reading) {
    *text += " = ";
    AppendHex(*reading, text);
  } else if (reading.IsPartial()) {
    *text += " = ";
    AppendHex(reading.known_bits(), text);
    *text += " known ";
    AppendHex(reading.known(), text);
  } else {
    *text += " ! ";
    *text += Name(reading.error());
  }
  *text += '\n';
}

void AppendLine(CpuidLeaf leaf, const CpuidReading& reading, std::string* text) {
  *text += "cpuid ";
  AppendHex(leaf.leaf, text);
  *text += '.';
  AppendHex(leaf.subleaf, text);
  if (reading) {
    *text += " =";
    for (const CpuidRegister reg :
         {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx, CpuidRegister::kEdx}) {
      *text += ' ';
      if (reading->Has(reg)) {
        AppendHex(reading->Get(reg), text);
      } else {
        *text += '-';
      }
    }
  } else {
    *text += " ! ";
    *text += Name(reading.error());
  }
  *text += '\n';
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
  // Registers mostly differ between the same CPUs as the one before.
  std::vector<Blocks::iterator> before;
  std::vector<Blocks::iterator> now;
  const auto add = [&](const auto& key) {
    now.clear();
    for (const auto& [set, reading] : snapshot.Values(key)) {
      if (!cpus.Intersects(set)) continue;
      const CpuSet mine = cpus.Contains(set) ? set : set.Intersection(cpus);
      const std::size_t place = now.size();
      const bool is_known = place < before.size() && before[place]->first == mine;
      now.push_back(is_known ? before[place] : blocks->try_emplace(mine).first);
      AppendLine(key, reading, &now.back()->second);
    }
    before.swap(now);
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
  std::string text = ColumnAccess::KnowsSomeInPart(snapshot) ? "vtprobe-dump 2 sealed\n"
                                                             : "vtprobe-dump 1 sealed\n";
  for (const auto& [key, value] : snapshot.metadata().entries()) {
    text.append("meta ").append(key).append(" = ").append(value).append("\n");
  }
  AppendBlocks(snapshot, snapshot.online(), "", &text);
  AppendBlocks(snapshot, snapshot.offline(), " offline", &text);
  const auto lines = std::count(text.begin(), text.end(), '\n');
  text.append("end ").append(std::to_string(lines + 1)).append("\n");
  return text;
}

}  // namespace vtprobe
