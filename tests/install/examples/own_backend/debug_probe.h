// A debug probe that is spoken to in lines of text, as JTAG boxes are:
//   "rdmsr CPU ADDRESS"  ->  "ok VALUE", "fault" or "target gone"
// and a reader of registers through it.
#ifndef OWN_BACKEND_DEBUG_PROBE_H_
#define OWN_BACKEND_DEBUG_PROBE_H_

#include <vtprobe/hal/readers.h>

#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <utility>

class DebugProbeReader : public vtprobe::MsrReader {
 public:
  using Ask = std::function<std::string(const std::string& line)>;

  explicit DebugProbeReader(Ask ask) : ask_(std::move(ask)) {}

  vtprobe::Result<std::uint64_t> ReadMsr(vtprobe::LogicalCpu cpu,
                                         vtprobe::MsrAddress address) override {
    std::ostringstream line;
    line << std::hex << "rdmsr " << Number(cpu) << ' ' << Number(address);
    std::istringstream answer(ask_(line.str()));
    std::string word;
    std::uint64_t value = 0;
    answer >> word;
    if (word == "ok" && answer >> std::hex >> value) return value;
    if (word == "fault") return vtprobe::Fail(vtprobe::AccessCode::kGeneralProtection);
    if (word == "target") return vtprobe::Fail(vtprobe::AccessCode::kCpuOffline);
    return vtprobe::Fail(vtprobe::AccessCode::kIo);
  }

 private:
  Ask ask_;
};

#endif  // OWN_BACKEND_DEBUG_PROBE_H_
