// Why a register could not be read.
//
// Each cause stays what it was all the way into the report, since each asks
// for something else: loading a driver, becoming root, or nothing at all. The
// rows stand in access_error.def; enumerator, name, description and advice are
// made from them.

#ifndef VTPROBE_HAL_ACCESS_ERROR_H_
#define VTPROBE_HAL_ACCESS_ERROR_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vtprobe {

enum class AccessCode : std::uint8_t {
#define VTPROBE_ACCESS_ERROR(code, name, description, advice) code,
#include "vtprobe/hal/access_error.def"
#undef VTPROBE_ACCESS_ERROR
};

inline constexpr std::array kAllAccessCodes = {
#define VTPROBE_ACCESS_ERROR(code, name, description, advice) AccessCode::code,
#include "vtprobe/hal/access_error.def"
#undef VTPROBE_ACCESS_ERROR
};

struct AccessError {
  AccessCode code = AccessCode::kIo;

  friend constexpr bool operator==(const AccessError&, const AccessError&) = default;
};

// The name in dumps and reports, such as "general-protection".
std::string_view Name(AccessCode code);
// The inverse of Name(); nothing for a word that is no error's name.
std::optional<AccessCode> AccessCodeFromName(std::string_view name);
// What happened, as a clause without a full stop.
std::string_view Describe(AccessCode code);
// What a person does about it, as a clause without a full stop.
std::string_view Advise(AccessCode code);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_ACCESS_ERROR_H_
