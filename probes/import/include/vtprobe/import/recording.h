// From files as they were given to one machine's snapshot: archives are looked
// into, the format is recognised, and what the snapshot should say of its own
// origin is filled in.

#ifndef VTPROBE_IMPORT_RECORDING_H_
#define VTPROBE_IMPORT_RECORDING_H_

#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/import/allowance.h"
#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// A file's bytes.
struct Input {
  std::string name;
  std::string content;
  // Somebody asked for this very file, so it must be understood. One that was
  // found in a folder may be something else and is then left alone.
  bool is_named = true;
};

// All inputs are of one machine, and taken from the allowance already; what
// they unpack to is taken here. `forced` is the importer of --from, null to
// recognise the format. Foreign recordings get provenance and source, and are
// marked as a guest's where the hypervisor bit says so.
tl::expected<Imported, Error> ReadRecording(std::vector<Input> inputs, const Importer* forced,
                                            const Options& options, Allowance* allowance);
// The same with an allowance of its own.
tl::expected<Imported, Error> ReadRecording(std::vector<Input> inputs, const Importer* forced,
                                            const Options& options);

// Whether a file that begins like this may be a recording: the first megabyte
// of one tells. So what never ends and is none need not be read to its end.
bool MayBeRecording(std::string_view beginning);

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_RECORDING_H_
