#include "linux/sev_firmware.h"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "linux/host_file.h"
#include "linux/read_only_ioctl.h"
#include "vtprobe/hal/hex.h"

namespace vtprobe {
namespace {

// [linux] drivers/crypto/ccp/sev-dev.h, SEV_STATE_...; include/linux/psp-sev.h
constexpr std::array<std::string_view, 3> kStates = {"uninit", "init", "working"};

std::string_view StateOf(std::uint8_t state) {
  return state < kStates.size() ? kStates[state] : std::string_view();
}

std::string Version(unsigned major, unsigned minor, unsigned build) {
  std::string text = std::to_string(major);
  text.append(".").append(std::to_string(minor)).append(".").append(std::to_string(build));
  return text;
}

void Describe(const SnpStatus& status, Metadata* metadata) {
  constexpr unsigned kRmpInitialized = 1;
  constexpr unsigned kAliasCheckComplete = 2;
  metadata->Set(meta::kSnpFirmware, Version(status.major, status.minor, status.build));
  metadata->Set(meta::kSnpState, StateOf(status.state));
  metadata->Set(meta::kSnpRmp, (status.checks & kRmpInitialized) != 0 ? "yes" : "no");
  metadata->Set(meta::kSnpAliasCheck, (status.checks & kAliasCheckComplete) != 0 ? "yes" : "no");
  metadata->Set(meta::kSnpTcb, HexText(status.tcb));
  metadata->Set(meta::kSnpReportedTcb, HexText(status.reported_tcb));
}

}  // namespace

int PosixSevCalls::Open(const std::filesystem::path& path) { return OpenCharacterDevice(path); }

int PosixSevCalls::ReadSevStatus(int fd, SevStatus* status) {
  return ReadSevStatusIoctl(fd, status);
}

int PosixSevCalls::ReadSnpStatus(int fd, SnpStatus* status) {
  return ReadSnpStatusIoctl(fd, status);
}

void PosixSevCalls::Close(int fd) { ::close(fd); }

void ReadSevFirmware(const std::filesystem::path& root, SevCalls& calls, Metadata* metadata) {
  // A node that nothing stands behind would have the kernel load a module.
  if (!IsFolder(root / "sys/class/misc/sev")) return;
  const int fd = calls.Open(root / "dev/sev");
  if (fd < 0) return;
  SevStatus sev;
  if (calls.ReadSevStatus(fd, &sev) == 0) {
    metadata->Set(meta::kSevFirmware, Version(sev.major, sev.minor, sev.build));
    metadata->Set(meta::kSevState, StateOf(sev.state));
  }
  SnpStatus snp;
  const bool runs_snp = metadata->Get("kvm_amd.sev_snp") == "Y";
  if (runs_snp && calls.ReadSnpStatus(fd, &snp) == 0) Describe(snp, metadata);
  calls.Close(fd);
}

}  // namespace vtprobe
