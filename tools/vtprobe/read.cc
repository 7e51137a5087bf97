// vtprobe read: one register on every CPU, grouped by value.

#include <fmt/format.h>

#include "command.h"
#include "output.h"
#include "register_argument.h"
#include "subject.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/readings.h"

namespace vtprobe {
namespace {

constexpr int kAllRead = 0;
constexpr int kSomeNotRead = 2;

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("REGISTER", &arguments->reg,
            "Name or MSR address, with .FIELD for one field: IA32_FEATURE_CONTROL.LOCK")
      .Required()
      .Takes("");
  options->Add("--bits", &arguments->bits, "Only these bits").Takes("HI:LO");
  DeclareSubject(options, arguments);
  DeclareCapture(options, arguments);
  DeclareFormat(options, arguments);
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
  options->Footer("Exit status: 0 if every CPU was read, 2 if not.");
}

OrFailure<RegisterField> WhatToRead(const Arguments& arguments) {
  auto chosen = ParseRegisterField(arguments.reg);
  if (!chosen || !arguments.bits) return chosen;
  if (chosen->field) {
    return Fails(kUsageError, fmt::format("{} names a field, and --bits others: give one",
                                          Printable(arguments.reg)));
  }
  const auto bits = ParseBits(*arguments.bits, InfoOf(chosen->reg));
  if (!bits) return tl::unexpected(bits.error());
  chosen->field = *bits;
  return chosen;
}

// Whoever names a register wants it read, whatever CPUID says of it.
CapturePlan PlanFor(const NamedRegister& reg) {
  CapturePlan plan{.registers = {}, .absent_msrs = true};
  if (const auto* const cpuid = std::get_if<const CpuidDef*>(&reg)) {
    plan.registers.Add((*cpuid)->leaf);
  } else {
    plan.registers.Add(std::get<MsrAddress>(reg));
  }
  return plan;
}

Readings Collect(const PlatformSnapshot& snapshot, const RegisterField& what) {
  if (const auto* const cpuid = std::get_if<const CpuidDef*>(&what.reg)) {
    return ReadingsOf(snapshot, **cpuid, what.field);
  }
  return ReadingsOf(snapshot, std::get<MsrAddress>(what.reg), what.field);
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto what = WhatToRead(arguments);
  if (!what) return tl::unexpected(what.error());
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  const auto as_json = WantsJson(arguments);
  if (!as_json) return tl::unexpected(as_json.error());
  const auto subject = LoadSubject(arguments, process, [&] { return PlanFor(what->reg); });
  if (!subject) return tl::unexpected(subject.error());

  const Readings readings = Collect(subject->snapshot, *what);
  const int exit_code = readings.Complete() ? kAllRead : kSomeNotRead;
  const auto written =
      process.output->Write(*as_json ? RenderReadingsJson(readings, process.version, exit_code)
                                     : RenderReadingsText(readings, *style));
  if (!written) return tl::unexpected(written.error());
  return exit_code;
}

}  // namespace

const Command kRead{.name = "read",
                    .summary = "One register on every CPU, grouped by value",
                    .declare = Declare,
                    .run = Run,
                    .reads = ReadsOfSubject};

}  // namespace vtprobe
