#include "msrfs/tree.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "vtprobe/hal/numbers.h"

namespace vtprobe::msrfs {
namespace {

// CPU N's folder has the inode 4 (N + 1), its files those behind it.
constexpr Inode kInodesOfACpu = 4;

// Beyond every MSR's address, so that no reader thinks the file ended before.
constexpr off_t kFileSize = off_t{1} << 40;

struct Name {
  std::string_view name;
  Node node;
};
constexpr std::array kNames = {Name{"msr", Node::kMsr}, Name{"cpuid", Node::kCpuid}};

constexpr Inode FolderOf(LogicalCpu cpu) { return (Inode{Number(cpu)} + 1) * kInodesOfACpu; }

constexpr LogicalCpu CpuOf(Inode inode) {
  return LogicalCpu{static_cast<std::uint32_t>(inode / kInodesOfACpu - 1)};
}

constexpr Inode InodeOf(LogicalCpu cpu, Node node) {
  return FolderOf(cpu) + (node == Node::kMsr ? 1 : 2);
}

// A number as it is written: 7 is 7, 07 is not.
std::optional<LogicalCpu> CpuNamed(std::string_view name) {
  const auto number = ParseDigits<std::uint32_t>(name, 10);
  if (!number || std::to_string(*number) != name) return std::nullopt;
  return LogicalCpu{*number};
}

}  // namespace

std::optional<Tree::File> Tree::FileOf(Inode inode) {
  if (inode < kInodesOfACpu || inode % kInodesOfACpu == 0) return std::nullopt;
  return File{CpuOf(inode), inode % kInodesOfACpu == 1 ? Node::kMsr : Node::kCpuid};
}

std::vector<Tree::Entry> Tree::Entries(Inode folder) const {
  std::vector<Entry> entries;
  if (folder == kRootInode) {
    for (const LogicalCpu cpu : answers_.cpus()) {
      entries.push_back({std::to_string(Number(cpu)), FolderOf(cpu)});
    }
    // The newest first, as devtmpfs lists what was made in ascending order:
    // rdmsr -a walks the list backwards.
    std::reverse(entries.begin(), entries.end());
  } else if (!FileOf(folder)) {
    const LogicalCpu cpu = CpuOf(folder);
    for (const auto& [name, node] : kNames) {
      if (answers_.Exists(cpu, node)) entries.push_back({std::string(name), InodeOf(cpu, node)});
    }
  }
  return entries;
}

std::optional<Inode> Tree::Find(Inode folder, std::string_view name) const {
  if (folder == kRootInode) {
    const std::optional<LogicalCpu> cpu = CpuNamed(name);
    const auto& cpus = answers_.cpus();
    if (!cpu || !std::binary_search(cpus.begin(), cpus.end(), *cpu)) return std::nullopt;
    return FolderOf(*cpu);
  }
  for (const Entry& entry : Entries(folder)) {
    if (entry.name == name) return entry.inode;
  }
  return std::nullopt;
}

struct stat Tree::Attributes(Inode inode) const {
  struct stat attributes = {};
  attributes.st_ino = inode;
  attributes.st_uid = owner_;
  attributes.st_gid = group_;
  attributes.st_atime = attributes.st_mtime = attributes.st_ctime = time_;
  if (const std::optional<File> file = FileOf(inode)) {
    // The modes that the drivers give their nodes.
    attributes.st_mode = S_IFREG | (file->node == Node::kMsr ? 0600u : 0444u);
    attributes.st_nlink = 1;
    attributes.st_size = kFileSize;
  } else {
    attributes.st_mode = S_IFDIR | 0755u;
    attributes.st_nlink = 2;
  }
  return attributes;
}

}  // namespace vtprobe::msrfs
