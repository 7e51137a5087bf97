// Several recordings of one machine, one after the other.

#ifndef VTPROBE_TOOLS_VTPROBE_SEQUENCE_H_
#define VTPROBE_TOOLS_VTPROBE_SEQUENCE_H_

#include <string>
#include <vector>

#include "failure.h"

namespace vtprobe {

// kUsageError.
tl::unexpected<Failure> StandardInputTwice();

// The recordings that these paths stand for, the earliest first. A folder with a
// sequence.toml stands for the files that this lists:
//   recordings = ["pre-os.dump", "cold-boot.dump", "after-s3.dump"]
// kMalformedInput for a list that says something else, kUsageError if standard
// input is named twice.
OrFailure<std::vector<std::string>> RecordingsOf(const std::vector<std::string>& paths);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_SEQUENCE_H_
