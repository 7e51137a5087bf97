// The value of a switch by itself, where nobody recorded which CPU it is of.

#include "what_it_switches.h"

#include "judge_cpu.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kFeatureControl;
using registers::kVmCr;

constexpr std::uint64_t kInSmx = kFeatureControl["VMX_IN_SMX"].mask();

std::string_view OfVtx(State state, const RegisterReading& value) {
  switch (state) {
    case State::kEnabled:
      return !value.Knows(kInSmx) || (value.known_bits() & kInSmx) != 0
                 ? "VT-x on and locked"
                 : "VT-x on and locked, but not for a system under a measured launch (tboot)";
    case State::kEnabledInSmxOnly:
      return "VT-x on and locked for a system under a measured launch (TXT) only: any other finds "
             "it off";
    case State::kDisabledLocked:
      return "VT-x off and locked until the next reset";
    default:
      return "VT-x not locked: it can't be used until firmware or the kernel sets the lock";
  }
}

std::string_view OfSvm(State state) {
  switch (state) {
    case State::kEnabled:
      return "SVM on and locked";
    case State::kEnabledUnlocked:
      return "SVM on, not locked";
    case State::kDisabledUnlocked:
      return "SVM off, not locked";
    default:
      return "SVM off and locked; whether a key undoes the lock, CPUID leaf 8000_000A tells";
  }
}

// Empty where the bits that are known do not say.
std::string_view SwitchInWords(const MsrDef& msr, const RegisterReading& value) {
  SwitchQuestion question;
  question.address = msr.address;
  question.evidence = {Evidence{&msr, value}};
  if (&msr == &kVmCr) {
    question.technology = Technology::kSvm;
    const State state = JudgeSvmSwitch(question, value, {}).state;
    if (state != State::kIndeterminate) return OfSvm(state);
    return IsKnownOff(msr, value) ? "SVM off; whether that is locked is not known" : "";
  }
  const State state = JudgeVmxSwitch(question, value, {}).state;
  if (state != State::kIndeterminate) return OfVtx(state, value);
  return IsKnownOff(msr, value) ? "VT-x off; whether that is locked is not known" : "";
}

}  // namespace

void AppendSwitchInWords(std::string_view condition, const MsrDef& msr,
                         const RegisterReading& value, std::string* text) {
  if (value.known() == 0) return;
  const std::string_view words = SwitchInWords(msr, value);
  if (!words.empty()) text->append(condition).append(words).append(".");
}

std::string WhatItSwitches(MsrAddress address, const RegisterReading& value) {
  std::string text;
  if (address == kFeatureControl.address) {
    AppendSwitchInWords("On an Intel CPU: ", kFeatureControl, value, &text);
  } else if (address == kVmCr.address) {
    AppendSwitchInWords("On an AMD CPU: ", kVmCr, value, &text);
  }
  return text;
}

}  // namespace vtprobe
