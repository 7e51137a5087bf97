// What the process does that keeps a store (store_keeper.h).

#ifndef VTPROBE_TOOLS_VTPROBE_STORE_KEEPING_H_
#define VTPROBE_TOOLS_VTPROBE_STORE_KEEPING_H_

#include "store_keeper.h"
#include "store_line.h"

namespace vtprobe {

// Does what comes over the line until it was committed or abandoned, the other end is
// gone, or it fails, which is told.
void KeepStore(const StoreAccess& access, StoreLine* line);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_STORE_KEEPING_H_
