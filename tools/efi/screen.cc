#include "screen.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "vtprobe/hal/hex.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe::efi {
namespace {

constexpr std::size_t kColumns = 79;
constexpr std::size_t kMostValues = 8;

void AddLine(std::string_view label, std::string_view text, std::string* screen) {
  constexpr std::size_t kLabel = 12;
  if (text.empty()) return;
  std::string line("  ");
  line.append(label).append(kLabel - std::min(label.size(), kLabel - 1), ' ').append(text);
  if (line.size() > kColumns) line.replace(kColumns - 3, std::string::npos, "...");
  screen->append(line).append("\n");
}

std::string_view Known(const PlatformSnapshot& snapshot, std::string_view key) {
  return snapshot.metadata().Get(key).value_or(std::string_view());
}

// "GenuineIntel, family 0x6 model 0x5e stepping 0x3" of the first CPU that says it.
std::string Machine(const PlatformSnapshot& snapshot) {
  for (const LogicalCpu cpu : snapshot.online().ToVector()) {
    const SnapshotCpu view(snapshot, cpu);
    const auto vendor = registers::ReadVendorString(view);
    const auto signature = registers::ReadSignature(view);
    if (!vendor || !signature) continue;
    std::string text(*vendor);
    text += ", family ";
    AppendHex(signature->family, &text);
    text += " model ";
    AppendHex(signature->model, &text);
    text += " stepping ";
    AppendHex(signature->stepping, &text);
    return text;
  }
  return "";
}

// CPUs by what one register gave, on a line each.
void AddValues(const PlatformSnapshot& snapshot, const MsrDef& msr, std::string* screen) {
  const auto values = snapshot.Values(msr.address);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& [cpus, reading] = values[i];
    if (i == kMostValues) {
      AddLine("", "and more values, which are in the recording", screen);
      return;
    }
    std::string text(msr.name);
    text += " (";
    AppendHex(Number(msr.address), &text);
    text += ") ";
    if (reading) {
      text += "= ";
      AppendHex(*reading, &text);
    } else {
      text.append("! ").append(Name(reading.error()));
    }
    text.append("  CPUs ").append(cpus.ToString());
    AddLine(i == 0 ? "switch" : "", text, screen);
  }
}

struct Counts {
  std::size_t read = 0;
  std::size_t failed = 0;
};

Counts CountMsrs(const PlatformSnapshot& snapshot) {
  Counts counts;
  for (const MsrAddress address : snapshot.Everything().msrs) {
    const auto values = snapshot.Values(address);
    const auto failed = [](const auto& value) { return !value.second; };
    counts.failed += std::any_of(values.begin(), values.end(), failed) ? 1u : 0u;
    counts.read += std::all_of(values.begin(), values.end(), failed) ? 0u : 1u;
  }
  return counts;
}

}  // namespace

std::string Screen(const PlatformSnapshot& snapshot) {
  std::string screen("\n");
  AddLine("machine", Machine(snapshot), &screen);
  AddLine("board", Known(snapshot, meta::kBoard), &screen);
  AddLine("firmware",
          std::string(Known(snapshot, meta::kFirmwareVendor))
              .append(" ")
              .append(Known(snapshot, meta::kFirmwareVersion))
              .append(" ")
              .append(Known(snapshot, meta::kFirmwareDate)),
          &screen);
  AddLine("CPUs",
          std::to_string(snapshot.online().Count())
              .append(" (")
              .append(snapshot.online().ToString())
              .append(")"),
          &screen);
  AddLine("out of use", Known(snapshot, "uefi.out_of_use"), &screen);
  AddLine("refused", Known(snapshot, "uefi.refused"), &screen);
  AddLine("no MSRs of", Known(snapshot, "uefi.msrs_not_read"), &screen);
  const Counts msrs = CountMsrs(snapshot);
  std::string registers = std::to_string(snapshot.Everything().cpuid.size());
  registers.append(" CPUID leaves, ").append(std::to_string(msrs.read)).append(" MSRs");
  if (msrs.failed != 0) {
    registers.append("; ").append(std::to_string(msrs.failed)).append(" MSRs failed on some CPU");
  }
  AddLine("registers", registers, &screen);
  AddValues(snapshot, registers::kFeatureControl, &screen);
  AddValues(snapshot, registers::kVmCr, &screen);
  return screen;
}

}  // namespace vtprobe::efi
