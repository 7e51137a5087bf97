// `vtprobe serve` as a process, over a folder of its own, until it goes.

#ifndef VTPROBE_TESTS_MSRFS_SERVED_DUMP_H_
#define VTPROBE_TESTS_MSRFS_SERVED_DUMP_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "hal/temp_tree.h"

namespace vtprobe::msrfs {

// Why nothing can be mounted here; nothing if it can.
std::optional<std::string> WhyNothingCanBeMounted();

class ServedDump {
 public:
  // Waits until it is mounted; throws std::runtime_error if it does not come to
  // that.
  explicit ServedDump(const std::string& dump);
  ~ServedDump();
  ServedDump(const ServedDump&) = delete;
  ServedDump& operator=(const ServedDump&) = delete;

  const std::string& root() const { return root_; }
  bool IsMounted() const;
  // Sends the signal and waits: the exit status, -1 if the signal ended it.
  int End(int signal_number);
  // Sends the signal to all its processes, as a terminal does, over and over until
  // it has ended: the same.
  int EndAllAtOnce(int signal_number);

 private:
  TempTree tree_;
  std::string root_;
  pid_t pid_ = -1;
};

}  // namespace vtprobe::msrfs

#endif  // VTPROBE_TESTS_MSRFS_SERVED_DUMP_H_
