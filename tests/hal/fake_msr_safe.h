// msr-safe in memory, after its documentation: registers of CPUs, the list of
// those that may be read, single reads and batches. A batch in which anything is
// wrong is not executed, and each operation says what was wrong with it; a
// register that faults fails the batch after all others were read.

#ifndef VTPROBE_TESTS_HAL_FAKE_MSR_SAFE_H_
#define VTPROBE_TESTS_HAL_FAKE_MSR_SAFE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "linux/msr_batch.h"
#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: as DeviceCalls asks, once the registers are in place.
class FakeMsrSafe final : public DeviceCalls {
 public:
  static constexpr const char* kRoot = "/fake/cpu";

  struct Counts {
    std::atomic<int> open = 0;
    std::atomic<int> batches = 0;
    std::atomic<int> single_reads = 0;
    std::atomic<int> writes = 0;  // operations that would write
  };

  // What /dev/cpu/msr_safe_version says; without it, if empty.
  explicit FakeMsrSafe(Counts* counts, std::string version = "1.7.0")
      : counts_(*counts), version_(std::move(version)) {}

  // Each brings the CPU online as well. The register is on the list.
  void Hold(LogicalCpu cpu, MsrAddress address, std::uint64_t value);
  // The register is on the list, and faults.
  void Fault(LogicalCpu cpu, MsrAddress address);
  // The register has a value and is not on the list.
  void Withhold(LogicalCpu cpu, MsrAddress address);
  // Answers go where another layout of the structures has them.
  void AnswerInAnotherLayout() { answers_elsewhere_ = true; }

  int Open(const std::string& path) override;
  std::int64_t Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) override;
  int ReadMsrBatch(int fd, MsrBatchArray* batch) override;
  void Close(int fd) override;
  bool AnyCpuHasNode(const std::string& root, const std::string& node) override;

 private:
  struct Register {
    std::uint64_t value;
    bool faults;
  };

  // 0, or -errno of the verification.
  int Verify(const MsrBatchOp& op) const;
  int Execute(LogicalCpu cpu, MsrAddress address, std::uint64_t* value) const;

  Counts& counts_;
  const std::string version_;
  bool answers_elsewhere_ = false;
  std::set<LogicalCpu> online_;
  std::set<MsrAddress> listed_;
  std::map<std::pair<LogicalCpu, MsrAddress>, Register> registers_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_FAKE_MSR_SAFE_H_
