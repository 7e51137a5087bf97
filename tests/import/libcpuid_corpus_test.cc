// libcpuid's recordings, where they are: VTPROBE_CORPUS names their folder.
//
// Each is counted a second time here, by regular expressions and in the order of
// its blocks, and every leaf of the file must be in the snapshot with the file's
// value, and no other.

#include <gtest/gtest.h>
#include <regex.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

namespace fs = std::filesystem;

class Pattern {
 public:
  explicit Pattern(const char* text) { regcomp(&compiled_, text, REG_EXTENDED | REG_ICASE); }
  ~Pattern() { regfree(&compiled_); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  // The groups, the whole match first; empty if there is none.
  std::vector<std::string> Match(const std::string& line) const {
    std::array<regmatch_t, 10> found{};
    if (regexec(&compiled_, line.c_str(), found.size(), found.data(), 0) != 0) return {};
    std::vector<std::string> groups;
    for (const regmatch_t& group : found) {
      groups.push_back(group.rm_so < 0 ? ""
                                       : line.substr(static_cast<std::size_t>(group.rm_so),
                                                     static_cast<std::size_t>(group.rm_eo) -
                                                         static_cast<std::size_t>(group.rm_so)));
    }
    return groups;
  }

 private:
  regex_t compiled_{};
};

using Leaves = std::map<CpuidLeaf, CpuidRegisters>;

std::uint32_t Hex(const std::string& digits) {
  return static_cast<std::uint32_t>(std::stoul(digits, nullptr, 16));
}

class Counter {
 public:
  // One entry a CPU, in the order of the blocks.
  std::vector<Leaves> Count(const fs::path& path);

 private:
  void AddAida(const std::vector<std::string>& groups);
  void AddRaw(const std::vector<std::string>& groups);
  Leaves& Current() {
    if (cpus_.empty()) cpus_.emplace_back();
    return cpus_.back();
  }

  const Pattern end_{"^-{70,}"};
  const Pattern header_{"^(CPU#[0-9]+ AffMask|.*Logical CPU #[0-9]+|CPUID Registers \\(CPU #)"};
  const Pattern aida_{
      "^CPUID ([0-9A-F]{8})[: \t]+([0-9A-F]{8})-([0-9A-F]{8})-([0-9A-F]{8})-([0-9A-F]{8})"
      "( .*\\[SL ([0-9A-F]+)\\])?"};
  const Pattern raw_{
      "^([a-z]+_[a-z0-9]+)\\[([0-9]+)\\]=([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)"};
  std::vector<Leaves> cpus_;
};

// What has a label has its subleaf, what has none the first that is free. The
// AVX state, 0x100 bytes at 0x240, is subleaf 2 of leaf 0xd on every CPU.
void Counter::AddAida(const std::vector<std::string>& groups) {
  Leaves& leaves = Current();
  CpuidLeaf leaf{Hex(groups[1]), groups[7].empty() ? 0 : Hex(groups[7])};
  while (groups[7].empty() && leaves.contains(leaf)) ++leaf.subleaf;
  if (groups[7].empty() && leaf.leaf == 0xd && Hex(groups[2]) == 0x100 && Hex(groups[3]) == 0x240) {
    leaf.subleaf = 2;
  }
  leaves[leaf] = {Hex(groups[2]), Hex(groups[3]), Hex(groups[4]), Hex(groups[5])};
}

void Counter::AddRaw(const std::vector<std::string>& groups) {
  const auto index = static_cast<std::uint32_t>(std::stoul(groups[2]));
  const std::map<std::string, CpuidLeaf> arrays = {{"basic_cpuid", {index, 0}},
                                                   {"ext_cpuid", {0x8000'0000 + index, 0}},
                                                   {"intel_fn4", {4, index}},
                                                   {"intel_fn11", {11, index}},
                                                   {"intel_fn12h", {0x12, index}},
                                                   {"intel_fn14h", {0x14, index}},
                                                   {"amd_fn8000001dh", {0x8000'001d, index}},
                                                   {"amd_fn80000026h", {0x8000'0026, index}}};
  ASSERT_EQ(arrays.count(groups[1]), 1u) << groups[1];
  Leaves& leaves = Current();
  const CpuidLeaf leaf = arrays.at(groups[1]);
  // Leaves 0 and 0x8000_0000 come first in each array.
  const CpuidLeaf maximum{leaf.leaf & 0x8000'0000, 0};
  if (leaf != maximum && leaf.leaf > leaves.at(maximum).eax) return;
  leaves.emplace(leaf,
                 CpuidRegisters{Hex(groups[3]), Hex(groups[4]), Hex(groups[5]), Hex(groups[6])});
}

std::vector<Leaves> Counter::Count(const fs::path& path) {
  cpus_.clear();
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line) && end_.Match(line).empty();) {
    if (!header_.Match(line).empty()) cpus_.emplace_back();
    if (const auto aida = aida_.Match(line); !aida.empty()) AddAida(aida);
    if (const auto raw = raw_.Match(line); !raw.empty()) AddRaw(raw);
  }
  return cpus_;
}

std::string Content(const fs::path& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

class TextCorpus : public testing::Test {
 protected:
  void SetUp() override {
    const char* const corpus = std::getenv("VTPROBE_CORPUS");
    if (corpus == nullptr) GTEST_SKIP() << "VTPROBE_CORPUS names no folder of recordings";
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(corpus) / "libcpuid")) {
      if (entry.path().extension() == ".test") files_.push_back(entry.path());
    }
    ASSERT_FALSE(files_.empty());
  }

  std::vector<fs::path> files_;
};

// The bit of a leaf as the file gives it; nothing where it gives none.
std::optional<unsigned> Bit(const Leaves& leaves, std::uint32_t leaf,
                            std::uint32_t CpuidRegisters::*reg, unsigned bit) {
  const auto found = leaves.find({leaf, 0});
  if (found == leaves.end()) return std::nullopt;
  return found->second.*reg >> bit & 1u;
}

std::optional<unsigned> Bit(const PlatformSnapshot& snapshot, LogicalCpu cpu, std::uint32_t leaf,
                            std::uint32_t CpuidRegisters::*reg, unsigned bit) {
  const CpuidReading reading = snapshot.Cpuid(cpu, {leaf, 0});
  if (!reading) return std::nullopt;
  return reading->registers.*reg >> bit & 1u;
}

TEST_F(TextCorpus, EveryLeafOfEveryFileIsThereAndNoOther) {
  Counter counter;
  for (const fs::path& path : files_) {
    SCOPED_TRACE(path);
    const auto imported = ReadRecording({{path.string(), Content(path)}}, nullptr, {});
    ASSERT_TRUE(imported.has_value()) << imported.error().message;
    const PlatformSnapshot& snapshot = imported->snapshot;
    const std::vector<Leaves> expected = counter.Count(path);
    ASSERT_EQ(snapshot.online().Count(), expected.size());
    EXPECT_TRUE(snapshot.Everything().msrs.empty());
    const auto cpus = snapshot.online().ToVector();
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      EXPECT_EQ(Number(cpus[i]), i);
      std::size_t count = 0;
      for (const auto& [leaf, mask] : snapshot.Everything().cpuid) {
        if (snapshot.Cpuid(cpus[i], leaf)) ++count;
      }
      EXPECT_EQ(count, expected[i].size()) << "CPU " << i;
      for (const auto& [leaf, answer] : expected[i]) {
        EXPECT_EQ(snapshot.Cpuid(cpus[i], leaf), CpuidReading(PartialCpuid{answer}))
            << "CPU " << i << " leaf " << std::hex << leaf.leaf << "." << leaf.subleaf;
      }
    }
  }
}

TEST_F(TextCorpus, VirtualizationBitsAreTheFiles) {
  struct Feature {
    const char* name;
    std::uint32_t leaf;
    std::uint32_t CpuidRegisters::*reg;
    unsigned bit;
  };
  constexpr std::array kFeatures = {Feature{"VMX", 1, &CpuidRegisters::ecx, 5},
                                    Feature{"SVM", 0x8000'0001, &CpuidRegisters::ecx, 2},
                                    Feature{"SVML", 0x8000'000a, &CpuidRegisters::edx, 2}};
  Counter counter;
  for (const fs::path& path : files_) {
    SCOPED_TRACE(path);
    const auto imported = ReadRecording({{path.string(), Content(path)}}, nullptr, {});
    ASSERT_TRUE(imported.has_value()) << imported.error().message;
    const std::vector<Leaves> expected = counter.Count(path);
    for (std::uint32_t cpu = 0; cpu < expected.size(); ++cpu) {
      for (const Feature& f : kFeatures) {
        EXPECT_EQ(Bit(imported->snapshot, LogicalCpu{cpu}, f.leaf, f.reg, f.bit),
                  Bit(expected[cpu], f.leaf, f.reg, f.bit))
            << f.name << " of CPU " << cpu;
      }
    }
  }
}

}  // namespace
}  // namespace vtprobe::import
