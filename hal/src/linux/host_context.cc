#include "vtprobe/hal/host_context.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "linux/acpi.h"
#include "linux/cpu_presence.h"
#include "linux/firmware.h"
#include "linux/host_file.h"
#include "linux/hsti.h"
#include "linux/interrupt_remapping.h"
#include "linux/iommu.h"
#include "linux/kernel_config.h"
#include "linux/kernel_log.h"
#include "linux/kvm_feature_msrs.h"
#include "linux/kvm_module.h"
#include "linux/lockdown.h"
#include "linux/measured_launch.h"
#include "linux/microcode.h"
#include "linux/psp.h"
#include "linux/secure_boot.h"
#include "linux/sev_firmware.h"
#include "linux/smt.h"
#include "linux/tdx_module.h"
#include "linux/xen.h"

namespace vtprobe {

HostContext ReadHostContext(const std::filesystem::path& root) {
  HostContext context;
  context.online = ReadOnlineCpus(root);
  context.offline = ReadOfflineCpus(root, context.online);

  // Set() keeps no empty value, so what is absent stays so.
  Metadata& metadata = context.metadata;
  const auto release = ReadAttribute(root / "proc/sys/kernel/osrelease");
  metadata.Set(meta::kKernel, release.value_or(std::string()));
  const auto config = ReadKernelConfig(root, release);
  if (const auto kvm_intel = config ? config->Setting("CONFIG_KVM_INTEL") : std::nullopt) {
    metadata.Set(meta::kKvmIntel, std::string_view(&*kvm_intel, 1));
  }
  const auto hypervisor = ReadAttribute(root / "sys/hypervisor/type");
  if (!hypervisor) {
    if (const auto measured = ReadMeasuredLaunch(root, config)) {
      metadata.Set(meta::kMeasuredLaunch, *measured ? "yes" : "no");
    }
  }
  metadata.Set(meta::kHypervisor, hypervisor.value_or(std::string()));
  metadata.Set(meta::kMicrocode, ReadMicrocode(root, context.online));
  const Firmware firmware = ReadFirmware(root);
  metadata.Set(meta::kFirmwareVendor, firmware.vendor);
  metadata.Set(meta::kFirmwareVersion, firmware.version);
  metadata.Set(meta::kFirmwareDate, firmware.date);
  metadata.Set(meta::kBoard, firmware.board);
  metadata.Set(meta::kLockdown, ReadLockdown(root));
  metadata.Set(meta::kSecureBoot, ReadSecureBoot(root));
  metadata.Set(meta::kIommuTable, ReadIommuTable(root));
  metadata.Set(meta::kIommuUnits, ReadIommuUnits(root));
  metadata.Set(meta::kInterruptRemapping, ReadInterruptRemapping(root));
  metadata.Set(meta::kSmt, ReadSmt(root));
  ReadAcpi(root, &metadata);
  if (metadata.Get(meta::kCpusAnnounced) && !context.online.empty()) {
    metadata.Set(meta::kCpusOnline, std::to_string(context.online.Count()));
  }
  ReadPsp(root, &metadata);
  ReadTdxModule(root, &metadata);
  ReadHsti(root, &metadata);
  ReadXen(root, &metadata);
  ReadKvmModule(root, &metadata);
  PosixKvmCalls kvm_calls;
  ReadKvmFeatureMsrs(root, kvm_calls, &metadata);
  PosixSevCalls sev_calls;
  ReadSevFirmware(root, sev_calls, &metadata);
  if (const auto messages = ReadVirtualizationMessages(root)) {
    metadata.Set(meta::kKernelLog, messages->complete ? "complete" : "partial");
    for (std::size_t i = 0; i < messages->lines.size(); ++i) {
      metadata.Set(std::string(meta::kKernelLog) + '.' + std::to_string(i + 1), messages->lines[i]);
    }
  }
  return context;
}

}  // namespace vtprobe
