// vtprobe registers: what is known of registers by name.

#include "command.h"
#include "output.h"
#include "reference_arguments.h"
#include "register_argument.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("NAME", &arguments->operand,
            "All about this one: a name or an MSR address, such as VM_CR, 0x3a, CPUID.01H:ECX")
      .Takes("");
  DeclareReference(options, arguments);
}

// A register that is defined.
OrFailure<NamedRegister> Defined(const std::string& name) {
  auto reg = ParseRegister(name);
  if (!reg || !InfoOf(*reg).name.empty()) return reg;
  return NoDefinition(std::get<MsrAddress>(*reg));
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  auto options = ReferenceOptionsOf(arguments, process);
  if (!options) return tl::unexpected(options.error());
  RegisterTables tables{registers::AllMsrs(), registers::AllCpuid()};
  const MsrDef* msr = nullptr;
  const CpuidDef* cpuid = nullptr;
  if (arguments.operand) {
    const auto reg = Defined(*arguments.operand);
    if (!reg) return tl::unexpected(reg.error());
    if (const auto* const address = std::get_if<MsrAddress>(&*reg)) {
      msr = registers::FindMsr(*address);
      tables = {{&msr, 1}, {}};
    } else {
      cpuid = std::get<const CpuidDef*>(*reg);
      tables = {{}, {&cpuid, 1}};
    }
    options->in_detail = true;
  }
  const auto written = process.output->Write(RenderRegisters(tables, *options));
  if (!written) return tl::unexpected(written.error());
  return 0;
}

}  // namespace

const Command kRegisters{.name = "registers",
                         .summary = "What is known: each register, or all about one",
                         .declare = Declare,
                         .run = Run};

}  // namespace vtprobe
