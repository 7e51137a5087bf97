// The page of a machine, as the command writes it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dumps.h"
#include "process.h"

namespace vtprobe {
namespace {

// RFC 4648, section 4.
std::string FromBase64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<unsigned>(kDigits.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

std::string RecordingIn(const std::string& page) {
  constexpr std::string_view kBefore = "data:text/plain;base64,";
  const std::size_t start = page.find(kBefore);
  if (start == std::string::npos) return {};
  const std::size_t end = page.find('"', start);
  return FromBase64(
      std::string_view(page).substr(start + kBefore.size(), end - start - kBefore.size()));
}

nlohmann::json Answer(const std::string& recording) {
  const Ended ended = Vtprobe({"check", "--format", "json", "--replay", "-"}, {.input = recording});
  auto json = nlohmann::json::parse(ended.out, nullptr, false);
  json["subject"].erase("source");
  return json;
}

TEST(Page, HoldsTheRecordingWhichIsJudgedAgainAlike) {
  const std::string recording = Intel("0-7", "msr 0x3a = 0x5\n") + "cpu 8-9\n" +
                                std::string(kIntelLeaves) + "msr 0x3a = 0x1\n";
  const Ended page = Vtprobe({"check", "--format", "html", "--replay", "-"}, {.input = recording});
  EXPECT_EQ(page.exit_status, 1);
  EXPECT_EQ(Answer(RecordingIn(page.out)), Answer(recording));
}

// A leaf 0BH of each CPU, of two threads a core and 256 a package, and one CPU
// that firmware forgot.
std::string Of1024Cpus() {
  std::ostringstream text;
  text << Intel("0-1023", "") << "cpu 0-616,618-1023\nmsr 0x3a = 0x5\ncpu 617\nmsr 0x3a = 0x1\n";
  for (int cpu = 0; cpu < 1024; ++cpu) {
    text << std::dec << "cpu " << cpu << std::hex << "\ncpuid 0xb.0x0 = 0x1 0x2 0x100 0x" << cpu
         << "\ncpuid 0xb.0x1 = 0x8 0x100 0x201 0x" << cpu << '\n';
  }
  return text.str();
}

TEST(Page, Of1024CpusIsSmallAndPutsEachIntoItsPackage) {
  const Ended page =
      Vtprobe({"check", "--format", "html", "--replay", "-"}, {.input = Of1024Cpus()});
  EXPECT_EQ(page.exit_status, 1) << page.err;
  EXPECT_LT(page.out.size(), std::size_t{1'000'000});
  EXPECT_THAT(page.out, testing::HasSubstr("package 3: 128 cores, 256 CPUs"));
  EXPECT_THAT(page.out, testing::HasSubstr("title=\"CPU 617: disabled_locked\""));
}

// Each CPU of a recorded server with a value of its own in every register.
std::string OfCpusThatDifferInAll() {
  std::ifstream file(VTPROBE_SHIPPED_RECORDINGS "/synthetic/server-intel/machine.dump");
  std::ostringstream text;
  std::vector<std::pair<std::string, std::uint64_t>> registers;
  for (std::string line; std::getline(file, line);) {
    const std::size_t equals = line.find(" = ");
    if (line.starts_with("cpu ")) {
      text << "cpu 0-1023\n";
    } else if (line.starts_with("msr ")) {
      registers.emplace_back(line.substr(0, equals), std::stoull(line.substr(equals + 3), {}, 16));
    } else {
      text << line << '\n';
    }
  }
  for (std::uint64_t cpu = 0; cpu < 1024; ++cpu) {
    text << std::dec << "cpu " << cpu << std::hex << '\n';
    for (const auto& [name, value] : registers) {
      text << name << " = 0x" << (value ^ cpu * 0x10'0010'0010'0011) << '\n';
    }
  }
  return text.str();
}

// What a page leaves out then, it says.
TEST(Page, OfCpusThatDifferInAllIsSmallAndSaysWhatItLeavesOut) {
  const Ended page =
      Vtprobe({"check", "--format", "html", "--replay", "-"}, {.input = OfCpusThatDifferInAll()});
  EXPECT_EQ(page.exit_status, 1) << page.err;
  EXPECT_LT(page.out.size(), std::size_t{1'000'000});
  EXPECT_THAT(page.out, testing::HasSubstr("1024 values, 8 of them shown"));
  EXPECT_THAT(page.out, testing::HasSubstr("1024 values, 2 of them shown"));
  EXPECT_THAT(page.out, testing::HasSubstr("The recording is not in this page"));
  EXPECT_THAT(page.out, testing::HasSubstr("The whole answer as text is not in this page"));
}

}  // namespace
}  // namespace vtprobe
