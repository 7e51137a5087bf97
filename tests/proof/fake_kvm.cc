#include "proof/fake_kvm.h"

#include <cerrno>
#include <cstring>

namespace vtprobe {
namespace {

constexpr std::size_t kRunWords = 3 * 4096 / sizeof(std::uint64_t);

template <typename T>
T* As(std::uintptr_t argument) {
  return reinterpret_cast<T*>(argument);
}

}  // namespace

int FakeKvm::NewDescriptor() {
  open_.insert(++next_);
  return next_;
}

int FakeKvm::Open() {
  const std::lock_guard lock(mutex_);
  if (open_error_ != 0) return open_error_;
  device_ = NewDescriptor();
  return device_;
}

int FakeKvm::Ioctl(int fd, unsigned long request, std::uintptr_t argument) {
  const std::lock_guard lock(mutex_);
  if (open_.count(fd) == 0) return -EBADF;
  if (const auto failure = failures_.find(request); failure != failures_.end()) {
    return failure->second;
  }
  if (fd == device_) return OfDevice(request, argument);
  return vms_.count(fd) != 0 ? OfVm(fd, request, argument) : OfVcpu(fd, request, argument);
}

int FakeKvm::OfDevice(unsigned long request, std::uintptr_t argument) {
  switch (request) {
    case kGetApiVersion:
      return 12;
    case 0xae04:  // KVM_GET_VCPU_MMAP_SIZE
      return kRunWords * sizeof(std::uint64_t);
    case kCreateVm: {
      const int fd = NewDescriptor();
      vms_[fd] = {};
      return fd;
    }
    case 0xc008'ae05: {  // KVM_GET_SUPPORTED_CPUID: two leaves without meaning
      auto* const count = As<std::uint32_t>(argument);
      auto* const entries = reinterpret_cast<kvm_cpuid_entry2*>(count + 2);
      if (*count < 2) return -E2BIG;
      *count = 2;
      entries[0] = {};
      entries[1] = {};
      entries[1].function = 1;
      return 0;
    }
    default:
      return -ENOTTY;
  }
}

int FakeKvm::OfVm(int fd, unsigned long request, std::uintptr_t argument) {
  Vm& vm = vms_[fd];
  switch (request) {
    case 0x4008'ae48:  // KVM_SET_IDENTITY_MAP_ADDR
      vm.has_identity_map = true;
      return 0;
    case 0xae47:  // KVM_SET_TSS_ADDR
      vm.has_tss = true;
      return 0;
    case 0x4020'ae46: {  // KVM_SET_USER_MEMORY_REGION
      const auto& region = *As<kvm_userspace_memory_region>(argument);
      if (region.guest_phys_addr != 0 || region.userspace_addr % 4096 != 0) return -EINVAL;
      vm.memory = reinterpret_cast<std::byte*>(region.userspace_addr);
      vm.size = region.memory_size;
      return 0;
    }
    case 0xae41: {  // KVM_CREATE_VCPU
      const int vcpu = NewDescriptor();
      vcpus_[vcpu].vm = fd;
      vcpus_[vcpu].run = std::make_unique<std::vector<std::uint64_t>>(kRunWords);
      return vcpu;
    }
    default:
      return -ENOTTY;
  }
}

int FakeKvm::OfVcpu(int fd, unsigned long request, std::uintptr_t argument) {
  const auto found = vcpus_.find(fd);
  if (found == vcpus_.end()) return -ENOTTY;
  Vcpu& vcpu = found->second;
  switch (request) {
    case 0x4008'ae90: {  // KVM_SET_CPUID2
      const auto* const count = As<const std::uint32_t>(argument);
      const auto* const entries = reinterpret_cast<const kvm_cpuid_entry2*>(count + 2);
      vcpu.has_cpuid = *count == 3;  // those that are supported, and the brand string
      for (std::uint32_t i = 0; i < *count; ++i) {
        if (entries[i].function == 0x8000'0002) vcpu.tag = entries[i].eax;
      }
      return 0;
    }
    case 0x8138'ae83:  // KVM_GET_SREGS
      *As<kvm_sregs>(argument) = {};
      return 0;
    case 0x4138'ae84:  // KVM_SET_SREGS
      vcpu.system = *As<const kvm_sregs>(argument);
      return 0;
    case 0x4090'ae82:  // KVM_SET_REGS
      vcpu.general = *As<const kvm_regs>(argument);
      return 0;
    case kRun:
      return RunGuest(vcpu);
    default:
      return -ENOTTY;
  }
}

// What the guests' listings say, worked out by hand: in real mode the lower half of
// the input, in 64-bit mode, which the registers tell, all of it.
int FakeKvm::RunGuest(Vcpu& vcpu) {
  auto* const run = reinterpret_cast<kvm_run*>(vcpu.run->data());
  if (on_run_) return on_run_(run);
  const Vm& vm = vms_[vcpu.vm];
  if (!vm.has_tss || !vm.has_identity_map || !vcpu.has_cpuid || vm.size != 9 * 4096) return -EINVAL;
  if (vcpu.general.rip != 0x1000 || vcpu.general.rflags != 2) return -EINVAL;
  ++guests_;
  inputs_.insert(vcpu.general.rbp);
  const bool is_long = (vcpu.system.efer & 0x500) == 0x500 && vcpu.system.cs.l == 1;
  std::uint64_t result = (std::uint64_t{vcpu.tag} << 32 ^ vcpu.general.rbp) * 0x9e3779b97f4a7c15;
  if (!is_long) {
    result = (vcpu.tag ^ vcpu.general.rbp) * 0x9e3779b1 & 0xffff'ffff;
  }
  if (miscalculates_) ++result;
  std::memcpy(vm.memory + (is_long ? 0x8000 : 0x7000), &result, is_long ? 8 : 4);
  run->exit_reason = KVM_EXIT_HLT;
  return 0;
}

void* FakeKvm::Map(int fd, std::size_t size) {
  const std::lock_guard lock(mutex_);
  const auto vcpu = vcpus_.find(fd);
  if (vcpu == vcpus_.end() || size != kRunWords * sizeof(std::uint64_t)) return nullptr;
  mapped_.insert(vcpu->second.run->data());
  return vcpu->second.run->data();
}

void FakeKvm::Unmap(void* address, std::size_t) {
  const std::lock_guard lock(mutex_);
  mapped_.erase(address);
}

void FakeKvm::Close(int fd) {
  const std::lock_guard lock(mutex_);
  open_.erase(fd);
}

}  // namespace vtprobe
