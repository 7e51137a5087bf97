// Stands between a caller and any backends, hands every answer through, and
// keeps it: what was read becomes a snapshot that replays the same run.
//
// A failure is an answer too and is kept as what it was. Of a register that is
// read again, the first answer is kept and the later ones are only handed
// through: a recording has one reading of each.

#ifndef VTPROBE_HAL_RECORDING_BACKEND_H_
#define VTPROBE_HAL_RECORDING_BACKEND_H_

#include <cstdint>
#include <map>
#include <mutex>

#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// Thread-safety: that of the backends behind it; Recording() may be called at
// any time. No lock is held while a backend reads.
class RecordingBackend final : public MsrReader, public CpuidReader {
 public:
  // Both must outlive the recording.
  RecordingBackend(MsrReader& msrs, CpuidReader& cpuid) : msr_reader_(msrs), cpuid_reader_(cpuid) {}

  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override;
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override;

  // Everything read so far. Each CPU that was asked counts as online, whatever
  // it answered, since a reader can't tell a CPU that is switched off from one
  // that never was. Without metadata: where and when is for the caller to say.
  PlatformSnapshot Recording() const;

 private:
  MsrReader& msr_reader_;
  CpuidReader& cpuid_reader_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<MsrAddress, std::map<LogicalCpu, MsrReading>> msrs_;
  std::map<CpuidLeaf, std::map<LogicalCpu, CpuidReading>> cpuid_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_RECORDING_BACKEND_H_
