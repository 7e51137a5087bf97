// A CPU's raw leaves in the form in which libcpuid takes them.

#ifndef VTPROBE_TOOLS_IDENTITY_LIBCPUID_DATA_H_
#define VTPROBE_TOOLS_IDENTITY_LIBCPUID_DATA_H_

#include <libcpuid/libcpuid.h>

#include <memory>

#include "vtprobe/hal/register_view.h"

namespace vtprobe {

// Libcpuid knows no missing leaf: what was not read is 0.
std::unique_ptr<cpu_raw_data_t> LibcpuidData(const RegisterView& cpu);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_IDENTITY_LIBCPUID_DATA_H_
