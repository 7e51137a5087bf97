#include "vtprobe/probes/today.h"

#include <array>
#include <ctime>

namespace vtprobe {

std::string TodayHere() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, sizeof("2026-01-01")> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &local)};
}

}  // namespace vtprobe
