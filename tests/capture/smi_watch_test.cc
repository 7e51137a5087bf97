// Counting SMIs: with an MSR reader that is made up and nobody who waits.

#include "vtprobe/machine/smi_watch.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "capture/machine.h"

namespace vtprobe {
namespace {

constexpr MsrAddress kSmiCount{0x34};

// Sapphire Rapids has the counter, a Zen has none.
PlatformSnapshot FourCpus() {
  return Machine(std::string("cpu 0-3\n") + std::string(kIntelVendor) +
                 "cpuid 0x1.0x0 = 0x806f8 0x0 0x7ffefbff 0xbfebfbff\n");
}
PlatformSnapshot Zen() {
  return Machine(
      "cpu 0-1\ncpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x1.0x0 = 0xa10f11 0x0 0x7efa320b 0x178bfbff\n");
}

class MadeUpMsrs final : public MsrReader {
 public:
  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override {
    EXPECT_EQ(address, kSmiCount);
    ++reads;
    if (const auto code = fails.find(Number(cpu)); code != fails.end()) {
      return tl::unexpected(AccessError{code->second});
    }
    return counts[Number(cpu)];
  }

  std::map<unsigned, std::uint64_t> counts;
  std::map<unsigned, AccessCode> fails;
  int reads = 0;
};

class NoPause final : public Pause {
 public:
  explicit NoPause(std::function<void()> meanwhile) : meanwhile_(std::move(meanwhile)) {}

  std::chrono::milliseconds Wait(std::chrono::seconds time) override {
    ++waits;
    meanwhile_();
    return waited.value_or(std::chrono::milliseconds(time));
  }

  int waits = 0;
  std::optional<std::chrono::milliseconds> waited{};

 private:
  std::function<void()> meanwhile_;
};

std::string Of(const PlatformSnapshot& snapshot, std::string_view key) {
  return std::string(snapshot.metadata().Get(key).value_or("(none)"));
}

TEST(SmiWatch, TellsHowMuchEachCounterGrew) {
  PlatformSnapshot snapshot = FourCpus();
  MadeUpMsrs msrs;
  msrs.counts = {{0, 5}, {1, 5}, {2, 0}, {3, 9}};
  NoPause pause([&] {
    msrs.counts[1] = 6;
    msrs.counts[3] = 10;
  });
  WatchSmis(msrs, pause, std::chrono::seconds(5), &snapshot);
  EXPECT_EQ(Of(snapshot, meta::kSmiWatchedMs), "5000");
  EXPECT_EQ(Of(snapshot, meta::kSmiGrew), "0,2=0 1,3=1");
  EXPECT_EQ(Of(snapshot, meta::kSmiUnread), "(none)");
}

// It has 32 bits; what stands above is no part of it. [intel/sdm-vol4] table 2-15
TEST(SmiWatch, ACounterBeginsAnewBehindItsEnd) {
  PlatformSnapshot snapshot = FourCpus();
  MadeUpMsrs msrs;
  msrs.counts = {{0, 0xffff'ffff}, {1, 0}, {2, 0}, {3, 0}};
  NoPause pause([&] {
    msrs.counts[0] = 1;
    msrs.counts[1] = 0x1'0000'0000;
  });
  WatchSmis(msrs, pause, std::chrono::seconds(1), &snapshot);
  EXPECT_EQ(Of(snapshot, meta::kSmiGrew), "1-3=0 0=2");
}

TEST(SmiWatch, TellsHowLongItWasWhereItEndedEarly) {
  PlatformSnapshot snapshot = FourCpus();
  MadeUpMsrs msrs;
  NoPause pause([] {});
  pause.waited = std::chrono::milliseconds(1234);
  WatchSmis(msrs, pause, std::chrono::seconds(60), &snapshot);
  EXPECT_EQ(Of(snapshot, meta::kSmiWatchedMs), "1234");
}

TEST(SmiWatch, WhatWasNotReadIsNotZero) {
  PlatformSnapshot snapshot = FourCpus();
  MadeUpMsrs msrs;
  msrs.fails[1] = AccessCode::kIo;
  NoPause pause([&] { msrs.fails[2] = AccessCode::kCpuOffline; });
  WatchSmis(msrs, pause, std::chrono::seconds(5), &snapshot);
  EXPECT_EQ(Of(snapshot, meta::kSmiGrew), "0,3=0");
  EXPECT_NE(Of(snapshot, meta::kSmiUnread).find("1=io"), std::string::npos);
  EXPECT_NE(Of(snapshot, meta::kSmiUnread).find("2=cpu-offline"), std::string::npos);
}

TEST(SmiWatch, NobodyWaitsForCountersThatCantBeRead) {
  PlatformSnapshot snapshot = FourCpus();
  MadeUpMsrs msrs;
  for (unsigned cpu = 0; cpu < 4; ++cpu) msrs.fails[cpu] = AccessCode::kNoDriver;
  NoPause pause([] {});
  WatchSmis(msrs, pause, std::chrono::seconds(5), &snapshot);
  EXPECT_EQ(pause.waits, 0);
  EXPECT_EQ(Of(snapshot, meta::kSmiWatchedMs), "0");
  EXPECT_EQ(Of(snapshot, meta::kSmiGrew), "(none)");
  EXPECT_EQ(Of(snapshot, meta::kSmiUnread), "0-3=no-driver");
}

TEST(SmiWatch, CpusWithoutTheCounterAreNotAsked) {
  PlatformSnapshot snapshot = Zen();
  MadeUpMsrs msrs;
  NoPause pause([] {});
  WatchSmis(msrs, pause, std::chrono::seconds(5), &snapshot);
  EXPECT_EQ(msrs.reads, 0);
  EXPECT_EQ(pause.waits, 0);
  EXPECT_EQ(Of(snapshot, meta::kSmiGrew), "(none)");
}

}  // namespace
}  // namespace vtprobe
