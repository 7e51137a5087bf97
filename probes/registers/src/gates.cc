#include "vtprobe/registers/gates.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::registers {
namespace {

using Node = Requirement::Node;

Presence PresentIf(bool is_met) { return is_met ? Presence::kPresent : Presence::kAbsent; }

Presence Opposite(Presence presence) {
  if (presence == Presence::kUnknown) return presence;
  return PresentIf(presence == Presence::kAbsent);
}

// One CPU that is asked. A requirement is as deep as it has nodes, and none comes
// back to itself by way of an MSR, as the table asserts.
// NOLINTBEGIN(misc-no-recursion)
class Asked {
 public:
  Asked(const RegisterView& cpu, const CpuModel& model) : cpu_(cpu), model_(model) {}

  Presence Meets(std::span<const Node> nodes) const {
    const Node& node = nodes.front();
    switch (node.kind) {
      case Node::Kind::kAllOf:
        return MeetsJoined(nodes, Presence::kAbsent);
      case Node::Kind::kAnyOf:
        return MeetsJoined(nodes, Presence::kPresent);
      case Node::Kind::kNot:
        return Opposite(Meets(nodes.subspan(1)));
      case Node::Kind::kMaker:
        if (!model_.vendor) return Presence::kUnknown;
        return PresentIf(node.makers.Contains(*model_.vendor));
      case Node::Kind::kFamilySince:
        if (!model_.signature) return Presence::kUnknown;
        return PresentIf(model_.signature->family >= node.at);
      case Node::Kind::kDesign:
        if (!model_.vendor || !model_.signature) return Presence::kUnknown;
        return PresentIf(model_.design && node.designs().Contains(*model_.design));
      case Node::Kind::kCpuid:
        return HasCpuidBit(node);
      case Node::Kind::kMsr:
        return HasMsrBits(node);
    }
    return Presence::kUnknown;
  }

 private:
  // What follows a node that joins, until one says what decides.
  Presence MeetsJoined(std::span<const Node> nodes, Presence deciding) const {
    Presence met = Opposite(deciding);
    for (std::size_t i = 1; i < nodes.front().size; i += nodes[i].size) {
      const Presence part = Meets(nodes.subspan(i, nodes[i].size));
      if (part == deciding) return part;
      if (part == Presence::kUnknown) met = part;
    }
    return met;
  }

  Presence HasCpuidBit(const Node& node) const {
    const CpuidLeaf leaf = node.leaf();
    if (LeafPresence(cpu_, leaf.leaf) == Presence::kAbsent) return Presence::kAbsent;
    const auto value = OutputOf(cpu_.Cpuid(leaf), node.output);
    if (!value) return Presence::kUnknown;
    return PresentIf((*value & node.mask()) != 0);
  }

  Presence HasMsrBits(const Node& node) const {
    const MsrAddress address{node.at};
    // What was read is there.
    const MsrReading reading = cpu_.Msr(address);
    if (reading.Knows(node.mask())) {
      return PresentIf((reading.known_bits() & node.mask()) > node.threshold());
    }
    if (reading.IsPartial()) return Presence::kUnknown;
    const MsrDef& msr = *FindMsr(address);
    if (IsAnotherMakers(model_, msr)) return Presence::kAbsent;
    return Meets(msr.present->requirement.nodes()) == Presence::kAbsent ? Presence::kAbsent
                                                                        : Presence::kUnknown;
  }

  const RegisterView& cpu_;
  const CpuModel& model_;
};
// NOLINTEND(misc-no-recursion)

}  // namespace

CpuModel ReadModel(const RegisterView& cpu) {
  CpuModel model;
  if (const auto vendor = ReadVendor(cpu)) model.vendor = *vendor;
  if (const auto signature = ReadSignature(cpu)) model.signature = *signature;
  if (model.vendor && model.signature) {
    if (const auto known = FindKnownCpu(*model.vendor, *model.signature)) {
      model.design = known->design;
    }
  }
  return model;
}

Presence Meets(const RegisterView& cpu, const CpuModel& model, const Requirement& requirement) {
  return Asked(cpu, model).Meets(requirement.nodes());
}

Presence Meets(const RegisterView& cpu, const Requirement& requirement) {
  return Meets(cpu, ReadModel(cpu), requirement);
}

bool IsAnotherMakers(const CpuModel& model, const MsrDef& msr) {
  return model.vendor && !msr.present->makers.Contains(*model.vendor);
}

Presence PresenceOf(const RegisterView& cpu, const CpuModel& model, const MsrDef& msr) {
  if (IsAnotherMakers(model, msr)) return Presence::kAbsent;
  if (model.vendor && cpu.Msr(msr.address).known() != 0) return Presence::kPresent;
  return Meets(cpu, model, msr.present->requirement);
}

Presence PresenceOf(const RegisterView& cpu, const MsrDef& msr) {
  return PresenceOf(cpu, ReadModel(cpu), msr);
}

// NOLINTNEXTLINE(misc-no-recursion): no MSR's presence depends on itself
void AddMsrsLookedAt(const Requirement& requirement, std::vector<const MsrDef*>* msrs) {
  for (const Node& node : requirement.nodes()) {
    if (node.kind != Node::Kind::kMsr) continue;
    const MsrAddress address{node.at};
    const auto found = std::find_if(msrs->begin(), msrs->end(),
                                    [&](const MsrDef* msr) { return msr->address == address; });
    if (found != msrs->end()) continue;
    const MsrDef* const msr = FindMsr(address);
    AddMsrsLookedAt(msr->present->requirement, msrs);
    msrs->push_back(msr);
  }
}

}  // namespace vtprobe::registers
