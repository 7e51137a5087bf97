// Where the file of an answer is to stand, found once and held by descriptors.
//
// vtprobe runs as root, and whoever may write to a folder may put a link there,
// or a file of their own, before and while it runs. So a path is walked here
// component by component and no link is followed that another user could have
// made to lead somewhere: one that is not this user's nor root's must lead to
// what its owner owns, and in a folder in which everybody may create files it is
// refused altogether, as is another's file. What is found is kept open, and what
// happens to the path afterwards does not matter.

#ifndef VTPROBE_TOOLS_VTPROBE_OUTPUT_PLACE_H_
#define VTPROBE_TOOLS_VTPROBE_OUTPUT_PLACE_H_

#include <sys/stat.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "fd_io.h"

namespace vtprobe {

struct OutputPlace {
  // Of a regular file, or of one that is not there yet: its folder and its name
  // there. Opened with O_PATH.
  Fd folder{-1};
  std::string name;
  // Of the regular file that stands there.
  std::optional<struct stat> file;
  // What is no regular file, or is standard output: written to as it is.
  Fd stream{-1};
};

// An error says why there is no such place, in words for a person.
tl::expected<OutputPlace, std::string> FindOutputPlace(const std::string& path);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_OUTPUT_PLACE_H_
