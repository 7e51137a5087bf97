#include "linux/kvm_feature_msrs.h"

#include <unistd.h>

#include <string>
#include <string_view>

#include "linux/host_file.h"
#include "linux/read_only_ioctl.h"
#include "vtprobe/hal/hex.h"

namespace vtprobe {
namespace {

constexpr std::uint32_t kFirstVmxCapability = 0x480;
constexpr std::uint32_t kLastVmxCapability = 0x491;
constexpr std::uint32_t kDeCfg = 0xc001'1029;

// Nothing for a register that belongs to no extension.
std::string_view ExtensionOf(std::uint32_t address) {
  if (kFirstVmxCapability <= address && address <= kLastVmxCapability) return "vmx";
  return address == kDeCfg ? "svm" : "";
}

}  // namespace

int PosixKvmCalls::Open(const std::filesystem::path& path) { return OpenCharacterDevice(path); }

int PosixKvmCalls::ListFeatureMsrs(int fd, std::vector<std::uint32_t>* addresses) {
  return ListKvmFeatureMsrsIoctl(fd, addresses);
}

int PosixKvmCalls::ReadFeatureMsr(int fd, std::uint32_t address, std::uint64_t* value) {
  return ReadKvmFeatureMsrIoctl(fd, address, value);
}

void PosixKvmCalls::Close(int fd) { ::close(fd); }

void ReadKvmFeatureMsrs(const std::filesystem::path& root, KvmCalls& calls, Metadata* metadata) {
  if (!IsFolder(root / "sys/class/misc/kvm")) return;
  const int fd = calls.Open(root / "dev/kvm");
  if (fd < 0) return;
  std::vector<std::uint32_t> addresses;
  std::string_view extension;
  std::string text;
  if (calls.ListFeatureMsrs(fd, &addresses) == 0) {
    for (const std::uint32_t address : addresses) {
      std::uint64_t value = 0;
      // One that is listed and not given is not offered.
      if (calls.ReadFeatureMsr(fd, address, &value) != 0) continue;
      if (extension.empty()) extension = ExtensionOf(address);
      if (!text.empty()) text += ", ";
      AppendHex(address, &text);
      text += ':';
      AppendHex(value, &text);
    }
  }
  calls.Close(fd);
  metadata->Set(meta::kKvmExtension, extension);
  metadata->Set(meta::kKvmFeatureMsrs, text);
}

}  // namespace vtprobe
