#include "vtprobe/hal/metadata.h"

#include <algorithm>
#include <array>

#include "vtprobe/hal/proof_record.h"
#include "vtprobe/hal/utf8.h"

namespace vtprobe {
namespace {

// A key whose values the decision engine tells apart. Free text would let a
// slip of the pen pass for a fact.
struct CheckedKey {
  std::string_view key;
  std::array<std::string_view, 4> values;  // empty ones at the end are none
  std::string_view prose;
};

constexpr std::array kCheckedKeys = {
    CheckedKey{meta::kProvenance, {"live", "recorded", "synthetic"}, "live, recorded or synthetic"},
    CheckedKey{meta::kStage, {"pre-os", "os", "guest"}, "pre-os, os or guest"},
    CheckedKey{meta::kBoot, {"cold", "warm"}, "cold or warm"},
    CheckedKey{meta::kKvmIntel, {"y", "m", "n"}, "y, m or n"},
    CheckedKey{meta::kMeasuredLaunch, {"yes", "no"}, "yes or no"},
    CheckedKey{meta::kLockdown,
               {"none", "integrity", "confidentiality"},
               "none, integrity or confidentiality"},
    CheckedKey{meta::kSecureBoot,
               {"on", "off", "setup-mode", "legacy-boot"},
               "on, off, setup-mode or legacy-boot"},
    CheckedKey{meta::kIommuTable, {"DMAR", "IVRS", "none"}, "DMAR, IVRS or none"},
    CheckedKey{meta::kInterruptRemapping, {"on", "off"}, "on or off"},
    CheckedKey{meta::kSmt, {"on", "off", "none"}, "on, off or none"},
    CheckedKey{meta::kSevState, {"uninit", "init", "working"}, "uninit, init or working"},
    CheckedKey{meta::kSnpState, {"uninit", "init"}, "uninit or init"},
    CheckedKey{meta::kSnpRmp, {"yes", "no"}, "yes or no"},
    CheckedKey{meta::kSnpAliasCheck, {"yes", "no"}, "yes or no"},
    CheckedKey{meta::kKvmModule, {"kvm_intel", "kvm_amd", "none"}, "kvm_intel, kvm_amd or none"},
    CheckedKey{meta::kKvmExtension, {"vmx", "svm"}, "vmx or svm"},
    CheckedKey{meta::kKernelLog, {"complete", "partial"}, "complete or partial"},
};

std::string Storable(std::string_view value) {
  static constexpr std::string_view kFullwidthNumberSign = "\xef\xbc\x83";
  // Nearly all are plain, and are taken as they stand.
  const std::size_t plain = std::min(PrintableAsciiLength(value), value.find('#'));
  std::string text(value.substr(0, plain));
  value.remove_prefix(text.size());
  while (!value.empty()) {
    const std::size_t length = PrintableLength(value);
    if (value.front() == '#') {
      text += kFullwidthNumberSign;
    } else if (length == 0) {
      text += ' ';
    } else {
      text += value.substr(0, length);
    }
    value.remove_prefix(length == 0 ? 1 : length);
  }
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::optional<std::string_view> Metadata::Get(std::string_view key) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) { return e.first == key; });
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

void Metadata::Set(std::string_view key, std::string_view value) {
  std::string storable = Storable(value);
  if (storable.empty()) return;
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) { return e.first == key; });
  if (found == entries_.end()) {
    if (entries_.empty()) entries_.reserve(16);  // of most machines enough
    entries_.emplace_back(std::string(key), std::move(storable));
  } else {
    found->second = std::move(storable);
  }
}

void Metadata::Erase(std::string_view key) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.first == key; });
}

std::optional<InvalidValue> Metadata::WhyInvalid(std::string_view key, std::string_view value) {
  for (const CheckedKey& checked : kCheckedKeys) {
    if (checked.key != key) continue;
    const bool known = !value.empty() && std::find(checked.values.begin(), checked.values.end(),
                                                   value) != checked.values.end();
    return known ? std::nullopt : std::optional(InvalidValue{checked.prose});
  }
  if (key == meta::kProof) {
    if (const auto proof = ParseProof(value); !proof) return proof.error();
  }
  return std::nullopt;
}

bool IsPreOs(const Metadata& metadata) { return metadata.Get(meta::kStage) == "pre-os"; }

}  // namespace vtprobe
