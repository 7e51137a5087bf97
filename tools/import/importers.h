// The importers' declarations, made from importers.def.

#ifndef VTPROBE_TOOLS_IMPORT_IMPORTERS_H_
#define VTPROBE_TOOLS_IMPORT_IMPORTERS_H_

#include "import/importer.h"

namespace vtprobe::import {

#define VTPROBE_IMPORTER(constant) extern const Importer constant;
#include "import/importers.def"
#undef VTPROBE_IMPORTER

}  // namespace vtprobe::import

#endif  // VTPROBE_TOOLS_IMPORT_IMPORTERS_H_
