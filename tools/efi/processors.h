// All CPUs, as firmware counts them, and a procedure on each: by MP services
// (uefi/processors.h), and where firmware has none, the one CPU that runs this.

#ifndef VTPROBE_EFI_PROCESSORS_H_
#define VTPROBE_EFI_PROCESSORS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "firmware.h"
#include "uefi/processors.h"

namespace vtprobe::efi {

struct Processor {
  std::uint32_t number = 0;
  bool is_here = false;      // the one that runs this program
  std::string out_of_use{};  // why firmware has taken it out of use; empty: it has not
};

class Processors {
 public:
  explicit Processors(const Firmware& firmware);

  // Whether firmware told of CPUs at all. Otherwise there is one, of number 0.
  bool AreCounted() const { return counted_; }
  // Ascending by number.
  const std::vector<Processor>& all() const { return all_; }
  // Runs it on that CPU and comes back when it is done, or when firmware says that
  // it could not be; the CPU that failed may have run a part of it.
  uefi::Status RunOn(const Processor& processor, const std::function<void()>& procedure) const;

 private:
  uefi::MpServices* services_;
  bool counted_ = false;
  std::vector<Processor> all_;
};

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_PROCESSORS_H_
