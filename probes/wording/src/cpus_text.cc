#include "vtprobe/wording/cpus_text.h"

namespace vtprobe {

std::string CpusText(const CpuSet& cpus) {
  return std::string(cpus.Count() == 1 ? "CPU " : "CPUs ").append(cpus.ToString());
}

}  // namespace vtprobe
