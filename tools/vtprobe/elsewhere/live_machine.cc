#include "live_machine.h"

#include <fmt/format.h>
#include <sys/utsname.h>

namespace vtprobe {
namespace {

constexpr int kUndetermined = 2;

tl::unexpected<Failure> IsNoX86() {
  utsname system{};
  ::uname(&system);
  return Fails(
      kUndetermined,
      fmt::format("this machine is no x86 ({}): VT-x, AMD-V and their registers are not to "
                  "be found here. It judges recordings of machines that are: vtprobe FILE",
                  system.machine));
}

}  // namespace

OrFailure<HostContext> DescribeLiveMachine() { return IsNoX86(); }

OrFailure<PlatformSnapshot> ReadLiveMachine(const CapturePlan&, const HostContext&, Confinement*,
                                            unsigned) {
  return IsNoX86();
}

OrFailure<ProofReport> ProveLiveMachine(const HostContext&, unsigned) { return IsNoX86(); }

OrFailure<std::optional<Proof>> ProveIfAsked(const Arguments& arguments) {
  if (!arguments.proves) return std::nullopt;
  return IsNoX86();
}

}  // namespace vtprobe
