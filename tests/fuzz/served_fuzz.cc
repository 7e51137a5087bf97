// Any requests of a kernel that has a recording mounted: what is looked up,
// opened and read answers, and never with more than was asked for.
//
// A request is 24 bytes: what is done, to which file, at which offset, with which
// size.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "check.h"
#include "msrfs/tree.h"
#include "vtprobe/hal/dump.h"

namespace {

using vtprobe::Check;
namespace msrfs = vtprobe::msrfs;

const vtprobe::PlatformSnapshot& Recording() {
  static const vtprobe::PlatformSnapshot snapshot =
      vtprobe::ParseDump(
          "vtprobe-dump 1\n"
          "cpu 0-3\n"
          "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
          "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n"
          "cpuid 0xb.0x1 ! not-pinned\n"
          "msr 0x3a = 0x5\n"
          "msr 0x48b ! general-protection\n"
          "cpu 4\n"
          "msr 0x3a ! no-driver\n"
          "cpu 9 offline\n"
          "msr 0xc0010114 = 0x18\n")
          .value();
  return snapshot;
}

struct Request {
  std::uint32_t what;
  std::uint32_t size;
  std::uint64_t inode;
  std::uint64_t offset;
};

void Read(const msrfs::Tree& tree, const Request& request) {
  constexpr std::size_t kMostRead = std::size_t{1} << 16;
  const auto file = msrfs::Tree::FileOf(request.inode);
  if (!file || !tree.answers().Exists(file->cpu, file->node)) return;
  const std::size_t size = std::min<std::size_t>(request.size, kMostRead);
  const msrfs::Answer answer = tree.answers().Read(file->cpu, file->node, request.offset, size);
  Check(answer.bytes.size() <= size && (answer.sys_errno == 0 || answer.bytes.empty()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const msrfs::Tree tree(Recording(), 0, 0, 0);
  Request request{};
  for (; size >= sizeof request; data += sizeof request, size -= sizeof request) {
    std::memcpy(&request, data, sizeof request);
    switch (request.what % 4) {
      case 0:
        for (const auto& entry : tree.Entries(request.inode)) {
          Check(tree.Find(request.inode, entry.name) == entry.inode);
        }
        break;
      case 1: {
        const std::string_view name(reinterpret_cast<const char*>(data) + 16, request.size % 9);
        const auto found = tree.Find(request.inode, name);
        if (found) Check(tree.Attributes(*found).st_ino == *found);
        break;
      }
      case 2:
        static_cast<void>(tree.Attributes(request.inode));
        break;
      case 3:
        Read(tree, request);
        break;
    }
  }
  return 0;
}
