// Addresses and bits as Linux has them: a second source that a program can read,
// against slips of a digit. Each difference of names is in linux_differences.def,
// and nothing else may differ. Debian has the headers in linux-headers-amd64;
// VTPROBE_LINUX_HEADERS names a folder with other ones.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

// The folder with msr-index.h; of several kernels the last by name.
std::optional<fs::path> Headers() {
  if (const char* const named = std::getenv("VTPROBE_LINUX_HEADERS")) return fs::path(named);
  std::set<fs::path> found;
  std::error_code none;
  for (const fs::directory_entry& kernel : fs::directory_iterator("/usr/src", none)) {
    fs::path folder = kernel.path() / "arch/x86/include/asm";
    if (fs::exists(folder / "msr-index.h", none)) found.insert(std::move(folder));
  }
  if (found.empty()) return std::nullopt;
  return *found.rbegin();
}

std::vector<std::string> Lines(const fs::path& file) {
  std::ifstream in(file);
  EXPECT_TRUE(in) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Without what Linux puts before a name and manuals do not, or the other way round.
std::string Bare(std::string_view name) {
  std::string bare;
  for (const char c : name) {
    if (c != '_') bare += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  for (const std::string_view prefix : {"MSR", "IA32", "AMD64", "K8", "K7"}) {
    if (bare.starts_with(prefix) && bare.size() > prefix.size()) bare.erase(0, prefix.size());
  }
  return bare;
}

// Whether one of Linux's names is ours or, by the list, stands for it.
bool Agree(std::string_view ours, const std::vector<std::string>& theirs,
           const std::optional<std::string>& argued) {
  return std::any_of(theirs.begin(), theirs.end(), [&](const std::string& name) {
    return argued ? name == *argued : Bare(name) == Bare(ours);
  });
}

const std::map<std::string, std::string> kArguedMsrs = {
#define VTPROBE_LINUX_MSR(ours, theirs, why) {ours, theirs},
#define VTPROBE_LINUX_CPUID(ours, field, theirs, why)
#include "linux_differences.def"
#undef VTPROBE_LINUX_CPUID
#undef VTPROBE_LINUX_MSR
};

const std::map<std::pair<std::string, std::string>, std::string> kArguedFields = {
#define VTPROBE_LINUX_MSR(ours, theirs, why)
#define VTPROBE_LINUX_CPUID(ours, field, theirs, why) {{ours, field}, theirs},
#include "linux_differences.def"
#undef VTPROBE_LINUX_CPUID
#undef VTPROBE_LINUX_MSR
};

template <typename Key>
std::optional<std::string> Argued(const std::map<Key, std::string>& list, const Key& key) {
  const auto found = list.find(key);
  return found == list.end() ? std::nullopt : std::optional(found->second);
}

class LinuxHeaders : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = Headers();
    if (!folder) GTEST_SKIP() << "no Linux headers: apt-get install linux-headers-amd64";
    folder_ = *folder;
  }

  std::map<std::uint64_t, std::vector<std::string>> Msrs() const {
    static const std::regex kRow(R"(#define\s+(MSR_\w+)\s+(0x[0-9a-fA-F]+)\b.*)");
    std::map<std::uint64_t, std::vector<std::string>> msrs;
    for (const std::string& line : Lines(folder_ / "msr-index.h")) {
      std::smatch row;
      if (std::regex_match(line, row, kRow)) {
        msrs[std::stoull(row[2], nullptr, 16)].push_back(row[1]);
      }
    }
    return msrs;
  }

  // By "leaf.subleaf.EAX" and bit. Linux says in a comment which CPUID register a
  // word is.
  std::map<std::pair<std::string, unsigned>, std::vector<std::string>> Features() const {
    static const std::regex kWord(
        R"(.*CPUID level (0x[0-9a-fA-F]+)(?::(\d))?,?(?: \(?(\w+)\)?,)? word (\d+).*)");
    static const std::regex kRow(
        R"(#define X86_FEATURE_(\w+)\s+\(\s*(\d+)\s*\*\s*32\s*\+\s*(\d+)\).*)");
    std::map<std::string, std::string> words;
    std::map<std::pair<std::string, unsigned>, std::vector<std::string>> features;
    for (const std::string& line : Lines(folder_ / "cpufeatures.h")) {
      std::smatch row;
      if (std::regex_match(line, row, kWord)) {
        words[row[4]] = Place(static_cast<std::uint32_t>(std::stoul(row[1], nullptr, 16)),
                              row[2].matched ? static_cast<std::uint32_t>(std::stoul(row[2])) : 0,
                              row[3].matched ? row[3].str() : "EDX");
      } else if (std::regex_match(line, row, kRow)) {
        const auto word = words.find(row[2]);
        if (word == words.end()) continue;  // one that Linux made up
        features[{word->second, static_cast<unsigned>(std::stoul(row[3]))}].push_back(row[1]);
      }
    }
    return features;
  }

  static std::string Place(std::uint32_t leaf, std::uint32_t subleaf, std::string output) {
    std::transform(output.begin(), output.end(), output.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return std::to_string(leaf) + '.' + std::to_string(subleaf) + '.' + output;
  }

 private:
  fs::path folder_;
};

TEST_F(LinuxHeaders, HaveOurMsrsAtOurAddresses) {
  const auto linux = Msrs();
  std::size_t compared = 0;
  for (const MsrDef* const msr : registers::AllMsrs()) {
    const auto there = linux.find(Number(msr->address));
    const auto argued = Argued(kArguedMsrs, std::string(msr->name));
    if (there == linux.end()) {
      EXPECT_FALSE(argued) << msr->name << " is argued, and not in msr-index.h";
      continue;
    }
    ++compared;
    EXPECT_TRUE(Agree(msr->name, there->second, argued))
        << msr->name << " at 0x" << std::hex << Number(msr->address) << " is "
        << there->second.front();
  }
  EXPECT_GT(compared, 60u) << "the header was not understood";
}

TEST_F(LinuxHeaders, HaveNoMsrOfOursElsewhere) {
  std::map<std::string, std::uint64_t> ours;
  for (const MsrDef* const msr : registers::AllMsrs()) {
    ours[Bare(msr->name)] = Number(msr->address);
  }
  for (const auto& [address, names] : Msrs()) {
    for (const std::string& name : names) {
      const auto same = ours.find(Bare(name));
      if (same == ours.end()) continue;
      EXPECT_EQ(same->second, address) << name;
    }
  }
}

TEST_F(LinuxHeaders, HaveOurCpuidBitsAtOurPlaces) {
  const auto linux = Features();
  std::size_t compared = 0;
  for (const CpuidDef* const cpuid : registers::AllCpuid()) {
    const std::string output(cpuid->name.substr(cpuid->name.rfind(':') + 1));
    const std::string place = Place(cpuid->leaf.leaf, cpuid->leaf.subleaf, output);
    for (const Field& field : cpuid->fields) {
      const auto there = linux.find({place, field.low});
      if (field.width() != 1 || there == linux.end()) continue;
      ++compared;
      const auto argued =
          Argued(kArguedFields, {std::string(cpuid->name), std::string(field.name)});
      EXPECT_TRUE(Agree(field.name, there->second, argued))
          << cpuid->name << ' ' << field.name << " is " << there->second.front();
    }
  }
  EXPECT_GT(compared, 90u) << "the header was not understood";
}

// Of any kernel: an argument about what is not there any more argues nothing.
TEST(LinuxDifferences, AreOfRegistersAndFieldsOfOurs) {
  for (const auto& [name, theirs] : kArguedMsrs) {
    const auto msrs = registers::AllMsrs();
    EXPECT_NE(std::ranges::find(msrs, name, &MsrDef::name), msrs.end()) << name;
    EXPECT_NE(Bare(name), Bare(theirs)) << name << " is no difference";
  }
  for (const auto& [place, theirs] : kArguedFields) {
    std::size_t fields = 0;
    for (const CpuidDef* const cpuid : registers::AllCpuid()) {
      if (cpuid->name != place.first) continue;
      for (const Field& field : cpuid->fields) fields += field.name == place.second ? 1u : 0u;
    }
    EXPECT_EQ(fields, 1u) << place.first << ' ' << place.second;
    EXPECT_NE(Bare(place.second), Bare(theirs)) << place.second << " is no difference";
  }
}

}  // namespace
}  // namespace vtprobe
