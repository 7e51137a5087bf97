#include "virtualization/oracle.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

namespace vtprobe::oracle {
namespace {

// A column: the facts that a row accepts, one character each; "*" accepts all.
using Column = std::string_view;

bool Accepts(Column column, char fact) {
  return column == "*" || column.find(fact) != Column::npos;
}

// What a row asks of the switch's value.
struct Value {
  std::uint64_t all_set = 0;
  std::uint64_t all_clear = 0;
  std::uint64_t any_set = 0;  // 0: nothing is asked

  bool Accepts(std::uint64_t value) const {
    return (value & all_set) == all_set && (value & all_clear) == 0 &&
           (any_set == 0 || (value & any_set) != 0);
  }
};
constexpr Value kAnyValue{};

// IA32_FEATURE_CONTROL.
constexpr std::uint64_t kLock = 1u << 0;
constexpr std::uint64_t kInSmx = 1u << 1;
constexpr std::uint64_t kOutside = 1u << 2;
constexpr std::uint64_t kSgxLaunch = 1u << 17;
constexpr std::uint64_t kSgx = 1u << 18;
constexpr std::uint64_t kLinuxWrites = kLock | kInSmx | kOutside | kSgxLaunch | kSgx;
// VM_CR.
constexpr std::uint64_t kVmCrLock = 1u << 3;
constexpr std::uint64_t kSvmDis = 1u << 4;

struct GuestRow {
  std::string_view sentence;
  Column hypervisor, partition, stage;
  char guest;  // 'h': the host's own system
};

// Who is to be named for a state, where the state alone tells; kByValue: the
// attribution table does.
enum class Who : std::uint8_t { kUnknown, kHypervisor, kByValue };

struct StateRow {
  std::string_view sentence;
  Column maker, vmx, svm, guest, leaf, reading;
  Value value;
  Column svml;
  State state;
  Technology technology;
  Who who;
};

struct UsableRow {
  std::string_view sentence;
  State state;
  bool vtx_only;
  Column measured;
  Value value;
  Usable usable;
};

struct AttributionRow {
  std::string_view sentence;
  Column stage, boot, guest, technology, kernel, measured, kvm, sgx_lc;
  Value value;
  Attribution attribution;
};

// `states`: how many different ones the CPUs whose state is known are in, '2'
// for more than one. `unread`: is any CPU's state unknown. `failing`: is any
// CPU whose state is known not usable (or not yet).
enum class Host : std::uint8_t { kTheState, kInconsistent, kIndeterminate };
struct HostRow {
  std::string_view sentence;
  Column states, unread, failing;
  Host host;
};

struct ExitRow {
  std::string_view sentence;
  std::vector<State> states;  // empty: any
  std::vector<Usable> usable;
  int code;
};

// clang-format off
const std::vector<GuestRow>& GuestRows() {
  static const std::vector<GuestRow> rows = {
    // sentence                                                       hv   part  stage  guest
    {"The hypervisor bit does not mean guest",                        "1", "1",  "*",   'h'},
    {"are we a guest: CPUID.1:ECX[31]",                               "1", "0",  "*",   '1'},
    {"stage: pre-os, os, guest",                                      "*", "*",  "g",   '1'},
    {"are we a guest: CPUID.1:ECX[31]",                               "0", "*",  "*",   '0'},
    {"a recording that says its stage and does not say guest",        "-", "*",  "po",  '0'},
    {"A value that was not read is never a value",                    "-", "*",  "-",   '-'},
  };
  return rows;
}

const std::vector<StateRow>& StateRows() {
  using S = State;
  using T = Technology;
  static const std::vector<StateRow> rows = {
    // maker vmx svm guest leaf reading value svml
    {"What the engine needs and a dump lacks (vendor leaf) ends in indeterminate",
     "-", "*", "*", "*", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},

    {"a pre-VMX family can carry garbage in these bits; a guest all the same",
     "o", "*", "*", "1h", "1", "*", kAnyValue, "*", S::kHiddenByHypervisor, T::kUnknown, Who::kHypervisor},
    {"a pre-VMX family can carry garbage in these bits. Gate on vendor and family",
     "o", "*", "*", "*", "*", "*", kAnyValue, "*", S::kUnsupported, T::kNone, Who::kUnknown},

    {"an unknown or corrupted vendor string: warn, and do not guess an MSR (VMX)",
     "x", "1", "*", "*", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},
    {"an unknown or corrupted vendor string: warn, and do not guess an MSR (SVM)",
     "x", "*", "1", "*", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},
    {"What the engine needs and a dump lacks (leaf 1) ends in indeterminate",
     "x", "-", "*", "*", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},
    {"What the engine needs and a dump lacks (leaf 8000_0001) ends in indeterminate",
     "x", "*", "-", "*", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},
    {"technology is unknown when it is hidden",
     "x", "0", "0", "1h", "*", "*", kAnyValue, "*", S::kHiddenByHypervisor, T::kUnknown, Who::kHypervisor},
    {"technology is none when CPUID offers neither, whatever the vendor",
     "x", "0", "0", "0", "*", "*", kAnyValue, "*", S::kUnsupported, T::kNone, Who::kUnknown},

    {"in_use: the hypervisor bit is set and this system is the host's own; technology by vendor",
     "V", "*", "*", "h", "*", "*", kAnyValue, "*", S::kInUse, T::kVtx, Who::kHypervisor},
    {"in_use: the hypervisor bit is set and this system is the host's own; technology by vendor",
     "S", "*", "*", "h", "*", "*", kAnyValue, "*", S::kInUse, T::kSvm, Who::kHypervisor},

    {"What the engine needs and a dump lacks (feature leaf) ends in indeterminate",
     "V", "-", "*", "*", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},
    {"VMX=0 with the hypervisor bit: hidden_by_hypervisor",
     "V", "0", "*", "1", "*", "*", kAnyValue, "*", S::kHiddenByHypervisor, T::kUnknown, Who::kHypervisor},
    {"VMX=0 on bare metal: unsupported",
     "V", "0", "*", "0", "*", "*", kAnyValue, "*", S::kUnsupported, T::kNone, Who::kUnknown},
    {"VMX=1 and 0x3A faults: in a guest indeterminate with attribution hypervisor",
     "V", "1", "*", "1", "*", "g", kAnyValue, "*", S::kIndeterminate, T::kVtx, Who::kHypervisor},
    {"VMX=1 and 0x3A faults: contradictory on bare metal",
     "V", "1", "*", "0", "*", "g", kAnyValue, "*", S::kContradictory, T::kVtx, Who::kUnknown},
    {"A value that was not read is never a value: it ends in indeterminate",
     "V", "1", "*", "*", "*", "u", kAnyValue, "*", S::kIndeterminate, T::kVtx, Who::kUnknown},
    {"1 any 1: enabled",
     "V", "1", "*", "*", "*", "v", {kLock | kOutside, 0, 0}, "*", S::kEnabled, T::kVtx, Who::kByValue},
    {"1 1 0: enabled_in_smx_only",
     "V", "1", "*", "*", "*", "v", {kLock | kInSmx, kOutside, 0}, "*", S::kEnabledInSmxOnly, T::kVtx, Who::kByValue},
    {"1 0 0: disabled_locked",
     "V", "1", "*", "*", "*", "v", {kLock, kInSmx | kOutside, 0}, "*", S::kDisabledLocked, T::kVtx, Who::kByValue},
    {"0 any any: unlocked",
     "V", "1", "*", "*", "*", "v", {0, kLock, 0}, "*", S::kUnlocked, T::kVtx, Who::kByValue},

    {"What the engine needs and a dump lacks (feature leaf) ends in indeterminate",
     "S", "*", "-", "*", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},
    {"SVM=0 with the hypervisor bit: hidden_by_hypervisor, whatever VM_CR says",
     "S", "*", "0", "1", "*", "*", kAnyValue, "*", S::kHiddenByHypervisor, T::kUnknown, Who::kHypervisor},
    {"CPUID.8000_0001:ECX[2] SVM: is the extension there",
     "S", "*", "0", "0", "*", "*", kAnyValue, "*", S::kUnsupported, T::kNone, Who::kUnknown},
    {"A value that was not read is never a value (the hypervisor bit)",
     "S", "*", "0", "-", "*", "*", kAnyValue, "*", S::kIndeterminate, T::kUnknown, Who::kUnknown},
    {"The same for SVM=1 and a #GP on VM_CR: in a guest indeterminate",
     "S", "*", "1", "1", "*", "g", kAnyValue, "*", S::kIndeterminate, T::kSvm, Who::kHypervisor},
    {"The same for SVM=1 and a #GP on VM_CR: contradictory on bare metal",
     "S", "*", "1", "0", "*", "g", kAnyValue, "*", S::kContradictory, T::kSvm, Who::kUnknown},
    {"A value that was not read is never a value (the hypervisor bit)",
     "S", "*", "1", "-", "*", "g", kAnyValue, "*", S::kIndeterminate, T::kSvm, Who::kUnknown},
    {"A value that was not read is never a value: it ends in indeterminate",
     "S", "*", "1", "*", "*", "u", kAnyValue, "*", S::kIndeterminate, T::kSvm, Who::kUnknown},
    {"0 1 any: enabled",
     "S", "*", "1", "*", "*", "v", {kVmCrLock, kSvmDis, 0}, "*", S::kEnabled, T::kSvm, Who::kByValue},
    {"0 0 any: enabled_unlocked",
     "S", "*", "1", "*", "*", "v", {0, kSvmDis | kVmCrLock, 0}, "*", S::kEnabledUnlocked, T::kSvm, Who::kByValue},
    {"1 0 any: disabled_unlocked",
     "S", "*", "1", "*", "*", "v", {kSvmDis, kVmCrLock, 0}, "*", S::kDisabledUnlocked, T::kSvm, Who::kByValue},
    {"1 1 1: disabled_needs_key",
     "S", "*", "1", "*", "*", "v", {kSvmDis | kVmCrLock, 0, 0}, "1", S::kDisabledNeedsKey, T::kSvm, Who::kByValue},
    {"1 1 0: disabled_locked",
     "S", "*", "1", "*", "*", "v", {kSvmDis | kVmCrLock, 0, 0}, "0", S::kDisabledLocked, T::kSvm, Who::kByValue},
    {"1 1 unread: disabled_locked; whether a key would open it is not known",
     "S", "*", "1", "*", "*", "v", {kSvmDis | kVmCrLock, 0, 0}, "-", S::kDisabledLocked, T::kSvm, Who::kByValue},
  };
  return rows;
}

const std::vector<UsableRow>& UsableRows() {
  using S = State;
  static const std::vector<UsableRow> rows = {
    // sentence, state, vtx_only, measured, value, usable
    {"under a measured launch only if bit 1 is set too",
     S::kEnabled, true, "1", {0, kInSmx, 0}, Usable::kNo},
    {"enabled: yes",                         S::kEnabled, false, "*", kAnyValue, Usable::kYes},
    {"enabled_unlocked: yes (any ring-0 code may still disable it)",
                                             S::kEnabledUnlocked, false, "*", kAnyValue, Usable::kYes},
    {"only under a measured launch (TXT/tboot)",
                                             S::kEnabledInSmxOnly, false, "1", kAnyValue, Usable::kYes},
    {"enabled_in_smx_only: otherwise no",    S::kEnabledInSmxOnly, false, "0-", kAnyValue, Usable::kNo},
    {"disabled_locked: no",                  S::kDisabledLocked, false, "*", kAnyValue, Usable::kNo},
    {"disabled_needs_key: no",               S::kDisabledNeedsKey, false, "*", kAnyValue, Usable::kNo},
    {"unlocked: not yet",                    S::kUnlocked, false, "*", kAnyValue, Usable::kNotYet},
    {"disabled_unlocked: not yet",           S::kDisabledUnlocked, false, "*", kAnyValue, Usable::kNotYet},
    {"in_use: yes",                          S::kInUse, false, "*", kAnyValue, Usable::kYes},
    {"unsupported: no",                      S::kUnsupported, false, "*", kAnyValue, Usable::kNo},
    {"hidden_by_hypervisor: unknown",        S::kHiddenByHypervisor, false, "*", kAnyValue, Usable::kUnknown},
    {"contradictory: unknown",               S::kContradictory, false, "*", kAnyValue, Usable::kUnknown},
    {"indeterminate: unknown",               S::kIndeterminate, false, "*", kAnyValue, Usable::kUnknown},
  };
  return rows;
}

const std::vector<AttributionRow>& AttributionRows() {
  using A = Attribution;
  static const std::vector<AttributionRow> rows = {
    // stage boot guest technology kernel measured kvm sgx_lc value
    {"A dump taken before the OS carries stage = pre-os and is firmware (VM_CR: any reset clears it)",
     "p", "*", "*", "S", "*", "*", "*", "*", kAnyValue, A::kFirmware},
    {"A dump taken before the OS carries stage = pre-os and is firmware",
     "p", "c", "*", "V", "*", "*", "*", "*", kAnyValue, A::kFirmware},
    {"without meta boot = cold: unknown",
     "p", "*", "*", "V", "*", "*", "*", "*", kAnyValue, A::kUnknown},
    {"VMX=1 (SVM=1) with the hypervisor bit: the same table, with attribution hypervisor",
     "*", "*", "1", "*", "*", "*", "*", "*", kAnyValue, A::kHypervisor},
    {"Never claim more than the evidence",
     "*", "*", "-", "*", "*", "*", "*", "*", kAnyValue, A::kUnknown},
    {"Linux never sets SVMDIS or VM_CR.LOCK: a set one is firmware",
     "*", "*", "0", "S", "*", "*", "*", "*", {0, 0, kSvmDis | kVmCrLock}, A::kFirmware},
    {"Never claim more than the evidence: a clear SVMDIS is what reset leaves",
     "*", "*", "0", "S", "*", "*", "*", "*", {0, kSvmDis | kVmCrLock, 0}, A::kUnknown},
    {"An older kernel's KVM kept firmware's bits; an unrecorded kernel could be any: unknown",
     "*", "*", "0", "V", "<-", "*", "*", "*", kAnyValue, A::kUnknown},
    {"any bit outside {0, 1, 2, 17, 18}: firmware",
     "*", "*", "0", "V", "6bd", "*", "*", "*", {0, 0, ~kLinuxWrites}, A::kFirmware},
    {"17 without 18: firmware",
     "*", "*", "0", "V", "6bd", "*", "*", "*", {kSgxLaunch, kSgx, 0}, A::kFirmware},
    {"1 without 2: firmware",
     "*", "*", "0", "V", "6bd", "*", "*", "*", {kInSmx, kOutside, 0}, A::kFirmware},
    {"1 without tboot: firmware",
     "*", "*", "0", "V", "6bd", "0", "*", "*", {kInSmx, 0, 0}, A::kFirmware},
    {"LOCK set and bit 2 clear with VMX and KVM_INTEL built: firmware, whatever 17 and 18 say",
     "*", "*", "0", "V", "6bd", "*", "1", "*", {kLock, kOutside, 0}, A::kFirmware},
    {"17 or 18 on a kernel before 5.11: firmware",
     "*", "*", "0", "V", "6", "*", "*", "*", {0, 0, kSgxLaunch | kSgx}, A::kFirmware},
    {"18 without 17 where CPUID has SGX_LC: firmware",
     "*", "*", "0", "V", "bd", "*", "*", "1", {kSgx, kSgxLaunch, 0}, A::kFirmware},
    {"18 without 17 before 5.13: firmware",
     "*", "*", "0", "V", "b", "*", "*", "*", {kSgx, kSgxLaunch, 0}, A::kFirmware},
    {"everything else: firmware_or_kernel",
     "*", "*", "0", "V", "6bd", "*", "*", "*", kAnyValue, A::kFirmwareOrKernel},
  };
  return rows;
}

const std::vector<HostRow>& HostRows() {
  static const std::vector<HostRow> rows = {
    // sentence                                                           states unread failing
    {"an indeterminate host: no CPU's state is known",                    "0",   "*",   "*", Host::kIndeterminate},
    {"Some usable and others unreadable: indeterminate",                  "*",   "1",   "0", Host::kIndeterminate},
    {"Different states: inconsistent",                                    "2",   "*",   "*", Host::kInconsistent},
    {"All CPUs one state: that state",                                    "1",   "0",   "*", Host::kTheState},
    {"Some CPUs proven unusable and others unreadable: the proven state", "1",   "1",   "*", Host::kTheState},
  };
  return rows;
}

const std::vector<ExitRow>& ExitRows() {
  using S = State;
  static const std::vector<ExitRow> rows = {
    {"inconsistent: 1",                                 {S::kInconsistent}, {}, 1},
    {"unsupported: 3",                                  {S::kUnsupported}, {}, 3},
    {"hidden_by_hypervisor, contradictory, indeterminate: 2",
     {S::kHiddenByHypervisor, S::kContradictory, S::kIndeterminate}, {}, 2},
    {"0: hardware virtualization is usable on every CPU", {}, {Usable::kYes}, 0},
    {"1: it is not (disabled, SMX only, unlocked)",      {}, {Usable::kNo, Usable::kNotYet}, 1},
  };
  return rows;
}
// clang-format on

template <typename T>
bool AnyOf(const std::vector<T>& accepted, T value) {
  return accepted.empty() || std::find(accepted.begin(), accepted.end(), value) != accepted.end();
}

template <typename Row>
std::vector<std::string_view> SentencesOf(const std::vector<Row>& rows) {
  std::vector<std::string_view> sentences;
  for (const Row& row : rows) sentences.push_back(row.sentence);
  return sentences;
}

// The CPUs that the host's answer rests on: one that could not be read counts
// only where nothing else decides.
std::vector<CpuAnswer> Counted(const std::vector<CpuAnswer>& cpus, State host) {
  std::vector<CpuAnswer> counted;
  std::copy_if(cpus.begin(), cpus.end(), std::back_inserter(counted), [&](const CpuAnswer& cpu) {
    return host == State::kIndeterminate || cpu.state != State::kIndeterminate;
  });
  return counted;
}

Attribution Agreed(const std::set<Attribution>& named) {
  if (named.size() == 1) return *named.begin();
  const std::set<Attribution> either = {Attribution::kFirmware, Attribution::kKernel,
                                        Attribution::kFirmwareOrKernel};
  const bool local =
      !named.empty() && std::includes(either.begin(), either.end(), named.begin(), named.end());
  return local ? Attribution::kFirmwareOrKernel : Attribution::kUnknown;
}

}  // namespace

std::string_view Name(Table table) {
  constexpr std::array<std::string_view, std::size(kAllTables)> kNames = {
      "guest", "state", "usable", "attribution", "host", "exit"};
  return kNames[static_cast<std::size_t>(table)];
}

std::vector<std::string_view> Sentences(Table table) {
  switch (table) {
    case Table::kGuest:
      return SentencesOf(GuestRows());
    case Table::kState:
      return SentencesOf(StateRows());
    case Table::kUsable:
      return SentencesOf(UsableRows());
    case Table::kAttribution:
      return SentencesOf(AttributionRows());
    case Table::kHost:
      return SentencesOf(HostRows());
    case Table::kExit:
      return SentencesOf(ExitRows());
  }
  return {};
}

template <typename Row, typename Fits>
const Row& Oracle::First(Table table, const std::vector<Row>& rows, Fits fits) {
  const auto found = std::find_if(rows.begin(), rows.end(), fits);
  if (found == rows.end())
    throw std::logic_error("the " + std::string(Name(table)) + " table has a hole");
  auto& uses = uses_[static_cast<std::size_t>(table)];
  uses.resize(rows.size());
  ++uses[static_cast<std::size_t>(found - rows.begin())];
  return *found;
}

const std::vector<std::size_t>& Oracle::Uses(Table table) const {
  return uses_[static_cast<std::size_t>(table)];
}

CpuAnswer Oracle::OfCpu(const CpuFacts& cpu, const HostFacts& host) {
  const char guest = First(Table::kGuest, GuestRows(), [&](const GuestRow& row) {
                       return Accepts(row.hypervisor, cpu.hypervisor) &&
                              Accepts(row.partition, cpu.partition) &&
                              Accepts(row.stage, host.stage);
                     }).guest;
  // A recording that says it was taken in a guest vouches for the hypervisor as
  // well as the hypervisor's own leaf does.
  const char vouched = host.stage == 'g' ? '1' : cpu.hypervisor_leaf;
  const StateRow& state = First(Table::kState, StateRows(), [&](const StateRow& row) {
    return Accepts(row.maker, cpu.maker) && Accepts(row.vmx, cpu.vmx) &&
           Accepts(row.svm, cpu.svm) && Accepts(row.guest, guest) && Accepts(row.leaf, vouched) &&
           Accepts(row.reading, cpu.reading) && row.value.Accepts(cpu.value) &&
           Accepts(row.svml, cpu.svml);
  });
  const UsableRow& usable = First(Table::kUsable, UsableRows(), [&](const UsableRow& row) {
    return row.state == state.state && (!row.vtx_only || state.technology == Technology::kVtx) &&
           Accepts(row.measured, host.measured_launch) && row.value.Accepts(cpu.value);
  });

  CpuAnswer answer{state.state, usable.usable, Attribution::kUnknown, state.technology};
  if (state.who == Who::kHypervisor) answer.attribution = Attribution::kHypervisor;
  if (state.who == Who::kByValue) {
    const char technology = state.technology == Technology::kVtx ? 'V' : 'S';
    answer.attribution =
        First(Table::kAttribution, AttributionRows(), [&](const AttributionRow& row) {
          return Accepts(row.stage, host.stage) && Accepts(row.boot, host.boot) &&
                 Accepts(row.guest, guest) && Accepts(row.sgx_lc, cpu.sgx_lc) &&
                 Accepts(row.technology, technology) && Accepts(row.kernel, host.kernel) &&
                 Accepts(row.measured, host.measured_launch) && Accepts(row.kvm, host.kvm_intel) &&
                 row.value.Accepts(cpu.value);
        }).attribution;
  }
  return answer;
}

HostAnswer Oracle::OfHost(const std::vector<CpuAnswer>& cpus) {
  std::set<State> states;
  bool unread = false;
  bool failing = false;
  for (const CpuAnswer& cpu : cpus) {
    if (cpu.state == State::kIndeterminate) {
      unread = true;
      continue;
    }
    states.insert(cpu.state);
    failing = failing || cpu.usable == Usable::kNo || cpu.usable == Usable::kNotYet;
  }
  const char count = states.size() > 1 ? '2' : states.empty() ? '0' : '1';
  const HostRow& row = First(Table::kHost, HostRows(), [&](const HostRow& candidate) {
    return Accepts(candidate.states, count) && Accepts(candidate.unread, unread ? '1' : '0') &&
           Accepts(candidate.failing, failing ? '1' : '0');
  });

  HostAnswer host;
  host.answer.state = row.host == Host::kTheState       ? *states.begin()
                      : row.host == Host::kInconsistent ? State::kInconsistent
                                                        : State::kIndeterminate;

  // no < not_yet < unknown < yes, as the enumerators stand.
  const std::vector<CpuAnswer> counted = Counted(cpus, host.answer.state);
  std::set<Usable> usable;
  std::set<Technology> technology;
  for (const CpuAnswer& cpu : counted) {
    usable.insert(cpu.usable);
    technology.insert(cpu.technology);
  }
  host.answer.usable = usable.empty() ? Usable::kUnknown : *usable.begin();
  // vt-x and svm stand before none, and unknown wins over none alone.
  host.answer.technology = technology.empty() ? Technology::kUnknown : *technology.begin();
  if (technology == std::set{Technology::kNone, Technology::kUnknown}) {
    host.answer.technology = Technology::kUnknown;
  }

  std::set<Attribution> named;
  for (const CpuAnswer& cpu : counted) {
    if (cpu.usable == host.answer.usable) named.insert(cpu.attribution);
  }
  host.answer.attribution = Agreed(named);
  host.exit_code = First(Table::kExit, ExitRows(), [&](const ExitRow& candidate) {
                     return AnyOf(candidate.states, host.answer.state) &&
                            AnyOf(candidate.usable, host.answer.usable);
                   }).code;
  return host;
}

}  // namespace vtprobe::oracle
