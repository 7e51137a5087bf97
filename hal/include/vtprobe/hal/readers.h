// The two doors to the hardware. Neither can write.
//
// A backend is a class behind one of these or both; what it must do beyond
// answering is stated here once, and checked by the contract suite in fixtures
// (vtprobe/fixtures/backend_contract.h).
//
// Thread-safety: calls for different CPUs may run at the same time; calls for
// the same CPU may not.

#ifndef VTPROBE_HAL_READERS_H_
#define VTPROBE_HAL_READERS_H_

#include <cstdint>
#include <span>

#include "vtprobe/hal/result.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

class PinnedScope;

class MsrReader {
 public:
  virtual ~MsrReader() = default;

  // The register's 64 bits as that CPU holds them, or why they could not be
  // had. Never throws, never blocks beyond the driver's own wait.
  virtual Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) = 0;

  // The same for several registers of one CPU: answers[i] is that of
  // addresses[i]. Asks one by one where a backend has no quicker way. Requires
  // spans of one size.
  virtual void ReadMsrs(LogicalCpu cpu, std::span<const MsrAddress> addresses,
                        std::span<Result<std::uint64_t>> answers);

 protected:
  MsrReader() = default;
  MsrReader(const MsrReader&) = default;
  MsrReader& operator=(const MsrReader&) = default;
};

class CpuidReader {
 public:
  virtual ~CpuidReader() = default;

  // The four registers as that CPU answers them. A leaf beyond the CPU's
  // maximum is answered as the CPU answers it; judging that is not for here.
  virtual Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) = 0;

  // The same for the CPU to which the calling thread is bound, by a scope of its
  // own. Spares those backends the proof that have to be there.
  virtual Result<CpuidRegisters> ReadCpuidHere(const PinnedScope& here, CpuidLeaf leaf);

 protected:
  CpuidReader() = default;
  CpuidReader(const CpuidReader&) = default;
  CpuidReader& operator=(const CpuidReader&) = default;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_READERS_H_
