// Any bytes as what a Linux host says of itself: each file that is looked at has
// a part of the input, the kernel's log the rest. What is said of the host can be
// written into a recording and read back.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "check.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/snapshot.h"

namespace {

namespace fs = std::filesystem;
using vtprobe::Check;

// A folder that is there as long as the process is.
class Root {
 public:
  Root() {
    // A file system in memory, where there is one.
    const fs::path parent = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    std::string pattern = (parent / "vtprobe-fuzz-XXXXXX").string();
    Check(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Root() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  void Write(std::string_view file, std::string_view content) const {
    const fs::path place = path_ / file;
    if (!fs::exists(place)) fs::create_directories(place.parent_path());
    std::ofstream(place, std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

constexpr std::array kFiles = {std::string_view("sys/devices/system/cpu/online"),
                               std::string_view("sys/devices/system/cpu/present"),
                               std::string_view("proc/sys/kernel/osrelease"),
                               std::string_view("proc/cpuinfo"),
                               std::string_view("proc/config.gz"),
                               std::string_view("sys/kernel/security/lockdown"),
                               std::string_view("sys/class/dmi/id/bios_date"),
                               std::string_view("sys/class/dmi/id/board_name"),
                               std::string_view("sys/module/kvm_intel/parameters/ept"),
                               std::string_view("sys/hypervisor/type"),
                               std::string_view("sys/firmware/efi/efivars/"
                                                "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"),
                               std::string_view("sys/firmware/acpi/tables/DMAR"),
                               std::string_view("sys/kernel/boot_params/data")};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Root root;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (const std::string_view file : kFiles) {
    const std::string_view content = rest.substr(0, rest.find('\f'));
    rest.remove_prefix(std::min(content.size() + 1, rest.size()));
    root.Write(file, content);
  }
  root.Write("dev/kmsg", rest);
  const vtprobe::HostContext host = vtprobe::ReadHostContext(root.path());
  Check(!host.online.Intersects(host.offline));
  vtprobe::PlatformSnapshot snapshot;
  snapshot.mutable_metadata() = host.metadata;
  const auto again = vtprobe::ParseDump(vtprobe::WriteDump(snapshot));
  Check(again && again->metadata() == host.metadata);
  return 0;
}
