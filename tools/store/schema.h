// The tables and views of a store, which FORMAT-STORE.md describes.

#ifndef VTPROBE_TOOLS_STORE_SCHEMA_H_
#define VTPROBE_TOOLS_STORE_SCHEMA_H_

#include <string>

#include "store/database.h"

namespace vtprobe::store {

// Makes them where there are none. An error for a database of something else, or a
// store of another version.
OrFailure<void> PrepareTables(Database* database, Use use);

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_SCHEMA_H_
