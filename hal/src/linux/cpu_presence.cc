#include "linux/cpu_presence.h"

#include <string>
#include <string_view>

#include "linux/cpuinfo.h"
#include "linux/host_file.h"

namespace vtprobe {
namespace {

CpuSet ReadSysfsList(const std::filesystem::path& root, std::string_view name) {
  const auto text = ReadAttribute(root / "sys/devices/system/cpu" / name);
  if (!text) return {};
  return CpuSet::Parse(*text).value_or(CpuSet());
}

CpuSet ReadCpuinfoList(const std::filesystem::path& root) {
  std::string list;
  for (const std::string& number : ReadCpuinfoField(root, "processor")) {
    if (!list.empty()) list += ',';
    list += number;
  }
  return CpuSet::Parse(list).value_or(CpuSet());
}

}  // namespace

CpuSet ReadOnlineCpus(const std::filesystem::path& root) {
  CpuSet online = ReadSysfsList(root, "online");
  return online.empty() ? ReadCpuinfoList(root) : online;
}

CpuSet ReadOfflineCpus(const std::filesystem::path& root, const CpuSet& online) {
  return ReadSysfsList(root, "present").Difference(online);
}

}  // namespace vtprobe
