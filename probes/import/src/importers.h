// The importers' declarations, made from importers.def.

#ifndef VTPROBE_PROBES_IMPORT_SRC_IMPORTERS_H_
#define VTPROBE_PROBES_IMPORT_SRC_IMPORTERS_H_

#include "vtprobe/import/importer.h"

namespace vtprobe::import {

#define VTPROBE_IMPORTER(constant) extern const Importer constant;
#include "importers.def"
#undef VTPROBE_IMPORTER

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_IMPORTERS_H_
