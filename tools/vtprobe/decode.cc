// vtprobe decode: what a value of a register says, field by field. It reads
// nothing from this machine.

#include "vtprobe/report/decode.h"

#include <fmt/format.h>

#include "command.h"
#include "output.h"
#include "register_argument.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("REGISTER", &arguments->reg,
            "Name or MSR address: IA32_FEATURE_CONTROL, 0x3a, CPUID.01H:ECX")
      .Required()
      .Takes("");
  options->Add("VALUE", &arguments->value, "Hexadecimal with 0x, or decimal").Required().Takes("");
  options->Add("--known", &arguments->known, "The bits of VALUE that are known, as a mask")
      .Takes("MASK");
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
}

OrFailure<std::uint64_t> ParseValue(const std::string& text, const RegisterInfo& info) {
  const auto value = ParseNumber(text);
  const std::uint64_t largest = ~std::uint64_t{0} >> (63 - info.highest_bit());
  if (value && *value <= largest) return *value;
  return Fails(kUsageError,
               fmt::format("{}: expected a value of at most {} bits, such as 0xff03 or 65283",
                           Printable(text), info.highest_bit() + 1));
}

// The value, or of it the bits of the mask.
OrFailure<RegisterReading> ParseReading(const Arguments& arguments, const RegisterInfo& info) {
  const auto value = ParseValue(arguments.value, info);
  if (!value) return tl::unexpected(value.error());
  if (arguments.known.empty()) return RegisterReading(*value);
  const auto known = ParseValue(arguments.known, info);
  if (!known) return tl::unexpected(known.error());
  if (*known == 0 || (*value & ~*known) != 0) {
    return Fails(kUsageError,
                 fmt::format("{}: expected a mask of the bits that are known, and among "
                             "them those of VALUE",
                             Printable(arguments.known)));
  }
  const std::uint64_t above = ~(~std::uint64_t{0} >> (63 - info.highest_bit()));
  return RegisterReading::OfBits(*value, *known | above);
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto reg = ParseRegister(arguments.reg);
  if (!reg) return tl::unexpected(reg.error());
  const RegisterInfo info = InfoOf(*reg);
  if (info.name.empty()) return NoDefinition(std::get<MsrAddress>(*reg));
  const auto value = ParseReading(arguments, info);
  if (!value) return tl::unexpected(value.error());
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());

  const auto written = process.output->Write(RenderDecoded(info, *value, *style));
  if (!written) return tl::unexpected(written.error());
  return 0;
}

}  // namespace

const Command kDecode{.name = "decode",
                      .summary = "What a register's value says, field by field",
                      .declare = Declare,
                      .run = Run};

}  // namespace vtprobe
