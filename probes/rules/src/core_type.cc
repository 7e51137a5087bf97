#include "core_type.h"

#include "vtprobe/registers/cpuid.h"

namespace vtprobe::rules {

CoreType CoreTypeOf(const RegisterView& cpu) {
  using registers::kCpuid1AEax;
  using registers::kCpuid7Edx;
  // Leaf 7 is not in every recording; one without it is not of a hybrid.
  if (registers::Read(cpu, kCpuid7Edx["HYBRID"]).value_or(0) == 0) return 0;
  const auto type = registers::Read(cpu, kCpuid1AEax["CORE_TYPE"]);
  if (!type) return std::nullopt;
  return *type;
}

}  // namespace vtprobe::rules
