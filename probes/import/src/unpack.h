// Looks into compressed files and tar archives, all in memory.
//
// Nothing is ever written, so a member's path is a name and nothing more. What
// is not a regular file is passed over, and an archive within an archive stays
// shut.

#ifndef VTPROBE_PROBES_IMPORT_SRC_UNPACK_H_
#define VTPROBE_PROBES_IMPORT_SRC_UNPACK_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "vtprobe/import/allowance.h"
#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// Whether the content begins as gzip, bzip2, xz, zstd or tar does.
bool IsArchive(std::string_view content);

struct Member {
  std::string path;
  std::string content;
};

struct Unpacked {
  std::vector<Member> members;  // in the archive's order
  bool is_tar = false;          // false: one compressed file, named as the archive without .gz
};

// What an archive may unpack to. A small one may claim `allowance` bytes, a
// larger one `ratio` times its own size on top (a tar of a machine's hwloc
// files comes near 100), and none more than `total`: what says more than that
// is no recording.
struct UnpackLimits {
  std::size_t allowance = std::size_t{32} << 20;
  std::size_t ratio = 100;
  std::size_t total = kLargestRecording;
  std::size_t members = 100'000;
};

// An archive that breaks off, breaks a limit, or for which libarchive is
// missing is an error as a whole. What it unpacks to is taken from the
// allowance. Requires IsArchive(file.content).
tl::expected<Unpacked, Error> Unpack(const File& file, Allowance* allowance,
                                     const UnpackLimits& limits = {});

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_UNPACK_H_
