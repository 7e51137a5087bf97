// Stands between a caller and any backends, and answers some questions in their
// place: a machine that is broken in one respect and true in all others.
//
//   FaultInjectingBackend machine(msrs, cpuid);
//   machine.On(CpuSet(LogicalCpu{3})).Fail(kFeatureControl, AccessCode::kGeneralProtection);
//   machine.OnEveryCpu().FailEveryMsr(AccessCode::kNoDriver).Answer(CpuidLeaf{0}, kVendor);
//
// Where two orders speak of the same register of the same CPU, the later one
// counts. So the general comes first and its exceptions after it.

#ifndef VTPROBE_HAL_FAULT_INJECTING_BACKEND_H_
#define VTPROBE_HAL_FAULT_INJECTING_BACKEND_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/readers.h"

namespace vtprobe {

// Thread-safety: orders are given before reading begins; reads then are as safe
// as those of the backends behind it.
class FaultInjectingBackend final : public MsrReader, public CpuidReader {
 public:
  // Gives orders about some CPUs. Lives no longer than its backend.
  class Orders {
   public:
    Orders& Fail(MsrAddress address, AccessCode code);
    Orders& Fail(CpuidLeaf leaf, AccessCode code);
    Orders& FailEveryMsr(AccessCode code);
    Orders& FailEveryCpuid(AccessCode code);
    Orders& FailEverything(AccessCode code);
    Orders& Answer(MsrAddress address, std::uint64_t value);
    Orders& Answer(CpuidLeaf leaf, const CpuidRegisters& registers);

   private:
    friend class FaultInjectingBackend;
    Orders(FaultInjectingBackend& backend, CpuSet cpus)
        : backend_(backend), cpus_(std::move(cpus)) {}

    FaultInjectingBackend& backend_;
    CpuSet cpus_;
  };

  // Both must outlive this backend. They are not asked what an order answers.
  FaultInjectingBackend(MsrReader& msrs, CpuidReader& cpuid)
      : msr_reader_(msrs), cpuid_reader_(cpuid) {}

  Orders On(CpuSet cpus) { return Orders(*this, std::move(cpus)); }
  Orders OnEveryCpu();

  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override;
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override;

 private:
  template <typename Register, typename Value>
  struct Order {
    CpuSet cpus;
    std::optional<Register> which;  // nothing: every register
    Result<Value> answer;
  };

  MsrReader& msr_reader_;
  CpuidReader& cpuid_reader_;
  std::vector<Order<MsrAddress, std::uint64_t>> msr_orders_;
  std::vector<Order<CpuidLeaf, CpuidRegisters>> cpuid_orders_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_FAULT_INJECTING_BACKEND_H_
