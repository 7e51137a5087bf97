#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gate_text.h"
#include "json_text.h"
#include "markdown.h"
#include "text_layout.h"
#include "vtprobe/report/reference.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {
namespace {

std::string_view Name(Scope scope) {
  switch (scope) {
    case Scope::kThread:
      return "thread";
    case Scope::kCore:
      return "core";
    case Scope::kPackage:
      return "package";
  }
  return {};
}

// A register as the reference speaks of it.
struct Entry {
  RegisterInfo info;
  const MsrDef* msr = nullptr;  // null: CPUID

  // A CPUID register is of one thread, though most are alike.
  std::string_view scope() const { return msr == nullptr ? "" : Name(msr->scope); }
};

std::vector<Entry> EntriesOf(const RegisterTables& tables) {
  std::vector<Entry> entries;
  for (const MsrDef* const msr : tables.msrs) entries.push_back({InfoOf(*msr), msr});
  for (const CpuidDef* const cpuid : tables.cpuid) entries.push_back({InfoOf(*cpuid)});
  return entries;
}

std::string Table(const std::vector<Entry>& entries) {
  std::size_t name_width = 0;
  std::size_t address_width = 0;
  for (const Entry& entry : entries) {
    name_width = std::max(name_width, entry.info.name.size());
    address_width = std::max(address_width, entry.info.address.size());
  }
  std::string text;
  for (const Entry& entry : entries) {
    text += fmt::format("{:<{}}  {:<{}}  {:<7}  {}\n", entry.info.name, name_width,
                        entry.info.address, address_width, entry.scope(), entry.info.title);
  }
  return text;
}

std::string BitsText(const Field& field) {
  return field.width() == 1 ? fmt::format("{}", field.low)
                            : fmt::format("{}:{}", field.high, field.low);
}

std::string Description(const Entry& entry, const RenderOptions& style) {
  std::vector<TextRow> rows = {{}};
  rows.push_back(Prose("spec", entry.info.spec));
  if (entry.msr != nullptr) {
    rows.push_back(Prose("scope", fmt::format("one for each {}", entry.scope())));
    rows.push_back(Prose("is there", GateText(*entry.msr)));
    if (entry.msr->identifies) {
      rows.push_back(Prose("private",
                           "Its value tells this machine from its twins; record leaves "
                           "it out unless told to keep it."));
    }
  }
  rows.emplace_back();
  std::size_t width = 0;
  for (const Field& field : entry.info.fields) width = std::max(width, field.name.size());
  for (const Field& field : entry.info.fields) {
    TextRow row = Prose((field.width() == 1 ? "bit " : "bits ") + BitsText(field), field.meaning);
    row.lead = fmt::format("{:<{}}", field.name, width);
    rows.push_back(std::move(row));
  }
  if (entry.info.fields.empty()) {
    rows.push_back(Prose("", "no fields: the whole register is one value"));
  }
  return fmt::format("{}\n{}\n", entry.info.Title(), entry.info.title) +
         LayOut(std::move(rows), style);
}

OrderedJson EntryJson(const Entry& entry) {
  OrderedJson json;
  json["name"] = entry.info.name;
  json["address"] = entry.info.address;
  json["kind"] = entry.info.is_cpuid ? "cpuid" : "msr";
  json["title"] = entry.info.title;
  json["spec"] = entry.info.spec;
  json["scope"] = entry.msr == nullptr ? OrderedJson() : OrderedJson(entry.scope());
  json["gate"] = entry.msr == nullptr ? OrderedJson() : OrderedJson(GateText(*entry.msr));
  json["fields"] = OrderedJson::array();
  for (const Field& field : entry.info.fields) {
    OrderedJson item;
    item["name"] = field.name;
    item["high"] = field.high;
    item["low"] = field.low;
    item["meaning"] = field.meaning;
    json["fields"].push_back(std::move(item));
  }
  return json;
}

std::string Section(const Entry& entry) {
  std::string text = fmt::format("\n## {}\n\n{}. {}.", Markdown(entry.info.Title()),
                                 Markdown(entry.info.title), Markdown(entry.info.spec));
  if (entry.msr != nullptr) {
    text += fmt::format(" One for each {}. It is there on: {}.", entry.scope(),
                        Markdown(GateText(*entry.msr)));
  }
  text += '\n';
  if (entry.info.fields.empty()) return text;
  text += "\n| bits | field | meaning |\n|---|---|---|\n";
  for (const Field& field : entry.info.fields) {
    text += fmt::format("| {} | {} | {} |\n", BitsText(field), Markdown(field.name),
                        Markdown(field.meaning));
  }
  return text;
}

}  // namespace

std::string RenderRegisters(const RegisterTables& tables, const ReferenceOptions& options) {
  const std::vector<Entry> entries = EntriesOf(tables);
  std::string text;
  switch (options.format) {
    case ReferenceFormat::kText:
      if (!options.in_detail) return Table(entries);
      for (const Entry& entry : entries) text += Description(entry, options.style);
      return text;
    case ReferenceFormat::kJson: {
      OrderedJson document;
      document["schema"] = "vtprobe-registers/1";
      document["tool"] = ToolJson(options.tool_version);
      document["registers"] = OrderedJson::array();
      for (const Entry& entry : entries) document["registers"].push_back(EntryJson(entry));
      return JsonText(document);
    }
    case ReferenceFormat::kMarkdown:
      text = "# Registers\n\n" + MadeByCommand("registers") +
             "\nThe MSRs by address, then the CPUID registers by leaf, with the fields that are "
             "known by name. HACKING.md says which documents the sources in brackets are.\n";
      for (const Entry& entry : entries) text += Section(entry);
      return text;
  }
  return text;
}

}  // namespace vtprobe
