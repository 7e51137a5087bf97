// The value of a switch by itself, where nobody recorded which CPU it is of.

#include "what_it_switches.h"

#include "judge_cpu.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kFeatureControl;
using registers::kVmCr;

std::string_view OfVtx(State state, std::uint64_t value) {
  switch (state) {
    case State::kEnabled:
      return kFeatureControl["VMX_IN_SMX"].IsSet(value)
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

}  // namespace

std::string_view SwitchInWords(const MsrDef& msr, std::uint64_t value) {
  SwitchQuestion question;
  question.guest = false;
  if (&msr == &kVmCr) {
    question.technology = Technology::kSvm;
    question.address = kVmCr.address;
    question.evidence = {Evidence{&msr, value}};
    return OfSvm(JudgeSvmSwitch(question, value, {}).state);
  }
  question.address = kFeatureControl.address;
  question.evidence = {Evidence{&msr, value}};
  return OfVtx(JudgeVmxSwitch(question, value, {}).state, value);
}

std::string WhatItSwitches(MsrAddress address, std::uint64_t value) {
  std::string text;
  if (address == kFeatureControl.address) {
    text.append("On an Intel CPU: ").append(SwitchInWords(kFeatureControl, value)).append(".");
  } else if (address == kVmCr.address) {
    text.append("On an AMD CPU: ").append(SwitchInWords(kVmCr, value)).append(".");
  }
  return text;
}

}  // namespace vtprobe
