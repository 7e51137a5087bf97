#include "vtprobe/probes/core_type.h"

#include "vtprobe/registers/cpuid.h"

namespace vtprobe::rules {

CoreType CoreTypeOf(const RegisterView& cpu) {
  using registers::kCpuid1AEax;
  using registers::kCpuid7Edx;
  // Leaf 7 is not in every recording; one without it is not of a hybrid.
  if (registers::Read(cpu, kCpuid7Edx["HYBRID"]).value_or(0) == 0) return 0;
  const auto type = registers::Read(cpu, kCpuid1AEax);
  if (!type) return std::nullopt;
  return *type;
}

std::optional<Twins> OfOneCoreType(const RegisterView& cpu) {
  const CoreType type = CoreTypeOf(cpu);
  return type ? std::optional(Twins{*type, 0}) : std::nullopt;
}

std::optional<Twins> OfOneSignature(const RegisterView& cpu) {
  const CoreType type = CoreTypeOf(cpu);
  const auto signature = registers::Read(cpu, registers::kCpuid1Eax);
  return type && signature ? std::optional(Twins{*type, *signature}) : std::nullopt;
}

}  // namespace vtprobe::rules
