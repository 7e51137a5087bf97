#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

std::string_view Name(State state) {
  switch (state) {
#define VTPROBE_STATE(state, name) \
  case State::state:               \
    return name;
#include "vtprobe/probes/virtualization.def"
#undef VTPROBE_STATE
  }
  return {};
}

std::string_view Name(Technology technology) {
  switch (technology) {
    case Technology::kVtx:
      return "vt-x";
    case Technology::kSvm:
      return "svm";
    case Technology::kNone:
      return "none";
    case Technology::kUnknown:
      return "unknown";
  }
  return {};
}

std::string_view Name(Usable usable) {
  switch (usable) {
    case Usable::kNo:
      return "no";
    case Usable::kNotYet:
      return "not_yet";
    case Usable::kUnknown:
      return "unknown";
    case Usable::kYes:
      return "yes";
  }
  return {};
}

std::string_view Name(Attribution attribution) {
  switch (attribution) {
    case Attribution::kFirmware:
      return "firmware";
    case Attribution::kKernel:
      return "kernel";
    case Attribution::kFirmwareOrKernel:
      return "firmware_or_kernel";
    case Attribution::kHypervisor:
      return "hypervisor";
    case Attribution::kUnknown:
      return "unknown";
  }
  return {};
}

std::string_view Name(Speaker speaker) {
  switch (speaker) {
    case Speaker::kKernel:
      return "the kernel";
    case Speaker::kFirmware:
      return "the firmware";
    case Speaker::kProgram:
      return "a program on it";
  }
  return {};
}

}  // namespace vtprobe
