// A register's value, bit by bit, in words.

#ifndef VTPROBE_REPORT_DECODE_H_
#define VTPROBE_REPORT_DECODE_H_

#include <string>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {

// Every field with its bits, its value and what that says, set or not; and the
// bits that are set though no field covers them. Of a register that decides
// whether virtualization is usable, that in a sentence at the end.
std::string RenderDecoded(const RegisterInfo& info, const RegisterReading& value,
                          const RenderOptions& options);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_DECODE_H_
