#include "gate_text.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "vtprobe/registers/designs.h"
#include "vtprobe/registers/requirement.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

using Node = Requirement::Node;

constexpr std::array<std::pair<Vendor, std::string_view>, 5> kMakers = {
    {{Vendor::kIntel, "Intel"},
     {Vendor::kCentaur, "Centaur"},
     {Vendor::kZhaoxin, "Zhaoxin"},
     {Vendor::kAmd, "AMD"},
     {Vendor::kHygon, "Hygon"}}};

std::string MakersText(const MakerSet& makers) {
  if (makers == kKnownMakers) return "every vendor that is known";
  std::vector<std::string_view> names;
  for (const auto& [vendor, name] : kMakers) {
    if (makers.Contains(vendor)) names.push_back(name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string_view Name(Line line) {
  switch (line) {
    case Line::kEarlierIntel:
      return "earlier Intel";
    case Line::kCore:
      return "Core";
    case Line::kXeon:
      return "Xeon";
    case Line::kAtom:
      return "Atom";
    case Line::kAtomServer:
      return "Atom for servers";
    case Line::kXeonPhi:
      return "Xeon Phi";
    case Line::kAmd:
      return "AMD";
    case Line::kHygon:
      return "Hygon";
    case Line::kCentaur:
      return "Centaur";
    case Line::kZhaoxin:
      return "Zhaoxin";
  }
  return {};
}

// Designs of one line without a gap: by the first one and the last.
std::string RunText(std::size_t first, std::size_t last) {
  const DesignDef& from = kDesigns[first];
  const bool is_to_the_end = last + 1 == kDesigns.size() || kDesigns[last + 1].line != from.line;
  if (is_to_the_end && first != last) {
    return fmt::format("{} and later ({})", from.name, Name(from.line));
  }
  if (first == last) return std::string(from.name);
  return fmt::format("{}{}{}", from.name, last - first == 1 ? ", " : " to ", kDesigns[last].name);
}

std::string DesignsText(const DesignSet& designs) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < kDesigns.size(); ++i) {
    if (!designs.Contains(kDesigns[i].design)) continue;
    std::size_t last = i;
    while (last + 1 < kDesigns.size() && kDesigns[last + 1].line == kDesigns[i].line &&
           designs.Contains(kDesigns[last + 1].design)) {
      ++last;
    }
    parts.push_back(RunText(i, last));
    i = last;
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

// The name of the field that a mask stands for.
std::string_view FieldName(const FieldList& fields, std::uint64_t mask) {
  for (const Field& field : fields) {
    if (field.mask() == mask) return field.name;
  }
  return {};
}

std::string CpuidText(const Node& node) {
  for (const CpuidDef* const cpuid : registers::AllCpuid()) {
    if (cpuid->leaf == node.leaf() && cpuid->output == node.output) {
      return fmt::format("{}.{}", cpuid->name, FieldName(cpuid->fields, node.mask()));
    }
  }
  return {};
}

std::string MsrText(const Node& node) {
  const MsrDef& msr = *registers::FindMsr(MsrAddress{node.at});
  const std::string_view field = FieldName(msr.fields, node.mask());
  if (node.threshold() == 0) return fmt::format("{}.{}", msr.name, field);
  return fmt::format("{}.{} > {}", msr.name, field,
                     msr.fields.Find(field)->Extract(node.threshold()));
}

// A requirement is as deep as it has nodes, which are few (Requirement::kCapacity).
// NOLINTBEGIN(misc-no-recursion)
std::string Text(std::span<const Node> nodes);

// Of what a node joins, but for the makers, which stand before all.
std::vector<std::string> PartsText(std::span<const Node> nodes) {
  std::vector<std::string> parts;
  for (std::size_t i = 1; i < nodes.front().size; i += nodes[i].size) {
    std::string part = Text(nodes.subspan(i, nodes[i].size));
    if (!part.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::string Text(std::span<const Node> nodes) {
  const Node& node = nodes.front();
  switch (node.kind) {
    case Node::Kind::kAllOf:
      return fmt::format("{}", fmt::join(PartsText(nodes), " and "));
    case Node::Kind::kAnyOf:
      return fmt::format("one of {}", fmt::join(PartsText(nodes), ", "));
    case Node::Kind::kNot:
      return fmt::format("not {}", Text(nodes.subspan(1)));
    case Node::Kind::kMaker:
      return {};
    case Node::Kind::kFamilySince:
      return fmt::format("family {:#x} and later", node.at);
    case Node::Kind::kDesign:
      return DesignsText(node.designs());
    case Node::Kind::kCpuid:
      return CpuidText(node);
    case Node::Kind::kMsr:
      return MsrText(node);
  }
  return {};
}
// NOLINTEND(misc-no-recursion)

}  // namespace

std::string GateText(const MsrDef& msr) {
  const std::string conditions = Text(msr.present->requirement.nodes());
  std::string text = MakersText(msr.present->makers);
  if (!conditions.empty()) text += "; " + conditions;
  return text;
}

}  // namespace vtprobe
