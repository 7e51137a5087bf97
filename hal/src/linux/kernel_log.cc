#include "linux/kernel_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "linux/host_file.h"
#include "linux/plain_text.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe {
namespace {

// The largest ring buffer in common use takes a few megabytes.
constexpr std::size_t kMaxLogBytes = std::size_t{16} << 20;
// One read of /dev/kmsg gives one record; the kernel refuses a smaller buffer
// than the record needs, and makes none longer than this (CONSOLE_EXT_LOG_MAX).
constexpr std::size_t kMaxRecordBytes = 8192;

// The kernel's first message, printed before it looks at anything.
constexpr std::string_view kBanner = "Linux version ";

struct Log {
  std::string text;
  bool gapless = true;
};

std::optional<Log> ReadKmsg(const std::filesystem::path& path) {
  const auto file = HostFile::Open(path, HostFile::Kind::kRegularOrCharacterDevice);
  if (!file) return std::nullopt;
  Log log;
  std::array<char, kMaxRecordBytes> record;
  for (std::size_t budget = kMaxLogBytes; budget >= record.size();) {
    const ssize_t got = file->Read(record.data(), record.size());
    if (got == 0 || (got < 0 && errno == EAGAIN)) return log;
    if (got > 0) {
      log.text.append(record.data(), static_cast<std::size_t>(got));
      budget -= static_cast<std::size_t>(got);
    } else if (errno == EPIPE) {
      // Records were overwritten before they could be read; reading goes on
      // with the oldest that is left.
      log.gapless = false;
      budget -= record.size();
    } else {
      return std::nullopt;
    }
  }
  log.gapless = false;
  return log;
}

// The message of a record "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,...];MESSAGE",
// as Documentation/ABI/testing/dev-kmsg has it. The priority is the syslog
// facility times 8 plus the level, and facility 0 is the kernel's alone. Lines
// that start with a blank belong to the record before.
std::optional<std::string_view> KmsgMessage(std::string_view line) {
  static constexpr unsigned kFirstOfProcesses = 8;
  const auto priority = TakeDigits<unsigned>(&line, 10);
  if (!priority || !line.starts_with(',')) return std::nullopt;
  const std::size_t separator = line.find(';');
  if (separator == std::string_view::npos || *priority >= kFirstOfProcesses) return std::nullopt;
  return line.substr(separator + 1);
}

// The message of a line "[    0.000000] MESSAGE", as dmesg prints it; kernels
// that record callers add "[    T0]", and journalctl puts "kernel: " in front.
std::optional<std::string_view> DmesgMessage(std::string_view line) {
  static constexpr std::string_view kJournalIdentifier = "kernel: ";
  for (int stamp = 0; stamp < 2 && line.starts_with('['); ++stamp) {
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(end + 1);
  }
  line = Trimmed(line);
  if (line.starts_with(kJournalIdentifier)) line.remove_prefix(kJournalIdentifier.size());
  return line;
}

// Seconds since the epoch at which the kernel started.
std::optional<std::int64_t> BootTime(const std::filesystem::path& root) {
  static constexpr std::string_view kField = "btime ";
  const auto stat = ReadWholeFile(root / "proc/stat", kMaxLogBytes);
  if (!stat) return std::nullopt;
  std::string_view rest = *stat;
  while (auto line = TakeLine(&rest)) {
    if (!line->starts_with(kField)) continue;
    line->remove_prefix(kField.size());
    const auto seconds = ParseDigits<std::uint64_t>(*line, 10);
    if (!seconds || !std::in_range<std::int64_t>(*seconds)) return std::nullopt;
    return static_cast<std::int64_t>(*seconds);
  }
  return std::nullopt;
}

// Without a proof that it is this boot's, the file may speak of another kernel.
std::optional<Log> ReadDmesgFile(const std::filesystem::path& root) {
  const auto file = HostFile::Open(root / "var/log/dmesg");
  if (!file) return std::nullopt;
  const auto boot_time = BootTime(root);
  if (!boot_time || file->modified_at() < *boot_time) return std::nullopt;
  auto text = ReadRest(*file, kMaxLogBytes);
  if (!text) return std::nullopt;
  return Log{*std::move(text)};
}

using MessageOf = std::optional<std::string_view> (*)(std::string_view line);

std::optional<bool> Logged(const Log& log, MessageOf message_of, std::string_view message) {
  bool banner = false;
  std::string_view rest = log.text;
  while (const auto line = TakeLine(&rest)) {
    const auto text = message_of(*line);
    if (!text) continue;
    if (text->starts_with(message)) return true;
    banner = banner || text->starts_with(kBanner);
  }
  return banner && log.gapless ? std::optional(false) : std::nullopt;
}

// What KVM's modules and what TDX and SEV-SNP need before them say of the machine, and
// the lines that newer kernels print without a prefix. A line about one guest starts with "kvm ["
// and is none of these.
constexpr std::array<std::string_view, 8> kVirtualizationPrefixes = {
    "kvm: ",      "kvm_intel: ", "kvm_amd: ",  "SVM disabled",
    "SVM: kvm: ", "has_svm: ",   "virt/tdx: ", "SEV-SNP: "};
// "x86/cpu: VMX (outside TXT) disabled by BIOS" stands among lines about every
// feature of the CPU.
constexpr std::string_view kCpuPrefix = "x86/cpu: ";
constexpr std::array<std::string_view, 4> kCpuFeatures = {"VMX", "SVM", "SGX", "FEAT_CTL"};

bool IsAboutVirtualization(std::string_view text) {
  if (text.starts_with(kCpuPrefix)) {
    return std::any_of(kCpuFeatures.begin(), kCpuFeatures.end(), [&](std::string_view feature) {
      return text.find(feature) != std::string_view::npos;
    });
  }
  return std::any_of(kVirtualizationPrefixes.begin(), kVirtualizationPrefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

constexpr std::size_t kMaxMessages = 16;

KernelMessages Gather(const Log& log, MessageOf message_of) {
  KernelMessages messages;
  std::string_view rest = log.text;
  bool banner = false;
  while (const auto line = TakeLine(&rest)) {
    const auto text = message_of(*line);
    if (!text) continue;
    banner = banner || text->starts_with(kBanner);
    if (!IsAboutVirtualization(*text) || !IsPlainText(*text)) continue;
    if (messages.lines.size() == kMaxMessages) continue;
    if (std::find(messages.lines.begin(), messages.lines.end(), *text) == messages.lines.end()) {
      messages.lines.emplace_back(*text);
    }
  }
  messages.complete = banner && log.gapless;
  return messages;
}

// A log that holds nothing of the kernel is not its log.
bool Tells(const KernelMessages& messages) { return messages.complete || !messages.lines.empty(); }

}  // namespace

std::optional<bool> KernelLogged(const std::filesystem::path& root, std::string_view message) {
  if (const auto kmsg = ReadKmsg(root / "dev/kmsg")) {
    if (const auto logged = Logged(*kmsg, KmsgMessage, message)) return logged;
  }
  if (const auto dmesg = ReadDmesgFile(root)) return Logged(*dmesg, DmesgMessage, message);
  return std::nullopt;
}

std::optional<KernelMessages> ReadVirtualizationMessages(const std::filesystem::path& root) {
  if (const auto kmsg = ReadKmsg(root / "dev/kmsg")) {
    KernelMessages messages = Gather(*kmsg, KmsgMessage);
    if (messages.complete) return messages;
    // The file may reach further back than the ring buffer.
    if (const auto dmesg = ReadDmesgFile(root)) {
      KernelMessages older = Gather(*dmesg, DmesgMessage);
      if (older.complete) return older;
    }
    if (Tells(messages)) return messages;
    return std::nullopt;
  }
  if (const auto dmesg = ReadDmesgFile(root)) {
    KernelMessages messages = Gather(*dmesg, DmesgMessage);
    if (Tells(messages)) return messages;
  }
  return std::nullopt;
}

}  // namespace vtprobe
