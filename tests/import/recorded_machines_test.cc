// The recorded machines whose source is at hand (VTPROBE_CORPUS names the folder
// of other projects' recordings) hold what that source says, value by value: a
// slip in transcribing one is found by reading it once more.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "vtprobe/import/import.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

// Every file of the corpus by its name; those of several folders are none.
std::map<std::string, fs::path> FilesOf(const fs::path& corpus) {
  std::map<std::string, fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (!entry.is_regular_file()) continue;
    const auto [place, is_new] = files.try_emplace(entry.path().filename(), entry.path());
    if (!is_new) place->second.clear();
  }
  return files;
}

// The file that a recording's source names as its last word.
std::optional<fs::path> SourceOf(const PlatformSnapshot& machine,
                                 const std::map<std::string, fs::path>& files) {
  const std::string source(machine.metadata().Get(meta::kSource).value_or(""));
  const std::size_t begin = source.find_last_of("/ ");
  if (begin == std::string::npos) return std::nullopt;
  const auto found = files.find(source.substr(begin + 1));
  if (found == files.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

// Compares what the machine's folder states with the source. What a synthetic
// one states beyond it was filled in.
void Compare(const PlatformSnapshot& machine, const PlatformSnapshot& source) {
  const bool is_filled_in = machine.metadata().Get(meta::kProvenance) == "synthetic";
  const Selection all = machine.Everything();
  for (const LogicalCpu cpu : machine.online().ToVector()) {
    for (const MsrAddress address : all.msrs) {
      const MsrReading ours = machine.Msr(cpu, address);
      const MsrReading theirs = source.Msr(cpu, address);
      if (!ours || (is_filled_in && !theirs)) continue;
      EXPECT_EQ(ours, theirs) << "MSR " << std::hex << Number(address) << " of CPU " << std::dec
                              << Number(cpu);
    }
    for (const auto& [leaf, mask] : all.cpuid) {
      const CpuidReading ours = machine.Cpuid(cpu, leaf);
      const CpuidReading theirs = source.Cpuid(cpu, leaf);
      if (!ours || (is_filled_in && !theirs)) continue;
      ASSERT_TRUE(theirs) << "leaf " << std::hex << leaf.leaf << '.' << leaf.subleaf << " of CPU "
                          << std::dec << Number(cpu);
      for (const CpuidRegister output :
           {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx, CpuidRegister::kEdx}) {
        const auto value = OutputOf(ours, output);
        if (!value) continue;  // ours does not state it
        EXPECT_EQ(value, OutputOf(theirs, output))
            << "leaf " << std::hex << leaf.leaf << '.' << leaf.subleaf << " of CPU " << std::dec
            << Number(cpu);
      }
    }
  }
}

TEST(RecordedMachines, HoldWhatTheirSourceSays) {
  const char* const corpus = std::getenv("VTPROBE_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "VTPROBE_CORPUS names no folder of recordings";
  const std::map<std::string, fs::path> files = FilesOf(corpus);
  std::size_t compared = 0;
  for (const auto& entry : fs::recursive_directory_iterator(VTPROBE_SHIPPED_DUMPS)) {
    if (entry.path().filename() != "machine.dump") continue;
    SCOPED_TRACE(entry.path());
    const auto machine = Import(entry.path());
    ASSERT_TRUE(machine) << machine.error().message;
    const auto path = SourceOf(machine->snapshot, files);
    if (!path) continue;
    const auto imported = ReadRecording({{path->string(), Content(*path)}}, nullptr, {});
    ASSERT_TRUE(imported.has_value()) << imported.error().message;
    Compare(machine->snapshot, imported->snapshot);
    ++compared;
  }
  // All of libcpuid's at least: one that is not found was not compared.
  EXPECT_GT(compared, 100u);
}

}  // namespace
}  // namespace vtprobe::import
