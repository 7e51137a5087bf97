// A page as a parser of XML reads it, to be asked by XPath.

#ifndef VTPROBE_TESTS_REPORT_PARSED_PAGE_H_
#define VTPROBE_TESTS_REPORT_PARSED_PAGE_H_

#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <vector>

namespace vtprobe {

class ParsedPage {
 public:
  explicit ParsedPage(const std::string& page)
      : status_(document_.load_string(page.c_str(), pugi::parse_default | pugi::parse_ws_pcdata)) {}

  bool ok() const { return static_cast<bool>(status_); }
  std::size_t Count(const std::string& xpath) const {
    return document_.select_nodes(xpath.c_str()).size();
  }
  std::vector<std::string> Texts(const std::string& xpath) const {
    std::vector<std::string> texts;
    for (const auto& found : document_.select_nodes(xpath.c_str())) {
      texts.emplace_back(found.node() ? found.node().text().get() : found.attribute().value());
    }
    return texts;
  }

 private:
  pugi::xml_document document_;
  pugi::xml_parse_result status_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_REPORT_PARSED_PAGE_H_
