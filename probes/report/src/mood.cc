#include "mood.h"

namespace vtprobe {

Mood MoodOf(Usable usable) {
  switch (usable) {
    case Usable::kYes:
      return Mood::kOk;
    case Usable::kUnknown:
      return Mood::kUnknown;
    case Usable::kNo:
    case Usable::kNotYet:
      return Mood::kBad;
  }
  return Mood::kUnknown;
}

Mood MoodOf(const VirtualizationVerdict& verdict) {
  if (verdict.guests && verdict.guests->IsFailure()) return Mood::kBad;
  return MoodOf(verdict.usable);
}

Mood MoodOf(int exit_code) {
  constexpr int kUndetermined = 2;
  if (exit_code == 0) return Mood::kOk;
  return exit_code == kUndetermined ? Mood::kUnknown : Mood::kBad;
}

std::string_view Name(Mood mood) {
  switch (mood) {
    case Mood::kOk:
      return "ok";
    case Mood::kUnknown:
      return "unknown";
    case Mood::kAdvice:
      return "advice";
    case Mood::kBad:
      return "bad";
  }
  return {};
}

std::string_view Sign(Mood mood) {
  switch (mood) {
    case Mood::kOk:
      return "\u2713";
    case Mood::kUnknown:
      return "?";
    case Mood::kAdvice:
      return "!";
    case Mood::kBad:
      return "\u2717";
  }
  return {};
}

}  // namespace vtprobe
