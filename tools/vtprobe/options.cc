#include "options.h"

#include <CLI/App.hpp>

namespace vtprobe {

DeclaredOption DeclaredOption::Required() const { return DeclaredOption(option_->required()); }

DeclaredOption DeclaredOption::Takes(const std::string& type_name) const {
  return DeclaredOption(option_->type_name(type_name));
}

DeclaredOption DeclaredOption::OneValueEach() const {
  return DeclaredOption(option_->allow_extra_args(false));
}

DeclaredOption DeclaredOption::Once() const { return DeclaredOption(option_->expected(1)); }

DeclaredOption DeclaredOption::AtMost(unsigned most) const {
  return DeclaredOption(option_->check(CLI::Range(0U, most)));
}

DeclaredOption DeclaredOption::Between(unsigned least, unsigned most) const {
  return DeclaredOption(option_->check(CLI::Range(least, most)));
}

DeclaredOption DeclaredOption::Needs(DeclaredOption other) const {
  return DeclaredOption(option_->needs(other.option_));
}

DeclaredOption CommandOptions::Add(const std::string& name, std::string* target,
                                   const std::string& description) {
  return DeclaredOption(app_->add_option(name, *target, description));
}

DeclaredOption CommandOptions::Add(const std::string& name, std::optional<std::string>* target,
                                   const std::string& description) {
  return DeclaredOption(app_->add_option(name, *target, description));
}

DeclaredOption CommandOptions::Add(const std::string& name, std::vector<std::string>* target,
                                   const std::string& description) {
  return DeclaredOption(app_->add_option(name, *target, description));
}

DeclaredOption CommandOptions::Add(const std::string& name, unsigned* target,
                                   const std::string& description) {
  return DeclaredOption(app_->add_option(name, *target, description));
}

DeclaredOption CommandOptions::AddFlag(const std::string& name, bool* target,
                                       const std::string& description) {
  return DeclaredOption(app_->add_flag(name, *target, description));
}

void CommandOptions::Footer(const std::string& text) { app_->footer(text); }

}  // namespace vtprobe
