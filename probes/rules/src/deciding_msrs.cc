#include "deciding_msrs.h"

#include "vtprobe/registers/gates.h"

namespace vtprobe::rules {

std::vector<const MsrDef*> DecidingMsrs(const Rule& rule) {
  std::vector<const MsrDef*> msrs;
  if (rule.applies != nullptr) registers::AddMsrsLookedAt(*rule.applies, &msrs);
  for (const MsrDef* const msr : rule.msrs) {
    registers::AddMsrsLookedAt(msr->present->requirement, &msrs);
  }
  return msrs;
}

}  // namespace vtprobe::rules
