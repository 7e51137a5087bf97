// What is known and what is judged: the tables of registers and rules, for
// people at a terminal, for programs, and for the folder docs.

#ifndef VTPROBE_REPORT_REFERENCE_H_
#define VTPROBE_REPORT_REFERENCE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/definition.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {

enum class ReferenceFormat : std::uint8_t { kText, kJson, kMarkdown };

// As --format takes them.
inline constexpr std::array<std::string_view, 3> kReferenceFormats = {"text", "json", "markdown"};

std::optional<ReferenceFormat> FindReferenceFormat(std::string_view name);

struct ReferenceOptions {
  ReferenceFormat format = ReferenceFormat::kText;
  std::string_view tool_version;
  RenderOptions style{};   // of text
  bool in_detail = false;  // text: each by itself, and not as a line of a table
};

std::string RenderRules(std::span<const Rule* const> rules, const ReferenceOptions& options);

struct RegisterTables {
  std::span<const MsrDef* const> msrs;
  std::span<const CpuidDef* const> cpuid;
};

std::string RenderRegisters(const RegisterTables& tables, const ReferenceOptions& options);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_REFERENCE_H_
