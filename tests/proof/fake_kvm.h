// Stands in for KVM: its virtual CPUs do not run code but do what the two guests'
// descriptions say they do, or what a test has them do instead.

#ifndef VTPROBE_TESTS_PROOF_FAKE_KVM_H_
#define VTPROBE_TESTS_PROOF_FAKE_KVM_H_

#include <linux/kvm.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "vtprobe/proof/kvm.h"

namespace vtprobe {

class FakeKvm final : public KvmDevice {
 public:
  // The requests that the runner makes, in C's numbers.
  static constexpr unsigned long kCreateVm = 0xae01;
  static constexpr unsigned long kGetApiVersion = 0xae00;
  static constexpr unsigned long kRun = 0xae80;

  // What KVM_RUN does beside what a guest does.
  using OnRun = std::function<int(kvm_run* run)>;

  int Open() override;
  int Ioctl(int fd, unsigned long request, std::uintptr_t argument) override;
  void* Map(int fd, std::size_t size) override;
  void Unmap(void* address, std::size_t size) override;
  void Close(int fd) override;

  // Makes a request fail with -errno instead.
  void Fail(unsigned long request, int error) { failures_[request] = error; }
  void FailToOpen(int error) { open_error_ = error; }
  // Called in place of the guest, which computes nothing.
  void InsteadOfGuest(OnRun on_run) { on_run_ = std::move(on_run); }
  // Mixed into what every guest computes.
  void Miscalculate() { miscalculates_ = true; }

  // Descriptors and mappings that were not given back.
  std::size_t left_open() const { return open_.size() + mapped_.size(); }
  std::size_t guests() const { return guests_; }
  std::set<std::uint64_t> inputs() const { return inputs_; }

 private:
  struct Vm {
    std::byte* memory = nullptr;
    std::uint64_t size = 0;
    bool has_tss = false;
    bool has_identity_map = false;
  };
  struct Vcpu {
    int vm = 0;
    std::uint32_t tag = 0;
    bool has_cpuid = false;
    kvm_sregs system{};
    kvm_regs general{};
    std::unique_ptr<std::vector<std::uint64_t>> run;
  };

  int NewDescriptor();
  int OfDevice(unsigned long request, std::uintptr_t argument);
  int OfVm(int fd, unsigned long request, std::uintptr_t argument);
  int OfVcpu(int fd, unsigned long request, std::uintptr_t argument);
  int RunGuest(Vcpu& vcpu);

  mutable std::mutex mutex_;
  std::map<unsigned long, int> failures_;
  int open_error_ = 0;
  OnRun on_run_;
  bool miscalculates_ = false;
  int next_ = 100;
  int device_ = -1;
  std::set<int> open_;
  std::set<void*> mapped_;
  std::map<int, Vm> vms_;
  std::map<int, Vcpu> vcpus_;
  std::size_t guests_ = 0;
  std::set<std::uint64_t> inputs_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_PROOF_FAKE_KVM_H_
