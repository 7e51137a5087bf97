// Whose system the CPUs run: the machine's own, a hypervisor's guest, or the
// system that a hypervisor keeps for itself. The hypervisor bit alone does not
// mean guest: Hyper-V's root partition, ACRN's service VM and Xen's dom0 have it
// too, and are the host.

#ifndef VTPROBE_PROBES_SYSTEM_H_
#define VTPROBE_PROBES_SYSTEM_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// When a recording was taken, as its metadata say.
enum class Stage : std::uint8_t { kPreOs, kOs, kGuest };
std::optional<Stage> StageOf(const Metadata& metadata);

enum class System : std::uint8_t { kBareMetal, kHostPartition, kGuest };

// The system through which a hypervisor's host is run.
struct HostPartition {
  std::string_view hypervisor;  // "Hyper-V"
  std::string_view name;        // "Hyper-V's root partition"
  // Whether it is known that the hypervisor runs guests in hardware. Xen needs
  // no such thing for its own sake.
  bool uses_hardware = true;
  // Whether a CPU's number is a virtual CPU's, which may run on any.
  bool has_virtual_cpus = false;

  friend bool operator==(const HostPartition&, const HostPartition&) = default;
};

// Nothing where no CPU tells, or two tell different things. O(distinct readings
// of the hypervisor's leaves).
std::optional<HostPartition> FindHostPartition(const PlatformSnapshot& snapshot);

// `partition`: what FindHostPartition() said of the snapshot; may be null.
// Nothing if the hypervisor bit was not read and the stage is not recorded.
std::optional<System> SystemOf(const RegisterView& cpu, std::optional<Stage> stage,
                               const HostPartition* partition);

// Whether the snapshot was taken in a guest, as its CPUs tell. A CPU that never had
// virtualization, or of no known maker, has garbage where the bit is. Asked once for
// CPUs that gave the same.
bool IsTakenInGuest(const PlatformSnapshot& snapshot);

// What protects a guest from its hypervisor, by what only such a guest reads:
// "TDX", "SEV-SNP", "SEV-ES", "SEV", "VBS"; nothing for any other system.
std::optional<std::string_view> GuestProtection(const RegisterView& cpu);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SYSTEM_H_
