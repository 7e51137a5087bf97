#include "vtprobe/hal/fault_injecting_backend.h"

#include <algorithm>
#include <limits>

namespace vtprobe {
namespace {

// The last order that speaks of this register of this CPU, or null.
template <typename Order, typename Register>
const Order* LastOrder(const std::vector<Order>& orders, LogicalCpu cpu, Register asked) {
  const auto found = std::find_if(orders.rbegin(), orders.rend(), [&](const Order& order) {
    return order.cpus.Contains(cpu) && (!order.which || *order.which == asked);
  });
  return found == orders.rend() ? nullptr : &*found;
}

}  // namespace

using Orders = FaultInjectingBackend::Orders;

Orders& Orders::Fail(MsrAddress address, AccessCode code) {
  backend_.msr_orders_.push_back({cpus_, address, vtprobe::Fail(code)});
  return *this;
}

Orders& Orders::Fail(CpuidLeaf leaf, AccessCode code) {
  backend_.cpuid_orders_.push_back({cpus_, leaf, vtprobe::Fail(code)});
  return *this;
}

Orders& Orders::FailEveryMsr(AccessCode code) {
  backend_.msr_orders_.push_back({cpus_, std::nullopt, vtprobe::Fail(code)});
  return *this;
}

Orders& Orders::FailEveryCpuid(AccessCode code) {
  backend_.cpuid_orders_.push_back({cpus_, std::nullopt, vtprobe::Fail(code)});
  return *this;
}

Orders& Orders::FailEverything(AccessCode code) { return FailEveryMsr(code).FailEveryCpuid(code); }

Orders& Orders::Answer(MsrAddress address, std::uint64_t value) {
  backend_.msr_orders_.push_back({cpus_, address, value});
  return *this;
}

Orders& Orders::Answer(CpuidLeaf leaf, const CpuidRegisters& registers) {
  backend_.cpuid_orders_.push_back({cpus_, leaf, registers});
  return *this;
}

Orders FaultInjectingBackend::OnEveryCpu() {
  return On(CpuSet{{0, std::numeric_limits<std::uint32_t>::max()}});
}

Result<std::uint64_t> FaultInjectingBackend::ReadMsr(LogicalCpu cpu, MsrAddress address) {
  if (const auto* order = LastOrder(msr_orders_, cpu, address)) return order->answer;
  return msr_reader_.ReadMsr(cpu, address);
}

Result<CpuidRegisters> FaultInjectingBackend::ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) {
  if (const auto* order = LastOrder(cpuid_orders_, cpu, leaf)) return order->answer;
  return cpuid_reader_.ReadCpuid(cpu, leaf);
}

}  // namespace vtprobe
