#include "temp_folder.h"

#include <stdlib.h>

#include <string>
#include <system_error>

namespace vtprobe::bench {

TempFolder::TempFolder() {
  std::error_code error;
  std::string name =
      (std::filesystem::temp_directory_path(error) / "vtprobe-bench-XXXXXX").string();
  if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (is_made()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace vtprobe::bench
