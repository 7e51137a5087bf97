#include "this_machines_guests.h"

#include <chrono>
#include <cstdint>
#include <random>

#include "progress.h"
#include "vtprobe/proof/kvm.h"

namespace vtprobe {
namespace {

std::uint64_t Seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

Proof ProveThisMachine(const HostContext& host, unsigned seconds) {
  LinuxKvmDevice device;
  KvmGuestRunner runner(device);
  Progress progress("CPUs ran guests");
  return Prove(runner, FindGuestProvider("/", host.metadata),
               {.cpus = host.online,
                .at_least = std::chrono::seconds(seconds),
                .seed = Seed(),
                .progress = progress.Callback()});
}

}  // namespace vtprobe
