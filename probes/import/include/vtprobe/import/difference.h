// A recorded machine that holds only what differs from another, its base: its
// manifest.toml says which that is ("A machine with a base" in
// recorded-msr-dumps/FORMAT.md).
//
// Whoever reads a machine.dump goes through here and has a whole dump from then
// on, from a folder and from an archive alike.

#ifndef VTPROBE_IMPORT_DIFFERENCE_H_
#define VTPROBE_IMPORT_DIFFERENCE_H_

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "vtprobe/import/importer.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {

// The content of another file of the collection, by its path, which begins as the
// difference's own does; or why it can't be had.
using ReadBeside = std::function<tl::expected<std::string, std::string>(const std::string& path)>;

// What is not a difference comes back as it is. Of a difference GROUP/NAME/FILE
// the manifest GROUP/NAME/manifest.toml is asked for its `base`, and the base's
// own machine.dump, which must be whole, makes it whole: its content is then a
// dump of format 1. Neither dump has more than 256 KiB. An error has the file that is wrong, and
// the place in it.
tl::expected<Input, Error> MadeWhole(Input input, const ReadBeside& read);

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_DIFFERENCE_H_
