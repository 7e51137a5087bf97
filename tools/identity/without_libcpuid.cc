#include "identity/libcpuid_opinion.h"

namespace vtprobe {

std::optional<std::string> LibcpuidDoubt(const RegisterView&, std::string_view) {
  return std::nullopt;
}

}  // namespace vtprobe
