// A recorded machine as a /dev/cpu tree, for programs that were never written
// to read a recording.
//
// A plain sparse file can't do this: MSRs are 8 bytes at consecutive offsets,
// so neighbours would overlap, and no file faults. Character nodes would need
// CUSE. So it is a FUSE file system of regular files; device_answer.h says what
// they answer. It differs from the drivers' files in that
//   - they are regular files of 2^40 bytes, not character devices of none: some
//     readers compare the offset with the size first;
//   - a program that reads N/cpuid on without seeking gets leaves 16 numbers
//     apart, since the offset moves by the bytes read. The driver moves it by
//     the leaves;
//   - a CPUID leaf that nobody recorded is an error (ENODATA), where a CPU
//     answers every leaf. Programs that walk through all leaves end there.

#ifndef VTPROBE_TOOLS_MSRFS_SERVE_H_
#define VTPROBE_TOOLS_MSRFS_SERVE_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe::msrfs {

// Whose the files are: root's as in /dev/cpu, or those of the user who serves, and
// of nobody else.
struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

// Calls `begun` and answers what is asked by the device of a mount (mount.h) until
// that is unmounted. It takes the device over, and no right to anything else. Why it
// can't be served otherwise, as a sentence without its full stop.
tl::expected<void, std::string> Serve(const PlatformSnapshot& snapshot, Owner owner, int device,
                                      const std::function<void()>& begun);

}  // namespace vtprobe::msrfs

#endif  // VTPROBE_TOOLS_MSRFS_SERVE_H_
