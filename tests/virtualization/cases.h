// The machines that the tables are tried on: every fact the verdict depends
// on, settable one by one, and written into a snapshot and into the oracle's
// terms side by side. A fact is never computed from registers here: what a
// model's maker or family means stands beside it as a literal.

#ifndef VTPROBE_TESTS_VIRTUALIZATION_CASES_H_
#define VTPROBE_TESTS_VIRTUALIZATION_CASES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "virtualization/oracle.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::cases {

inline constexpr MsrAddress kFeatureControl{0x3a};  // [intel/sdm-vol4] table 2-2
inline constexpr MsrAddress kVmCr{0xc001'0114};     // [amd/apm-vol2] 15.30.1

inline constexpr CpuidLeaf kVendorLeaf{0x0, 0};
inline constexpr CpuidLeaf kFeatureLeaf{0x1, 0};
inline constexpr CpuidLeaf kExtendedLeaf{0x7, 0};
inline constexpr CpuidLeaf kHypervisorLeaf{0x4000'0000, 0};
inline constexpr CpuidLeaf kMaxExtendedLeaf{0x8000'0000, 0};
inline constexpr CpuidLeaf kExtendedFeatureLeaf{0x8000'0001, 0};
inline constexpr CpuidLeaf kSvmLeaf{0x8000'000a, 0};

// A kind of CPU: whose, which family, and the oracle's word for it.
struct Model {
  std::string_view name;
  std::string_view vendor;
  std::uint32_t signature;  // leaf 1 EAX
  char maker;

  // Tests are listed by what this prints.
  friend void PrintTo(const Model& model, std::ostream* out) { *out << model.name; }
};

inline constexpr Model kSkylake{"Skylake", "GenuineIntel", 0x506e3, 'V'};
inline constexpr Model kIsaiah{"VIA Isaiah", "CentaurHauls", 0x6fe, 'V'};
inline constexpr Model kZhaoxin{"Zhaoxin KX-6000G", "  Shanghai  ", 0x307b2, 'V'};
inline constexpr Model kNaples{"EPYC 7401P", "AuthenticAMD", 0x800f12, 'S'};
inline constexpr Model kHygon{"Hygon C86 3250", "HygonGenuine", 0x900f11, 'S'};
inline constexpr Model kCorrupted{"Haswell that misspells itself", "GenuineIotel", 0x306c3, 'x'};
inline constexpr Model kUnknownMaker{"no known maker", "Vortex86 SoC", 0x601, 'x'};
inline constexpr Model kWinChip{"WinChip C6", "CentaurHauls", 0x541, 'o'};

// Every model whose family decides, on both sides of each boundary.
const std::vector<Model>& AllModels();

// What a hypervisor's leaves say of the system that runs here.
struct Hosted {
  std::string_view signature;
  std::uint32_t leaf;  // the one that tells, and its EAX and EBX
  std::uint32_t eax;
  std::uint32_t ebx;
  char partition;  // the oracle's word: '1' the host's own
};

// Both sides of each boundary.
inline constexpr Hosted kHostedSystems[] = {
    // CreatePartitions, CpuManagement; without either; isolated.
    {"Microsoft Hv", 0x4000'0003, 0x3fff, 0x0000'1001, '1'},
    {"Microsoft Hv", 0x4000'0003, 0x3fff, 0x002b'b9ff, '1'},
    {"Microsoft Hv", 0x4000'0003, 0x3fff, 0x0000'0001, '0'},
    {"Microsoft Hv", 0x4000'0003, 0x3fff, 0x0000'1000, '0'},
    {"Microsoft Hv", 0x4000'0003, 0x3fff, 0x0040'1001, '0'},
    {"TCGTCGTCGTCG", 0x4000'0003, 0x3fff, 0x0000'1001, '0'},
    // ACRN's privileged VM.
    {"ACRNACRNACRN", 0x4000'0001, 0x1, 0, '1'},
    {"ACRNACRNACRN", 0x4000'0001, 0x2, 0, '0'},
    {"TCGTCGTCGTCG", 0x4000'0001, 0x1, 0, '0'},
};

// A CPU as its registers give it. An absent value is one that is not recorded.
struct Cpu {
  Model model = kSkylake;
  bool vendor_leaf = true;
  bool signature = true;  // leaf 1 EAX
  // Bits of leaf 1 ECX; the register is recorded if `features` is.
  bool features = true;
  bool vmx = true;
  bool smx = false;
  bool hypervisor = false;
  std::optional<bool> sgx_lc;                    // leaf 7 ECX[30]
  std::optional<std::uint32_t> hypervisor_leaf;  // leaf 0x4000_0000 EAX
  const Hosted* hosted = nullptr;                // its leaves in place of that one
  std::optional<std::uint32_t> max_extended;     // leaf 0x8000_0000 EAX
  std::optional<bool> svm = false;               // leaf 0x8000_0001 ECX[2]
  std::optional<bool> svml;                      // leaf 0x8000_000A EDX[2]
  // The switch; nothing: not recorded at all, not even as a failure.
  std::optional<MsrReading> reading;
};

// A CPU of the model on bare metal that offers what its maker makes, with the
// switch at `value`.
Cpu WithSwitch(const Model& model, std::uint64_t value);
Cpu Unread(const Model& model, AccessCode code);

// The switch that a CPU of the model would have; both for an unknown maker.
std::vector<MsrAddress> Switches(const Model& model);

// What is known of the machine. An empty text is not recorded.
struct Host {
  std::string_view stage;
  std::string_view kernel;
  std::string_view kvm_intel;
  std::string_view measured_launch;
  std::string_view boot = {};
};

// Values of the metadata, each with every other.
std::vector<Host> AllHosts();

oracle::CpuFacts Facts(const Cpu& cpu);
oracle::HostFacts Facts(const Host& host);

// Adds the readings of a CPU to the builder's open block.
void AddReadings(const Cpu& cpu, SnapshotBuilder* builder);
void SetMetadata(const Host& host, Metadata* metadata);

// CPUs 0, 1, 2 ... of one machine.
PlatformSnapshot Machine(const std::vector<Cpu>& cpus, const Host& host = {});

// A snapshot as one line that a shell turns back into a dump: a way to see a
// failing case again.
std::string Reproduce(const PlatformSnapshot& snapshot);

// "state usable attribution technology", for messages.
std::string Words(const oracle::CpuAnswer& answer);

}  // namespace vtprobe::cases

#endif  // VTPROBE_TESTS_VIRTUALIZATION_CASES_H_
