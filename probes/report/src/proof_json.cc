#include "proof_json.h"

namespace vtprobe {
namespace {

OrderedJson GroupJson(const ProofGroup& group) {
  OrderedJson entry;
  entry["cpus"] = group.cpus.ToString();
  entry["outcome"] = Name(group.run.outcome);
  if (group.run.outcome != GuestOutcome::kRan) {
    entry["reason"] = group.run.reason;
    entry["busy"] = group.run.is_busy;
  }
  entry["runs"] = group.runs;
  entry["not_well"] = group.not_well;
  return entry;
}

}  // namespace

std::string_view Name(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::kProven:
      return "proven";
    case Conclusion::kDisproven:
      return "disproven";
    case Conclusion::kNotProven:
      return "not_proven";
    case Conclusion::kNoHardware:
      return "no_hardware";
  }
  return "";
}

OrderedJson ProofJson(const Proof& proof) {
  OrderedJson json;
  json["provider"] = proof.provider.name;
  json["hardware"] = proof.provider.needs_hardware();
  json["groups"] = OrderedJson::array();
  for (const ProofGroup& group : proof.groups) json["groups"].push_back(GroupJson(group));
  json["slowest"] = OrderedJson();
  if (proof.slowest) {
    json["slowest"] = {{"cpu", Number(proof.slowest->cpu)}, {"ns", proof.slowest->took.count()}};
  }
  return json;
}

}  // namespace vtprobe
