#include "collect.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/probes/capture_in_turn.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::efi {
namespace {

// What stands between a capture and the CPU: whether there is one to be asked.
class Door final : public MsrReader, public CpuidReader {
 public:
  enum class State : std::uint8_t { kOpen, kWithoutMsrs, kShut };

  explicit Door(LocalCpu& cpu) : cpu_(cpu) {}

  void Set(State state) { state_ = state; }
  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override {
    if (state_ == State::kShut) return Fail(AccessCode::kNotPinned);
    if (state_ == State::kWithoutMsrs) return Fail(AccessCode::kIo);
    return cpu_.ReadMsr(cpu, address);
  }
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override {
    if (state_ == State::kShut) return Fail(AccessCode::kNotPinned);
    return cpu_.ReadCpuid(cpu, leaf);
  }

 private:
  LocalCpu& cpu_;
  State state_ = State::kShut;
};

// CPUs by a reason.
class Reasons {
 public:
  void Add(std::uint32_t cpu, const std::string& why) { cpus_[why].push_back({cpu, cpu}); }
  // "3,7: disabled; 5: unhealthy".
  std::string ToString() const {
    std::string text;
    for (const auto& [why, cpus] : cpus_) {
      if (!text.empty()) text += "; ";
      text.append(CpuSet(cpus).ToString()).append(": ").append(why);
    }
    return text;
  }

 private:
  std::map<std::string, std::vector<CpuSet::Range>> cpus_;
};

}  // namespace

PlatformSnapshot Collect(const Processors& processors, LocalCpu& cpu, bool identifiers,
                         Metadata metadata) {
  std::vector<CpuSet::Range> online;
  std::vector<CpuSet::Range> offline;
  Reasons out_of_use;
  for (const Processor& processor : processors.all()) {
    (processor.out_of_use.empty() ? online : offline)
        .push_back({processor.number, processor.number});
    if (!processor.out_of_use.empty()) out_of_use.Add(processor.number, processor.out_of_use);
  }

  Door door(cpu);
  const CapturePlan plan{.registers = registers::KnownRegisters(identifiers),
                         .all_cpuid = true,
                         .identifiers = identifiers};
  CaptureInTurn capture(plan, CpuSet(std::move(online)), door, door);
  Reasons refused;
  Reasons without_handler;
  for (const Processor& processor : processors.all()) {
    if (!processor.out_of_use.empty()) continue;
    const LogicalCpu number{processor.number};
    bool catches = false;
    const uefi::Status status = processors.RunOn(processor, [&] {
      catches = cpu.Enter();
      door.Set(catches ? Door::State::kOpen : Door::State::kWithoutMsrs);
      capture.Read(number);
      cpu.Leave();
    });
    if (uefi::IsError(status)) {
      refused.Add(processor.number, Describe(status));
      door.Set(Door::State::kShut);
      capture.Read(number);
    } else if (!catches) {
      without_handler.Add(processor.number, "a fault made on purpose was not caught");
    }
  }
  metadata.Set("uefi.out_of_use", out_of_use.ToString());
  metadata.Set("uefi.refused", refused.ToString());
  metadata.Set("uefi.msrs_not_read", without_handler.ToString());
  if (!processors.AreCounted()) metadata.Set("uefi.mp_services", "none");
  return capture.Finish(CpuSet(std::move(offline)), std::move(metadata));
}

}  // namespace vtprobe::efi
