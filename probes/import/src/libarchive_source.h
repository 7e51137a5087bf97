// What bzip2, xz and zstd data unpack to, by libarchive.

#ifndef VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_SOURCE_H_
#define VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_SOURCE_H_

#include <string>
#include <tl/expected.hpp>

#include "byte_source.h"

namespace vtprobe::import {

// An error if libarchive is missing, or was built without one of them.
tl::expected<ByteSourcePtr, std::string> LibarchiveSource(ByteSourcePtr packed);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_SOURCE_H_
