// Several recordings of one machine at one moment, made one: what each tool gave
// stands side by side. Two values of one register of one CPU are a contradiction,
// and named; CPUs without numbers are the same as the others', never more.

#ifndef VTPROBE_PROBES_IMPORT_SRC_MERGE_H_
#define VTPROBE_PROBES_IMPORT_SRC_MERGE_H_

#include <string>
#include <vector>

#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// What one file says.
struct Part {
  std::string name;
  Imported imported;
};

// At least one part. An error names the register, the CPU and both files. Of
// metadata that differ the first stand, and a note says so.
tl::expected<Imported, Error> Merged(std::vector<Part> parts);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_MERGE_H_
