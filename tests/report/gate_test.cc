// Text from elsewhere on its way out: whatever stands in a field, each format's
// own parser takes the document, and nothing in it steers a terminal, turns a
// line or hides.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/registers/msr.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

void AppendUtf8(char32_t code, std::string* text) {
  const auto put = [&](char32_t byte) { *text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// Unicode 15, property by property: Cc, Cs, noncharacters, Bidi_Control, zero
// width and joiners, line and paragraph separators, variation selectors, tags.
bool IsForbidden(char32_t code) {
  if (code == '\n') return false;
  const bool is_control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  const bool is_noncharacter =
      code % 0x10000 >= 0xfffe || (code >= 0xfdd0 && code <= 0xfdef) || code > 0x10ffff;
  const bool is_bidi = code == 0x61c || code == 0x200e || code == 0x200f ||
                       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  const bool has_no_width = code == 0xad || code == 0x34f || code == 0x180e || code == 0xfeff ||
                            (code >= 0x200b && code <= 0x200d) ||
                            (code >= 0x2060 && code <= 0x2064);
  const bool separates = code == 0x2028 || code == 0x2029;
  const bool selects = (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef);
  const bool is_tag = code == 0xe0001 || (code >= 0xe0020 && code <= 0xe007f);
  return is_control || is_surrogate || is_noncharacter || is_bidi || has_no_width || separates ||
         selects || is_tag;
}

// The first code point that may not be there, or that bytes are no UTF-8.
std::optional<std::string> Wrong(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](std::size_t i) {
      return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const unsigned lead = byte(at);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) return "no UTF-8 at " + std::to_string(at);
    char32_t code = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(at + i) & 0xc0) != 0x80) return "no UTF-8 at " + std::to_string(at);
      code = code << 6 | (byte(at + i) & 0x3f);
    }
    if (IsForbidden(code))
      return "code point " + std::to_string(code) + " at " + std::to_string(at);
    at += length;
  }
  return std::nullopt;
}

// Anything that a recording may hold and more, the dangerous more often.
rc::Gen<std::string> HostileText() {
  const auto dangerous = rc::gen::element<std::uint32_t>(
      0x0, 0x7, 0x9, 0xa, 0xd, 0x1b, 0x22, 0x23, 0x26, 0x27, 0x3c, 0x3e, 0x5c, 0x5d, 0x7f, 0x85,
      0x9b, 0xad, 0x34f, 0x61c, 0x180e, 0x200b, 0x200d, 0x200e, 0x2028, 0x202e, 0x2060, 0x2066,
      0x2069, 0xd800, 0xdfff, 0xfdd0, 0xfe0f, 0xfeff, 0xfffe, 0xffff, 0x1fffe, 0xe0001, 0xe0041,
      0xe0100, 0x10ffff);
  const auto any = rc::gen::inRange<std::uint32_t>(0, 0x110000);
  const auto codes = rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::weightedOneOf<std::uint32_t>({{3, dangerous}, {1, any}}));
  return rc::gen::map(rc::gen::pair(codes, rc::gen::arbitrary<std::string>()),
                      [](const std::pair<std::vector<std::uint32_t>, std::string>& parts) {
                        std::string text;
                        for (const std::uint32_t code : parts.first) AppendUtf8(code, &text);
                        return text + parts.second;
                      });
}

Report HostileReport(const std::string& text) {
  Report report;
  report.tool_version = "1";
  Subject& subject = report.subject;
  subject.provenance = text;
  for (std::optional<std::string>* const field :
       {&subject.stage, &subject.file, &subject.source, &subject.vendor, &subject.model,
        &subject.codename, &subject.codename_doubt, &subject.kernel, &subject.firmware_vendor,
        &subject.firmware_version, &subject.firmware_date, &subject.board, &subject.hypervisor}) {
    *field = text;
  }
  subject.microcode = {text, text};
  subject.other = {{text, text}, {"kernel_log.1", text}};
  report.profile = ChosenProfile{text, text};
  VirtualizationVerdict& verdict = report.virtualization;
  report.headline = text;
  report.remedy = text;
  report.explanation = text;
  verdict.attribution_reason = text;
  VirtualizationGroup group;
  group.cpus = CpuSet{{0, 1}};
  group.attribution_reason = text;
  group.note = text;
  group.evidence = {{&registers::kFeatureControl, std::uint64_t{0x5}}};
  verdict.groups = {group, group};
  Finding finding;
  finding.rule = "a.rule";
  finding.cpus = CpuSet{{0, 1}};
  finding.message = text;
  finding.spec = "[amd/apm-vol2] 15.4";
  finding.remedy = text;
  finding.evidence = {{&registers::kVmCr, std::uint64_t{0x18}}};
  for (const Outcome outcome : {Outcome::kPass, Outcome::kFail, Outcome::kWarn, Outcome::kWaived,
                                Outcome::kNotApplicable, Outcome::kIndeterminate}) {
    finding.outcome = outcome;
    report.findings.push_back(finding);
  }
  return report;
}

void ExpectWellFormed(std::string_view format, const std::string& document) {
  if (format == "json" || format == "sarif") {
    RC_ASSERT(nlohmann::json::accept(document));
    // Nor in what its parser makes of the escapes.
    const auto parsed = nlohmann::json::parse(document).flatten();
    for (const auto& [key, value] : parsed.items()) {
      if (value.is_string()) RC_ASSERT(!Wrong(value.get<std::string>()));
    }
  }
  if (format == "junit" || format == "html") {
    RC_ASSERT(pugi::xml_document().load_string(document.c_str()).status == pugi::status_ok);
  }
}

RC_GTEST_PROP(Gate, LetsNothingThroughInAnyFormat, ()) {
  const std::string text = *HostileText();
  const Report report = HostileReport(text);
  for (const ReportFormat& format : ReportFormats()) {
    for (const Verbosity verbosity : {Verbosity::kNormal, Verbosity::kVerbose, Verbosity::kQuiet}) {
      RenderOptions options;
      options.verbosity = verbosity;
      const std::string document = format.render(report, options);
      const auto wrong = Wrong(document);
      if (wrong) RC_FAIL(std::string(format.name) + ": " + *wrong);
      ExpectWellFormed(format.name, document);
    }
  }
}

}  // namespace
}  // namespace vtprobe
