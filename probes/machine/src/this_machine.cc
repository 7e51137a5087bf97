#include "vtprobe/machine/this_machine.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "vtprobe/hal/cpuid_instruction.h"
#include "vtprobe/hal/msr_driver.h"
#include "vtprobe/probes/system.h"

namespace vtprobe {
namespace {

// The msr reader keeps a file open for each CPU, which a large machine's
// default limit does not bear.
void AllowOpenFiles(std::size_t count) {
  constexpr rlim_t kOthers = 64;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count + kOthers) return;
  limit.rlim_cur = std::min(limit.rlim_max, count + kOthers);
  // Where it is refused, the reads that find no descriptor say so.
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

}  // namespace

HostContext DescribeThisMachine() {
  HostContext host = ReadHostContext();
  if (host.online.empty()) host.online = CpusOfThisProcess();
  return host;
}

PlatformSnapshot ReadThisMachine(
    const CapturePlan& plan, const HostContext& host,
    const std::function<void(bool)>& devices_are_open,
    const std::function<void(MsrReader&, PlatformSnapshot*)>& and_then) {
  AllowOpenFiles(host.online.Count());
  const MsrDriver msrs = OpenMsrDriver(host.online);
  if (devices_are_open) devices_are_open(msrs.checks_each_read);
  CpuidInstruction cpuid;
  PlatformSnapshot snapshot =
      Capture(plan, host.online, host.offline, Metadata(), *msrs.reader, cpuid);
  Metadata& metadata = snapshot.mutable_metadata();
  metadata.Set(meta::kProvenance, "live");
  metadata.Set(meta::kStage, "os");
  for (const auto& [key, value] : host.metadata.entries()) metadata.Set(key, value);
  if (IsTakenInGuest(snapshot)) metadata.Set(meta::kStage, "guest");
  if (and_then) and_then(*msrs.reader, &snapshot);
  return snapshot;
}

}  // namespace vtprobe
