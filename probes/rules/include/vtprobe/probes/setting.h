// What a profile may set of a rule: its parameters, and their values.

#ifndef VTPROBE_PROBES_SETTING_H_
#define VTPROBE_PROBES_SETTING_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace vtprobe {

// The lowest microcode revision that is accepted, by CPU signature (leaf 1's
// EAX).
using RevisionFloors = std::map<std::uint32_t, std::uint32_t>;

struct Parameter {
  enum class Kind : std::uint8_t { kChoice, kNumber, kFloors };

  std::string_view name;
  Kind kind = Kind::kChoice;
  std::string_view meaning;  // with the unit of a number
  // Of kChoice: what there is to choose; the first is the default.
  std::span<const std::string_view> choices{};
};

// By the parameter's kind.
using Setting = std::variant<std::string, std::uint64_t, RevisionFloors>;
using Settings = std::map<std::string, Setting, std::less<>>;

// What is expected of a feature that some machines want and others don't.
inline constexpr std::array<std::string_view, 3> kAnyOnOff = {"any", "on", "off"};
inline constexpr std::array<Parameter, 1> kExpect = {
    Parameter{.name = "expect",
              .meaning = "what it must be; any: the same on every CPU",
              .choices = kAnyOnOff}};

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SETTING_H_
