// Addresses and bits as Linux has them: a second source that a program can read,
// against slips of a digit. Each difference of names is in linux_differences.def,
// and nothing else may differ.

#include "registers/linux_headers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
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

const std::map<std::string, std::string> kArguedMsrs = {
#define VTPROBE_LINUX_FIELD(ours, field, theirs, why)
#define VTPROBE_LINUX_MSR(ours, theirs, why) {ours, theirs},
#define VTPROBE_LINUX_CPUID(ours, field, theirs, why)
#include "linux_differences.def"
#undef VTPROBE_LINUX_CPUID
#undef VTPROBE_LINUX_MSR
#undef VTPROBE_LINUX_FIELD
};

const std::map<std::pair<std::string, std::string>, std::string> kArguedFields = {
#define VTPROBE_LINUX_FIELD(ours, field, theirs, why)
#define VTPROBE_LINUX_MSR(ours, theirs, why)
#define VTPROBE_LINUX_CPUID(ours, field, theirs, why) {{ours, field}, theirs},
#include "linux_differences.def"
#undef VTPROBE_LINUX_CPUID
#undef VTPROBE_LINUX_MSR
#undef VTPROBE_LINUX_FIELD
};

class LinuxHeaders : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = LinuxHeadersFolder();
    if (!folder) GTEST_SKIP() << "no Linux headers: apt-get install linux-headers-amd64";
    folder_ = *folder;
  }

  std::map<std::uint64_t, std::vector<std::string>> Msrs() const {
    static const std::regex kRow(R"(#define\s+(MSR_\w+)\s+(0x[0-9a-fA-F]+)\b.*)");
    std::map<std::uint64_t, std::vector<std::string>> msrs;
    for (const std::string& line : LinesOf(folder_ / "msr-index.h")) {
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
    for (const std::string& line : LinesOf(folder_ / "cpufeatures.h")) {
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
    EXPECT_TRUE(NamesAgree(msr->name, there->second, argued))
        << msr->name << " at 0x" << std::hex << Number(msr->address) << " is "
        << there->second.front();
  }
  EXPECT_GT(compared, 60u) << "the header was not understood";
}

TEST_F(LinuxHeaders, HaveNoMsrOfOursElsewhere) {
  std::map<std::string, std::uint64_t> ours;
  for (const MsrDef* const msr : registers::AllMsrs()) {
    ours[BareName(msr->name)] = Number(msr->address);
  }
  for (const auto& [address, names] : Msrs()) {
    for (const std::string& name : names) {
      const auto same = ours.find(BareName(name));
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
      EXPECT_TRUE(NamesAgree(field.name, there->second, argued))
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
    EXPECT_NE(BareName(name), BareName(theirs)) << name << " is no difference";
  }
  for (const auto& [place, theirs] : kArguedFields) {
    std::size_t fields = 0;
    for (const CpuidDef* const cpuid : registers::AllCpuid()) {
      if (cpuid->name != place.first) continue;
      for (const Field& field : cpuid->fields) fields += field.name == place.second ? 1u : 0u;
    }
    EXPECT_EQ(fields, 1u) << place.first << ' ' << place.second;
    EXPECT_NE(BareName(place.second), BareName(theirs)) << place.second << " is no difference";
  }
}

}  // namespace
}  // namespace vtprobe
