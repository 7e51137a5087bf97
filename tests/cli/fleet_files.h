// Recordings of a lab, in a folder of their own.

#ifndef VTPROBE_TESTS_CLI_FLEET_FILES_H_
#define VTPROBE_TESTS_CLI_FLEET_FILES_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "cli/dumps.h"
#include "hal/temp_tree.h"

namespace vtprobe {

class FleetFiles : public testing::Test {
 protected:
  // A machine's recording with that IA32_FEATURE_CONTROL.
  static std::string Dump(std::string_view value, std::string_view meta = {}) {
    return "vtprobe-dump 1\nmeta board = X\n" + std::string(meta) + "cpu 0-7\n" +
           std::string(kIntelLeaves) + "msr 0x3a = " + std::string(value) + '\n';
  }
  std::string File(const std::string& name, std::string_view text) {
    tree_.Write(name, 0, text);
    return Path(name);
  }
  std::string Path(const std::string& name) const { return tree_.root() + "/" + name; }

  TempTree tree_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_CLI_FLEET_FILES_H_
