// What a gzip stream unpacks to, by zlib: libarchive 3.6 reads gzip's checksum
// and its length and compares neither.

#ifndef VTPROBE_PROBES_IMPORT_SRC_GZIP_SOURCE_H_
#define VTPROBE_PROBES_IMPORT_SRC_GZIP_SOURCE_H_

#include <string>
#include <tl/expected.hpp>

#include "byte_source.h"

namespace vtprobe::import {

// One member behind the other, as gzip reads them. [ietf/rfc1952] 2.2
tl::expected<ByteSourcePtr, std::string> GzipSource(ByteSourcePtr packed);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_GZIP_SOURCE_H_
