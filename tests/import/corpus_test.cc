// The recordings of other projects, where they are: VTPROBE_CORPUS names their
// folder. Each is read a second time here, in another way, and the two must
// have the same to say.

#include <gtest/gtest.h>

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "struct_support.h"
#include "unpack.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// The files below a folder of the corpus whose names end so.
std::vector<fs::path> CorpusFiles(std::string_view folder, std::string_view ending) {
  std::vector<fs::path> files;
  const char* const corpus = std::getenv("VTPROBE_CORPUS");
  if (corpus == nullptr) return files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(corpus) / folder)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) {
      files.push_back(entry.path());
    }
  }
  return files;
}

class StructCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("VTPROBE_CORPUS") == nullptr) {
      GTEST_SKIP() << "VTPROBE_CORPUS names no folder of recordings";
    }
  }

  // As the command reads it.
  static Imported Import(const fs::path& path) {
    auto imported = ReadRecording({{path.string(), Content(path)}}, nullptr, {});
    EXPECT_TRUE(imported.has_value()) << Said(imported.error());
    return imported ? *std::move(imported) : Imported{};
  }
};

// Readings of one CPU, and how many there are.
std::size_t CountReadings(const PlatformSnapshot& snapshot, LogicalCpu cpu) {
  std::size_t count = 0;
  const Selection everything = snapshot.Everything();
  for (const auto& [leaf, mask] : everything.cpuid) {
    if (snapshot.Cpuid(cpu, leaf) != tl::unexpected(AccessCode::kNotRecorded)) ++count;
  }
  for (const MsrAddress address : everything.msrs) {
    if (snapshot.Msr(cpu, address) != tl::unexpected(AccessCode::kNotRecorded)) ++count;
  }
  return count;
}

void CheckPu(const PlatformSnapshot& snapshot, const Member& member) {
  SCOPED_TRACE(member.path);
  const LogicalCpu cpu{
      static_cast<std::uint32_t>(std::stoul(member.path.substr(member.path.rfind("/pu") + 3)))};
  std::istringstream lines(member.content);
  std::size_t entries = 0;
  for (std::string line; std::getline(lines, line);) {
    // hwloc's own way to read a line.
    unsigned n[9];
    if (std::sscanf(line.c_str(), "%x %x %x %x %x => %x %x %x %x", &n[0], &n[1], &n[2], &n[3],
                    &n[4], &n[5], &n[6], &n[7], &n[8]) != 9) {
      continue;
    }
    ++entries;
    const CpuidLeaf leaf{n[1], (n[0] & 4) != 0 ? n[3] : 0};
    EXPECT_EQ(snapshot.Cpuid(cpu, leaf), CpuidReading(PartialCpuid{{n[5], n[6], n[7], n[8]}}))
        << line;
  }
  EXPECT_GT(entries, 0u);
  EXPECT_EQ(CountReadings(snapshot, cpu), entries);
}

TEST_F(StructCorpus, EveryEntryOfHwlocsFilesIsThere) {
  const auto files = CorpusFiles("hwloc", ".tar.bz2");
  EXPECT_FALSE(files.empty());
  for (const fs::path& path : files) {
    SCOPED_TRACE(path);
    const Imported imported = Import(path);
    const std::string bytes = Content(path);
    Allowance allowance;
    const auto unpacked = Unpack({path.string(), bytes}, &allowance);
    ASSERT_TRUE(unpacked.has_value());
    std::size_t cpus = 0;
    for (const Member& member : unpacked->members) {
      if (member.path.find("/pu") == std::string::npos) continue;
      ++cpus;
      CheckPu(imported.snapshot, member);
    }
    EXPECT_EQ(imported.snapshot.online().Count(), cpus);
    EXPECT_TRUE(imported.snapshot.Everything().msrs.empty());
  }
}

std::uint64_t Number(const nlohmann::json& text, int base) {
  const auto digits = text.get<std::string>().substr(2);
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return value;
}

TEST_F(StructCorpus, EveryRegisterOfFirecrackersFingerprintsIsThere) {
  const auto files = CorpusFiles("firecracker", ".json");
  EXPECT_FALSE(files.empty());
  for (const fs::path& path : files) {
    SCOPED_TRACE(path);
    const PlatformSnapshot snapshot = Import(path).snapshot;
    const LogicalCpu cpu{0};
    EXPECT_EQ(snapshot.online(), CpuSet(cpu));
    EXPECT_EQ(snapshot.metadata().Get(meta::kStage), "guest");
    const auto config = nlohmann::json::parse(Content(path)).at("guest_cpu_config");
    for (const auto& entry : config.at("cpuid_modifiers")) {
      const CpuidLeaf leaf{static_cast<std::uint32_t>(Number(entry.at("leaf"), 16)),
                           static_cast<std::uint32_t>(Number(entry.at("subleaf"), 16))};
      std::map<std::string, std::uint32_t> bits;
      for (const auto& modifier : entry.at("modifiers")) {
        bits[modifier.at("register")] =
            static_cast<std::uint32_t>(Number(modifier.at("bitmap"), 2));
      }
      EXPECT_EQ(snapshot.Cpuid(cpu, leaf),
                CpuidReading(PartialCpuid{{bits["eax"], bits["ebx"], bits["ecx"], bits["edx"]}}));
    }
    for (const auto& entry : config.at("msr_modifiers")) {
      const MsrAddress address{static_cast<std::uint32_t>(Number(entry.at("addr"), 16))};
      EXPECT_EQ(snapshot.Msr(cpu, address), MsrReading(Number(entry.at("bitmap"), 2)));
    }
    EXPECT_EQ(CountReadings(snapshot, cpu),
              config.at("cpuid_modifiers").size() + config.at("msr_modifiers").size());
  }
}

TEST_F(StructCorpus, EveryMsrOfFirecrackersListsIsThere) {
  const auto files = CorpusFiles("firecracker", ".csv");
  EXPECT_FALSE(files.empty());
  for (const fs::path& path : files) {
    SCOPED_TRACE(path);
    const PlatformSnapshot snapshot = Import(path).snapshot;
    std::ifstream lines(path);
    std::string line;
    std::getline(lines, line);
    std::set<std::uint32_t> seen;
    while (std::getline(lines, line)) {
      std::uint64_t address = 0;
      std::uint64_t value = 0;
      ASSERT_EQ(std::sscanf(line.c_str(), "0x%" SCNx64 ",0x%" SCNx64, &address, &value), 2) << line;
      // The driver reads the register of the low 32 bits, and a first reading
      // stands.
      const auto msr = static_cast<std::uint32_t>(address);
      if (!seen.insert(msr).second) continue;
      EXPECT_EQ(snapshot.Msr(LogicalCpu{0}, MsrAddress{msr}), MsrReading(value));
    }
    EXPECT_EQ(CountReadings(snapshot, LogicalCpu{0}), seen.size());
    EXPECT_EQ(snapshot.metadata().Get(meta::kStage), "guest");
  }
}

}  // namespace
}  // namespace vtprobe::import
