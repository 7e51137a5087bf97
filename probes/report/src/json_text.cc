#include "json_text.h"

#include <fmt/format.h>

namespace vtprobe {

OrderedJson ToolJson(std::string_view version) {
  OrderedJson tool;
  tool["name"] = "vtprobe";
  tool["version"] = version;
  return tool;
}

void AddValue(const tl::expected<std::uint64_t, AccessCode>& value, OrderedJson* entry) {
  if (value) {
    (*entry)["value"] = fmt::format("{:#x}", *value);
  } else {
    (*entry)["error"] = Name(value.error());
  }
}

std::string JsonText(const OrderedJson& document) {
  constexpr int kIndent = 2;
  return document.dump(kIndent, ' ', false, OrderedJson::error_handler_t::replace) + '\n';
}

}  // namespace vtprobe
