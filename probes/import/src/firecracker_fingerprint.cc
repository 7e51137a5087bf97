// Firecracker's fingerprints (cpu-template-helper fingerprint dump): what KVM
// is told to show a guest before it boots. The dump of a CPU template is the
// same without the host around it, and is read too.
//
// A register is a bitmap, most significant bit first. In templates, a bit may be
// x: left as the host has it. A register with such a bit is not a value.
//
// The versions in a fingerprint are the host's. The subject is the guest, which
// has no kernel yet, so they are kept under names that nobody judges by.
// [firecracker] docs/cpu_templates/cpu-template-helper.md

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cpu_collector.h"
#include "cpuid_output.h"
#include "importers.h"
#include "json_reader.h"
#include "text_lines.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::import {
namespace {

constexpr std::uint32_t kCpu = 0;

struct HostKey {
  std::string_view json;
  std::string_view meta;
};
constexpr std::array kHostKeys = {
    HostKey{"kernel_version", "host.kernel"},
    HostKey{"microcode_version", "host.microcode"},
    HostKey{"bios_version", "host.firmware.version"},
    HostKey{"bios_revision", "host.firmware.revision"},
};

// A register's value, in which some bits may be left open.
template <typename Unsigned>
struct Bitmap {
  Unsigned value = 0;
  bool is_open = false;
};

template <typename Unsigned>
std::optional<Bitmap<Unsigned>> ParseBitmap(std::string_view text) {
  if (text.starts_with("0b")) text.remove_prefix(2);
  constexpr int kBits = sizeof(Unsigned) * 8;
  Bitmap<Unsigned> bitmap;
  int bits = 0;
  for (const char c : text) {
    if (c == '_') continue;
    if (c != '0' && c != '1' && c != 'x') return std::nullopt;
    if (++bits > kBits) return std::nullopt;
    bitmap.value = static_cast<Unsigned>(bitmap.value << 1 | (c == '1' ? 1u : 0u));
    bitmap.is_open = bitmap.is_open || c == 'x';
  }
  if (bits == 0) return std::nullopt;
  bitmap.is_open = bitmap.is_open || bits < kBits;
  return bitmap;
}

// Firecracker reads its numbers in either base.
std::optional<std::uint32_t> ParseNumber(std::string_view text) {
  if (text.starts_with("0b")) return ParseDigits<std::uint32_t>(text.substr(2), 2);
  return ParsePrefixedHex<std::uint32_t>(text);
}

std::optional<CpuidRegister> RegisterNamed(std::string_view name) {
  if (name == "eax") return CpuidRegister::kEax;
  if (name == "ebx") return CpuidRegister::kEbx;
  if (name == "ecx") return CpuidRegister::kEcx;
  if (name == "edx") return CpuidRegister::kEdx;
  return std::nullopt;
}

// Members of one object may come in any order, so each is put together while
// the file is inside of it and used when it ends.
class Fingerprint final : public JsonVisitor {
 public:
  explicit Fingerprint(CpuCollector* collector) : collector_(collector) {}

  Objection OnValue(const JsonPath& path, std::optional<std::string_view> text) override {
    if (path.size() == 1) return OnHostValue(path.front(), text);
    const auto inner = InGuestConfig(path);
    if (Is(inner, {"cpuid_modifiers", "[]", "leaf"})) return Take(text, &leaf_);
    if (Is(inner, {"cpuid_modifiers", "[]", "subleaf"})) return Take(text, &subleaf_);
    if (Is(inner, {"cpuid_modifiers", "[]", "modifiers", "[]", "register"})) {
      if (text) register_ = RegisterNamed(*text);
      if (!register_) return "expected eax, ebx, ecx or edx";
    } else if (Is(inner, {"cpuid_modifiers", "[]", "modifiers", "[]", "bitmap"})) {
      if (text) cpuid_bitmap_ = ParseBitmap<std::uint32_t>(*text);
      if (!cpuid_bitmap_) return "expected a bitmap of at most 32 bits, as \"0b101x\"";
    } else if (Is(inner, {"msr_modifiers", "[]", "addr"})) {
      return Take(text, &address_);
    } else if (Is(inner, {"msr_modifiers", "[]", "bitmap"})) {
      if (text) msr_bitmap_ = ParseBitmap<std::uint64_t>(*text);
      if (!msr_bitmap_) return "expected a bitmap of at most 64 bits, as \"0b101x\"";
    }
    return std::nullopt;
  }

  Objection OnEnter(const JsonPath& path) override {
    const auto inner = InGuestConfig(path);
    if (Is(inner, {"cpuid_modifiers"}) || Is(inner, {"msr_modifiers"})) is_x86_ = true;
    if (Is(inner, {"cpuid_modifiers", "[]"})) {
      leaf_.reset();
      subleaf_.reset();
      answer_ = {{}, 0};
    } else if (Is(inner, {"cpuid_modifiers", "[]", "modifiers", "[]"})) {
      register_.reset();
      cpuid_bitmap_.reset();
    } else if (Is(inner, {"msr_modifiers", "[]"})) {
      address_.reset();
      msr_bitmap_.reset();
    }
    return std::nullopt;
  }

  Objection OnLeave(const JsonPath& path) override {
    const auto inner = InGuestConfig(path);
    if (Is(inner, {"cpuid_modifiers", "[]"})) {
      if (!leaf_ || !subleaf_) return "expected a leaf and a subleaf in this object";
      if (answer_.recorded != 0) collector_->AddCpuid({*leaf_, *subleaf_}, answer_, 0);
    } else if (Is(inner, {"cpuid_modifiers", "[]", "modifiers", "[]"})) {
      if (!register_ || !cpuid_bitmap_) return "expected a register and a bitmap in this object";
      if (cpuid_bitmap_->is_open) {
        ++open_;
      } else {
        Store(*register_, cpuid_bitmap_->value, &answer_);
      }
    } else if (Is(inner, {"msr_modifiers", "[]"})) {
      if (!address_ || !msr_bitmap_) return "expected an addr and a bitmap in this object";
      if (msr_bitmap_->is_open) {
        ++open_;
      } else {
        collector_->AddMsr(MsrAddress{*address_}, msr_bitmap_->value, 0);
      }
    }
    return std::nullopt;
  }

  bool is_x86() const { return is_x86_; }
  std::size_t open() const { return open_; }
  // Metadata by key.
  const std::map<std::string, std::string>& host() const { return host_; }
  const std::string& version() const { return version_; }

 private:
  using Inner = std::span<const std::string>;

  // The path below guest_cpu_config, or below the root of a template.
  static Inner InGuestConfig(const JsonPath& path) {
    const Inner all(path);
    return !all.empty() && all.front() == "guest_cpu_config" ? all.subspan(1) : all;
  }

  static bool Is(Inner path, std::initializer_list<std::string_view> keys) {
    return std::equal(path.begin(), path.end(), keys.begin(), keys.end());
  }

  static Objection Take(std::optional<std::string_view> text,
                        std::optional<std::uint32_t>* number) {
    if (text) *number = ParseNumber(*text);
    if (!*number) return "expected a number of at most 32 bits, as \"0x8000001d\"";
    return std::nullopt;
  }

  Objection OnHostValue(std::string_view key, std::optional<std::string_view> text) {
    if (!text) return std::nullopt;
    if (key == "firecracker_version") version_ = *text;
    for (const HostKey& host : kHostKeys) {
      if (host.json == key) host_.emplace(host.meta, *text);
    }
    return std::nullopt;
  }

  CpuCollector* collector_;
  bool is_x86_ = false;
  std::size_t open_ = 0;
  std::map<std::string, std::string> host_;
  std::string version_;

  std::optional<std::uint32_t> leaf_;
  std::optional<std::uint32_t> subleaf_;
  PartialCpuid answer_{{}, 0};
  std::optional<CpuidRegister> register_;
  std::optional<Bitmap<std::uint32_t>> cpuid_bitmap_;
  std::optional<std::uint32_t> address_;
  std::optional<Bitmap<std::uint64_t>> msr_bitmap_;
};

Confidence Recognize(const File& file) {
  const std::string_view text = WithoutByteOrderMark(file.content);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{') return Confidence::kNone;
  for (const std::string_view key :
       {"\"guest_cpu_config\"", "\"cpuid_modifiers\"", "\"msr_modifiers\""}) {
    if (text.find(key) != std::string_view::npos) return Confidence::kCertain;
  }
  return Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const File& file = files.front();
  if (files.size() > 1) {
    return tl::unexpected(
        Error{files[1].name, 0, 0, "a fingerprint holds a whole guest: give one file"});
  }
  CpuCollector collector;
  // A number that a CPU can have.
  static_cast<void>(collector.OpenCpu(kCpu));
  Fingerprint fingerprint(&collector);
  if (auto error = ReadJson(file, &fingerprint)) return tl::unexpected(*std::move(error));
  if (!fingerprint.is_x86()) {
    return tl::unexpected(Error{file.name, 0, 0,
                                "expected cpuid_modifiers or msr_modifiers: a fingerprint of an "
                                "x86 guest has both"});
  }
  Metadata& metadata = collector.metadata();
  metadata.Set(meta::kStage, "guest");
  metadata.Set(meta::kTool, "Firecracker " + fingerprint.version());
  for (const auto& [key, value] : fingerprint.host()) metadata.Set(key, value);
  if (fingerprint.open() != 0) {
    collector.AddNote(
        fmt::format("registers left out: {}. Some of their bits are open (x), which is no value",
                    fingerprint.open()));
  }
  return std::move(collector).Build(file);
}

}  // namespace

const Importer kFirecrackerFingerprint{.name = "firecracker",
                                       .title = "Firecracker's fingerprint of a guest (JSON)",
                                       .detect = Recognize,
                                       .import = Import};

}  // namespace vtprobe::import
