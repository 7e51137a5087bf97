// Where an answer goes.

#ifndef VTPROBE_TOOLS_VTPROBE_OUTPUT_H_
#define VTPROBE_TOOLS_VTPROBE_OUTPUT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "failure.h"
#include "output_file.h"

namespace vtprobe {

class Output {
 public:
  virtual ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // All of it, or kOutputFailed.
  OrFailure<void> Write(std::string_view text);
  // The same: 0, or errno.
  virtual int TryToWrite(std::string_view text) = 0;

  // The regular file that it is to become; null for what is written to as it is.
  virtual const OutputPlace* place() const { return nullptr; }

  // "standard output", or the file's name, fit to be shown.
  const std::string& name() const { return name_; }

 protected:
  explicit Output(std::string name);

 private:
  std::string name_;
};

// Finds the place now, before anything is read and while the process has all its
// rights; writes nothing yet. No path, or "-", is standard output. kOutputFailed
// if there is no such place, kUsageError for an empty path.
OrFailure<std::unique_ptr<Output>> OpenOutput(const std::optional<std::string>& path,
                                              OutputMode mode);

// Writes to standard error. Whether that succeeds, there is nobody to tell.
void PrintError(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_OUTPUT_H_
