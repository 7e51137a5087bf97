#include <vtprobe/fixtures/backend_contract.h>

#include <array>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "debug_probe.h"

// The box at the other end, which holds what the contract wants it to hold.
class BoxWithKnownRegisters {
 public:
  static constexpr std::array kFailures = {vtprobe::AccessCode::kGeneralProtection,
                                           vtprobe::AccessCode::kCpuOffline};

  explicit BoxWithKnownRegisters(const vtprobe::fixtures::KnownMsrs& known)
      : reader_([this](const std::string& line) { return Answer(line); }) {
    for (const auto& msr : known) {
      answers_[{Number(msr.cpu), Number(msr.address)}] = Line(msr.answer);
    }
  }

  vtprobe::MsrReader& reader() { return reader_; }

 private:
  static std::string Line(const vtprobe::Result<std::uint64_t>& answer) {
    if (!answer) {
      return answer.error().code == vtprobe::AccessCode::kCpuOffline ? "target gone" : "fault";
    }
    std::ostringstream line;
    line << "ok " << std::hex << *answer;
    return line.str();
  }

  std::string Answer(const std::string& line) const {
    std::istringstream words(line);
    std::string command;
    std::uint32_t cpu = 0;
    std::uint32_t address = 0;
    words >> command >> std::hex >> cpu >> address;
    const auto found = answers_.find({cpu, address});
    return found == answers_.end() ? "fault" : found->second;
  }

  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> answers_;
  DebugProbeReader reader_;
};

namespace vtprobe::fixtures {
INSTANTIATE_TYPED_TEST_SUITE_P(DebugProbe, MsrBackendContract, BoxWithKnownRegisters);
}  // namespace vtprobe::fixtures
