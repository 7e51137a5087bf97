#include "msr_writer/enable.h"

#include "vtprobe/registers/msr.h"

namespace vtprobe::msr_writer {
namespace {

// A switch: whether it is on, and whether a lock keeps it off.
struct Switch {
  MsrAddress address;
  std::uint64_t changed;  // the bits that may be written otherwise than they were read
  bool (*is_on)(std::uint64_t value);
  std::uint64_t lock;
  std::uint64_t set;
  std::uint64_t cleared;
};

Switch SwitchOf(Extension extension, bool in_smx) {
  using registers::kFeatureControl;
  using registers::kVmCr;
  if (extension == Extension::kSvm) {
    constexpr std::uint64_t kSvmDisable = kVmCr["SVMDIS"].mask();
    return {.address = kVmCr.address,
            .changed = kSvmDisable,
            .is_on = [](std::uint64_t value) { return (value & kSvmDisable) == 0; },
            .lock = kVmCr["LOCK"].mask(),
            .set = 0,
            .cleared = kSvmDisable};
  }
  constexpr std::uint64_t kLock = kFeatureControl["LOCK"].mask();
  constexpr std::uint64_t kOn = kLock | kFeatureControl["VMX_OUTSIDE_SMX"].mask();
  constexpr std::uint64_t kInSmx = kFeatureControl["VMX_IN_SMX"].mask();
  return {.address = kFeatureControl.address,
          .changed = kOn | kInSmx,
          .is_on = [](std::uint64_t value) { return (value & kOn) == kOn; },
          .lock = kLock,
          .set = kOn | (in_smx ? kInSmx : 0),
          .cleared = 0};
}

std::string OnCpu(LogicalCpu cpu) { return "CPU " + std::to_string(Number(cpu)); }

}  // namespace

tl::expected<std::vector<PlannedWrite>, std::string> PlanToEnable(
    MsrReader& reader, Extension extension, bool in_smx, std::span<const LogicalCpu> cpus) {
  const Switch it = SwitchOf(extension, in_smx);
  std::vector<PlannedWrite> plan;
  std::optional<std::uint64_t> others;
  for (const LogicalCpu cpu : cpus) {
    const auto value = reader.ReadMsr(cpu, it.address);
    if (!value) {
      return tl::unexpected(OnCpu(cpu) +
                            " could not be read: " + std::string(Describe(value.error().code)));
    }
    const bool is_on = it.is_on(*value);
    if (!is_on && (*value & it.lock) != 0) {
      return tl::unexpected(OnCpu(cpu) + " is locked with it off: only firmware can change that");
    }
    if (others.value_or(*value & ~it.changed) != (*value & ~it.changed)) {
      return tl::unexpected(OnCpu(cpu) +
                            " differs from those before it in bits that are not the switch's: "
                            "firmware has not set all CPUs alike");
    }
    others = *value & ~it.changed;
    if (!is_on) plan.push_back({cpu, it.address, *value, (*value | it.set) & ~it.cleared});
  }
  return plan;
}

std::optional<std::string> Enable(MsrReader& reader, MsrWriter& writer,
                                  std::span<const PlannedWrite> plan,
                                  const std::function<void(const PlannedWrite&)>& tell) {
  for (const PlannedWrite& write : plan) {
    if (const auto written = writer.WriteMsr(write.cpu, write.address, write.value); !written) {
      const AccessCode code = written.error().code;
      return OnCpu(write.cpu) + ": " +
             (code == AccessCode::kGeneralProtection ? std::string("the CPU refused the write")
                                                     : std::string(Describe(code)));
    }
    const auto after = reader.ReadMsr(write.cpu, write.address);
    if (!after || *after != write.value) {
      return OnCpu(write.cpu) + " took the write, and does not read back what was written";
    }
    tell(write);
  }
  return std::nullopt;
}

}  // namespace vtprobe::msr_writer
