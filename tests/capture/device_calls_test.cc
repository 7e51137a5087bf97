// What a capture asks of the kernel, counted: one open of each CPU's file and
// one read of each register. Time on a shared machine is noise; calls are not.

#include "vtprobe/hal/device_calls.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "vtprobe/hal/linux_cpuid_device.h"
#include "vtprobe/hal/linux_msr_reader.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {
namespace {

struct Counts {
  std::map<std::string, int> opened;                           // by path
  std::map<std::pair<std::string, std::uint64_t>, int> reads;  // by path and offset
  int other = 0;
};

// A driver whose every file answers every read, with a leaf 0 that has leaf 1.
class CountingCalls final : public DeviceCalls {
 public:
  explicit CountingCalls(Counts* counts) : counts_(*counts) {}

  int Open(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    ++counts_.opened[path];
    const int fd = static_cast<int>(paths_.size());
    paths_.emplace(fd, path);
    return fd;
  }

  std::int64_t Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) override {
    const std::lock_guard lock(mutex_);
    ++counts_.reads[{paths_.at(fd), offset}];
    std::memset(buffer.data(), 0, buffer.size());
    buffer[0] = std::byte{1};
    return static_cast<std::int64_t>(buffer.size());
  }

  void Close(int) override {}

  bool AnyCpuHasNode(const std::string&, const std::string&) override {
    const std::lock_guard lock(mutex_);
    ++counts_.other;
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<int, std::string> paths_;
  Counts& counts_;
};

TEST(CaptureCalls, OneOpenACpuAndOneReadARegisterEachTime) {
  constexpr int kSweeps = 2;
  constexpr std::uint32_t kCpus = 48;
  constexpr std::uint32_t kMsrs = 40;
  CapturePlan plan;
  plan.distinct_apic_ids = false;
  plan.registers.Add(CpuidLeaf{0});
  plan.registers.Add(CpuidLeaf{1});
  // Addresses that the register table does not know are always read.
  for (std::uint32_t i = 0; i < kMsrs; ++i) plan.registers.Add(MsrAddress{0x4b56'4d00 + i});

  Counts msr_counts;
  Counts cpuid_counts;
  {
    LinuxMsrReader msrs("/dev/cpu", std::make_unique<CountingCalls>(&msr_counts));
    LinuxCpuidDevice cpuid("/dev/cpu", std::make_unique<CountingCalls>(&cpuid_counts));
    const CpuSet cpus{{0, kCpus - 1}};
    PinnedWorkers workers;
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      EXPECT_EQ(Capture(plan, cpus, CpuSet(), Metadata(), msrs, cpuid, workers).online(), cpus);
    }
  }

  EXPECT_EQ(msr_counts.opened.size(), kCpus);
  EXPECT_EQ(msr_counts.reads.size(), kCpus * kMsrs);
  EXPECT_EQ(cpuid_counts.opened.size(), kCpus);
  EXPECT_EQ(cpuid_counts.reads.size(), kCpus * plan.registers.cpuid.size());
  for (const Counts* const counts : {&msr_counts, &cpuid_counts}) {
    for (const auto& [path, times] : counts->opened) EXPECT_EQ(times, 1) << path;
    for (const auto& [place, times] : counts->reads) {
      EXPECT_EQ(times, kSweeps) << place.first << " at " << place.second;
    }
    EXPECT_EQ(counts->other, 0);
  }
}

}  // namespace
}  // namespace vtprobe
