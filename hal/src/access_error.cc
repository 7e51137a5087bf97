#include "vtprobe/hal/access_error.h"

namespace vtprobe {

std::string_view Name(AccessCode code) {
  switch (code) {
#define VTPROBE_ACCESS_ERROR(code, name, description, advice) \
  case AccessCode::code:                                      \
    return name;
#include "vtprobe/hal/access_error.def"
#undef VTPROBE_ACCESS_ERROR
  }
  return {};
}

std::optional<AccessCode> AccessCodeFromName(std::string_view name) {
  for (const AccessCode code : kAllAccessCodes) {
    if (Name(code) == name) return code;
  }
  return std::nullopt;
}

std::string_view Describe(AccessCode code) {
  switch (code) {
#define VTPROBE_ACCESS_ERROR(code, name, description, advice) \
  case AccessCode::code:                                      \
    return description;
#include "vtprobe/hal/access_error.def"
#undef VTPROBE_ACCESS_ERROR
  }
  return {};
}

std::string_view Advise(AccessCode code) {
  switch (code) {
#define VTPROBE_ACCESS_ERROR(code, name, description, advice) \
  case AccessCode::code:                                      \
    return advice;
#include "vtprobe/hal/access_error.def"
#undef VTPROBE_ACCESS_ERROR
  }
  return {};
}

}  // namespace vtprobe
