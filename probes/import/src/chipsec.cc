// chipsec's recordings (its record helper): every call of a run with what it
// returned, by function and arguments, in decimal and as Python prints it.
//
//   "read_msr": { "(0,58)": [ "(5, 0)" ] }        (cpu, msr) -> (eax, edx)
//   "cpuid":    { "(1,0)":  [ "(526057, …)" ] }   (eax, ecx) -> (eax, ebx, ecx, edx)
//
// A call that was made again has its newest answer first, so the one kept is
// the last. An exception is recorded as "!! <class …>: …". chipsec itself
// evaluates these strings; here they are taken apart.
//
// cpuid names no CPU: it ran wherever the process was. Its answers are given to
// the lowest CPU that the recording names, which says no more than that they
// are one CPU's of this machine.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "characters.h"
#include "cpu_collector.h"
#include "importers.h"
#include "json_reader.h"
#include "text_lines.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::import {
namespace {

constexpr std::string_view kReadMsr = "read_msr";
constexpr std::string_view kCpuid = "cpuid";

// "(5, 0)": that many decimal numbers of at most 32 bits.
template <std::size_t kCount>
std::optional<std::array<std::uint32_t, kCount>> ParseTuple(std::string_view text) {
  text = Trimmed(text);
  if (!text.starts_with('(') || !text.ends_with(')') || text.size() < 2) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::array<std::uint32_t, kCount> numbers{};
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t comma = text.find(',');
    const bool is_last = i + 1 == kCount;
    if (is_last != (comma == std::string_view::npos)) return std::nullopt;
    const auto number = ParseDigits<std::uint32_t>(Trimmed(text.substr(0, comma)), 10);
    if (!number) return std::nullopt;
    numbers[i] = *number;
    if (!is_last) text.remove_prefix(comma + 1);
  }
  return numbers;
}

// Why a call has no value. chipsec reads MSRs through the kernel's driver, its
// own driver or Windows, and only some of their errors say what happened.
AccessCode CodeOf(std::string_view answer) {
  struct Sign {
    std::string_view text;
    AccessCode code;
  };
  static constexpr std::array kSigns = {
      Sign{"[Errno 5]", AccessCode::kGeneralProtection},   // EIO, as architecture has it
      Sign{"0xC0000096", AccessCode::kGeneralProtection},  // STATUS_PRIVILEGED_INSTRUCTION
      Sign{"[Errno 6]", AccessCode::kCpuOffline},          // ENXIO
      Sign{"[Errno 1]", AccessCode::kPermissionDenied},    // EPERM
      Sign{"[Errno 13]", AccessCode::kPermissionDenied},   // EACCES
      Sign{"[Errno 2]", AccessCode::kNoDriver},            // ENOENT
  };
  for (const Sign& sign : kSigns) {
    if (answer.find(sign.text) != std::string_view::npos) return sign.code;
  }
  return AccessCode::kIo;
}

// An exception, or what chipsec's helpers return when there is nothing to
// return.
bool IsFailure(std::string_view answer) {
  return answer.starts_with("!!") || answer == "None" || answer == "(-1, -1)";
}

MsrReading MsrAnswer(std::string_view answer) {
  if (const auto numbers = ParseTuple<2>(answer)) {
    return std::uint64_t{(*numbers)[1]} << 32 | (*numbers)[0];
  }
  return tl::unexpected(IsFailure(answer) ? CodeOf(answer) : AccessCode::kMalformedDump);
}

CpuidReading CpuidAnswer(std::string_view answer) {
  if (const auto numbers = ParseTuple<4>(answer)) {
    return PartialCpuid{{(*numbers)[0], (*numbers)[1], (*numbers)[2], (*numbers)[3]}};
  }
  return tl::unexpected(IsFailure(answer) ? CodeOf(answer) : AccessCode::kMalformedDump);
}

// The calls with a fixed number of arguments that are of interest. The path to
// an answer is function, arguments, element of an array.
class Recording final : public JsonVisitor {
 public:
  Objection OnEnter(const JsonPath& path) override {
    if (!IsOfCall(path)) return std::nullopt;
    has_calls_ = true;
    if (path.size() > 2) return "expected a string";
    if (path.size() < 2) return std::nullopt;
    answers_.clear();
    const auto arguments = ParseTuple<2>(path.back());
    if (path.front() == kCpuid) {
      if (!arguments) return "expected the arguments of cpuid as \"(eax,ecx)\" in decimal";
    } else if (!arguments || (*arguments)[0] > kMaxCpuNumber) {
      return "expected the arguments of read_msr as \"(cpu,msr)\" in decimal";
    }
    arguments_ = *arguments;
    return std::nullopt;
  }

  Objection OnValue(const JsonPath& path, std::optional<std::string_view> text) override {
    if (IsThreadCount(path) && text) threads_ = ParseDigits<std::uint32_t>(*text, 10);
    if (!IsOfCall(path)) return std::nullopt;
    if (path.size() != 3 || path.back() != kJsonElement) return "expected an array of answers";
    if (!text) return "expected a string";
    answers_.emplace_back(*text);
    return std::nullopt;
  }

  Objection OnLeave(const JsonPath& path) override {
    if (!IsOfCall(path) || path.size() != 2) return std::nullopt;
    if (path.front() == kCpuid) {
      AddCpuid({arguments_[0], arguments_[1]});
    } else {
      AddMsr(arguments_[0], MsrAddress{arguments_[1]});
    }
    return std::nullopt;
  }

  bool has_calls() const { return has_calls_; }

  tl::expected<Imported, Error> Build(const File& file) && {
    collector_.metadata().Set(meta::kTool, "chipsec");
    if (!cpuid_.empty()) {
      const std::uint32_t cpu = lowest_cpu_.value_or(0);
      Open(cpu);
      for (const auto& [leaf, reading] : cpuid_) collector_.AddCpuid(leaf, reading, 0);
      collector_.metadata().Set("cpuid_cpu", kUnknownValue);
      collector_.AddNote(fmt::format(
          "chipsec does not say which CPU ran CPUID: its answers are given to CPU {}", cpu));
    }
    auto imported = std::move(collector_).Build(file);
    if (!imported) return imported;
    const std::size_t covered = imported->snapshot.online().Count();
    if (threads_ && *threads_ > covered) {
      imported->notes.push_back(fmt::format(
          "the machine has {} logical CPUs, of which the recording covers {}", *threads_, covered));
    }
    return imported;
  }

 private:
  static bool IsOfCall(const JsonPath& path) {
    return !path.empty() && (path.front() == kReadMsr || path.front() == kCpuid);
  }
  static bool IsThreadCount(const JsonPath& path) {
    return path.size() == 3 && path.front() == "get_threads_count";
  }

  // The arguments were looked at: it is a number that a CPU can have.
  void Open(std::uint32_t cpu) { static_cast<void>(collector_.OpenCpu(cpu)); }

  void AddMsr(std::uint32_t cpu, MsrAddress address) {
    if (answers_.empty()) return;
    lowest_cpu_ = std::min(lowest_cpu_.value_or(cpu), cpu);
    Open(cpu);
    std::for_each(answers_.rbegin(), answers_.rend(), [&](const std::string& answer) {
      collector_.AddMsr(address, MsrAnswer(answer), 0);
    });
  }
  void AddCpuid(CpuidLeaf leaf) {
    std::for_each(answers_.rbegin(), answers_.rend(), [&](const std::string& answer) {
      cpuid_.emplace_back(leaf, CpuidAnswer(answer));
    });
  }

  CpuCollector collector_;
  std::vector<std::pair<CpuidLeaf, CpuidReading>> cpuid_;
  // Of the call that is being read.
  std::array<std::uint32_t, 2> arguments_{};
  std::vector<std::string> answers_;
  std::optional<std::uint32_t> lowest_cpu_;
  std::optional<std::uint32_t> threads_;
  bool has_calls_ = false;
};

// What follows the text, blanks left out.
std::string_view After(std::string_view text, std::size_t end) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n", end), text.size()));
}

// Whether the key that ends there has an object of calls: "key": { "(…
bool HasCalls(std::string_view text, std::size_t end_of_key) {
  for (const char expected : {':', '{', '"', '('}) {
    text = After(text, end_of_key);
    if (!text.starts_with(expected)) return false;
    end_of_key = 1;
  }
  return true;
}

Confidence Recognize(const File& file) {
  const std::string_view text = After(WithoutByteOrderMark(file.content), 0);
  if (!text.starts_with('{')) return Confidence::kNone;
  for (const std::string_view key : {"\"read_msr\"", "\"cpuid\""}) {
    for (std::size_t at = text.find(key); at != std::string_view::npos;
         at = text.find(key, at + 1)) {
      if (HasCalls(text, at + key.size())) return Confidence::kCertain;
    }
  }
  // A recording of other calls is none of use, and the importer says so.
  const std::string_view key = After(text, 1);
  const std::size_t end = key.find('"', 1);
  const bool has_calls =
      key.starts_with('"') && end != std::string_view::npos && HasCalls(key, end + 1);
  return has_calls ? Confidence::kLikely : Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  Recording recording;
  for (const File& file : files) {
    if (auto error = ReadJson(file, &recording)) return tl::unexpected(*std::move(error));
  }
  if (!recording.has_calls()) {
    return tl::unexpected(
        Error{files.front().name, 0, 0, "the recording has no call of read_msr or cpuid"});
  }
  return std::move(recording).Build(files.front());
}

}  // namespace

const Importer kChipsec{.name = "chipsec",
                        .title = "chipsec's recording (JSON)",
                        .detect = Recognize,
                        .import = Import,
                        .has_several_files = true};

}  // namespace vtprobe::import
