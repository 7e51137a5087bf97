// The system calls as a mock, for tests of how a device backend uses them.

#ifndef VTPROBE_TESTS_HAL_MOCK_DEVICE_CALLS_H_
#define VTPROBE_TESTS_HAL_MOCK_DEVICE_CALLS_H_

#include <gmock/gmock.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "vtprobe/hal/device_calls.h"

namespace vtprobe {

class MockDeviceCalls : public DeviceCalls {
 public:
  MOCK_METHOD(int, Open, (const std::string& path), (override));
  MOCK_METHOD(std::int64_t, Pread, (int fd, std::span<std::byte> buffer, std::uint64_t offset),
              (override));
  MOCK_METHOD(void, Close, (int fd), (override));
  MOCK_METHOD(bool, AnyCpuHasNode, (const std::string& root, const std::string& node), (override));
};

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_MOCK_DEVICE_CALLS_H_
