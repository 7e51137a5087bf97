#include <fmt/format.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "kvm_words.h"
#include "payloads.h"
#include "vtprobe/proof/kvm.h"

namespace vtprobe {
namespace {

constexpr std::chrono::seconds kLongest{5};

// Closes what KVM gave a descriptor of.
class Descriptor {
 public:
  Descriptor(KvmDevice& device, int fd) : device_(device), fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) device_.Close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

 private:
  KvmDevice& device_;
  int fd_;
};

// What KVM tells of a virtual CPU's last run.
class SharedRun {
 public:
  SharedRun(KvmDevice& device, int fd, std::size_t size)
      : device_(device), size_(size), address_(device.Map(fd, size)) {}
  ~SharedRun() {
    if (address_ != nullptr) device_.Unmap(address_, size_);
  }
  SharedRun(const SharedRun&) = delete;
  SharedRun& operator=(const SharedRun&) = delete;

  const kvm_run* get() const { return static_cast<const kvm_run*>(address_); }

 private:
  KvmDevice& device_;
  std::size_t size_;
  void* address_;
};

// The header's own numbers are wrong in C++, where its kvm_cpuid2 is larger than
// the two numbers before its entries.
constexpr std::uint64_t kGetSupportedCpuid = _IOWR(KVMIO, 0x05, std::uint64_t);
constexpr std::uint64_t kSetCpuid2 = _IOW(KVMIO, 0x90, std::uint64_t);

// As kvm_cpuid2 with its entries.
struct CpuidTable {
  static constexpr std::uint32_t kMost = 256;
  std::uint32_t count = kMost;
  std::uint32_t padding = 0;
  std::array<kvm_cpuid_entry2, kMost> entries{};
};

template <typename T>
std::uintptr_t At(T* argument) {
  return reinterpret_cast<std::uintptr_t>(argument);
}

// A virtual machine for one payload. Each step says by a GuestRun why it went no
// further.
class Guest {
 public:
  Guest(KvmDevice& device, int kvm, std::size_t run_size)
      : device_(device),
        kvm_(kvm),
        run_size_(run_size),
        memory_(std::make_unique<GuestMemory>()),
        vm_(device, device.Ioctl(kvm, KVM_CREATE_VM, 0)) {}

  GuestRun Run(const Payload& payload, const PayloadInput& input) {
    payload.lay_out(memory_.get());
    if (vm_.get() < 0) return Refusal("KVM_CREATE_VM", vm_.get());
    if (auto refused = GiveMemory()) return *std::move(refused);
    const Descriptor vcpu(device_, device_.Ioctl(vm_.get(), KVM_CREATE_VCPU, 0));
    if (vcpu.get() < 0) return Refusal("KVM_CREATE_VCPU", vcpu.get());
    const SharedRun shared(device_, vcpu.get(), run_size_);
    if (shared.get() == nullptr) return Refusal("mmap of the virtual CPU", -ENOMEM);
    if (auto refused = SetCpuid(vcpu.get(), input.tag)) return *std::move(refused);
    if (auto refused = SetRegisters(vcpu.get(), payload, input.input)) return *std::move(refused);
    if (auto ended = RunToHalt(vcpu.get(), *shared.get())) return *std::move(ended);
    return Compare(payload, input);
  }

 private:
  using Refused = std::optional<GuestRun>;

  Refused Ask(int fd, std::string_view name, std::uint64_t request, std::uintptr_t argument) {
    const int error = device_.Ioctl(fd, request, argument);
    return error < 0 ? Refused(Refusal(name, error)) : std::nullopt;
  }

  Refused GiveMemory() {
    // VT-x without unrestricted guests needs pages for real mode, which are to lie
    // outside the guest's memory: below the BIOS, as KVM's documentation has it.
    std::uint64_t identity_map = 0xfffb'c000;
    constexpr std::uintptr_t kTss = 0xfffb'd000;
    if (auto refused = Ask(vm_.get(), "KVM_SET_IDENTITY_MAP_ADDR", KVM_SET_IDENTITY_MAP_ADDR,
                           At(&identity_map))) {
      return refused;
    }
    if (auto refused = Ask(vm_.get(), "KVM_SET_TSS_ADDR", KVM_SET_TSS_ADDR, kTss)) return refused;
    kvm_userspace_memory_region region{};
    region.memory_size = sizeof(GuestMemory);
    region.userspace_addr = At(memory_.get());
    return Ask(vm_.get(), "KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION, At(&region));
  }

  // All that KVM supports, but for the leaf that the guest asks for.
  Refused SetCpuid(int vcpu, std::uint32_t tag) {
    const auto table = std::make_unique<CpuidTable>();
    if (auto refused = Ask(kvm_, "KVM_GET_SUPPORTED_CPUID", kGetSupportedCpuid, At(table.get()))) {
      return refused;
    }
    std::uint32_t place = 0;
    while (place < table->count && table->entries[place].function != kTagLeaf) ++place;
    if (place == CpuidTable::kMost) return Refusal("KVM_GET_SUPPORTED_CPUID", -E2BIG);
    if (place == table->count) ++table->count;
    table->entries[place] = {};
    table->entries[place].function = kTagLeaf;
    table->entries[place].eax = tag;
    return Ask(vcpu, "KVM_SET_CPUID2", kSetCpuid2, At(table.get()));
  }

  Refused SetRegisters(int vcpu, const Payload& payload, std::uint64_t input) {
    kvm_sregs system{};
    if (auto refused = Ask(vcpu, "KVM_GET_SREGS", KVM_GET_SREGS, At(&system))) return refused;
    payload.set_mode(&system);
    if (auto refused = Ask(vcpu, "KVM_SET_SREGS", KVM_SET_SREGS, At(&system))) return refused;
    kvm_regs general{};
    general.rip = payload.entry;
    general.rbp = input;
    general.rflags = 2;  // the bit that is always 1
    return Ask(vcpu, "KVM_SET_REGS", KVM_SET_REGS, At(&general));
  }

  Refused RunToHalt(int vcpu, const kvm_run& shared) {
    const auto begin = std::chrono::steady_clock::now();
    int error = device_.Ioctl(vcpu, KVM_RUN, 0);
    while (error == -EINTR) {
      if (std::chrono::steady_clock::now() - begin >= kLongest) {
        return GuestRun{GuestOutcome::kWrong, "the guest did not halt within five seconds", false};
      }
      error = device_.Ioctl(vcpu, KVM_RUN, 0);
    }
    if (error < 0) return Refusal("KVM_RUN", error);
    if (shared.exit_reason != KVM_EXIT_HLT) return OtherEnd(shared);
    return std::nullopt;
  }

  GuestRun Compare(const Payload& payload, const PayloadInput& input) const {
    std::uint64_t result = 0;
    std::memcpy(&result, memory_->bytes.data() + payload.result_at, payload.result_size);
    const std::uint64_t expected = payload.expected(input);
    if (result == expected) return {GuestOutcome::kRan, {}, false};
    return {GuestOutcome::kWrong,
            fmt::format("computed {:#x} where {:#x} is right", result, expected), false};
  }

  KvmDevice& device_;
  int kvm_;
  std::size_t run_size_;
  std::unique_ptr<GuestMemory> memory_;
  Descriptor vm_;
};

// The result of a request for a number, or why there is none.
std::string WhatIsWrong(std::string_view request, int result, int expected) {
  return result < 0 ? Refusal(request, result).reason
                    : fmt::format("{}: {} where {} was expected", request, result, expected);
}

}  // namespace

KvmGuestRunner::KvmGuestRunner(KvmDevice& device) : device_(device), fd_(device.Open()) {
  if (fd_ < 0) {
    unavailable_ = WhyNotOpened(fd_);
    return;
  }
  const int version = device_.Ioctl(fd_, KVM_GET_API_VERSION, 0);
  const int size = device_.Ioctl(fd_, KVM_GET_VCPU_MMAP_SIZE, 0);
  if (version != KVM_API_VERSION) {
    unavailable_ = WhatIsWrong("KVM_GET_API_VERSION", version, KVM_API_VERSION);
  } else if (size < static_cast<int>(sizeof(kvm_run))) {
    unavailable_ = WhatIsWrong("KVM_GET_VCPU_MMAP_SIZE", size, sizeof(kvm_run));
  } else {
    run_size_ = static_cast<std::size_t>(size);
  }
}

KvmGuestRunner::~KvmGuestRunner() {
  if (fd_ >= 0) device_.Close(fd_);
}

GuestRun KvmGuestRunner::Run(LogicalCpu cpu, std::uint64_t input) {
  if (!unavailable_.empty()) return {GuestOutcome::kNotAsked, unavailable_, false};
  const auto tag = static_cast<std::uint32_t>(input >> 32) ^ Number(cpu);
  for (const Payload& payload : AllPayloads()) {
    GuestRun run = Guest(device_, fd_, run_size_).Run(payload, {input, tag});
    if (run.outcome == GuestOutcome::kRan) continue;
    run.reason = fmt::format("{}: {}", payload.name, run.reason);
    return run;
  }
  return {GuestOutcome::kRan, {}, false};
}

}  // namespace vtprobe
