#include "identity/libcpuid_rows.h"

#include <libcpuid/libcpuid.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "libcpuid_data.h"

namespace vtprobe {
namespace {

// What a row has in common with a CPU's signature. Family and model are
// EAX[11:8] and EAX[7:4]; the extended ones include them.
struct Fit {
  bool family = false;
  bool model = false;
  bool stepping = false;
  bool ext_family = false;
  bool ext_model = false;
};

struct Row {
  std::string codename;
  Fit fit;
};

// Reads libcpuid's debug output, as 0.6.2 writes it, while it lives. Of text that
// reads otherwise no row comes.
class MatchLog {
 public:
  MatchLog() {
    current = this;
    cpuid_set_warn_function(Take);
    cpuid_set_verbosiness_level(kEverything);
  }
  MatchLog(const MatchLog&) = delete;
  MatchLog& operator=(const MatchLog&) = delete;
  ~MatchLog() {
    cpuid_set_verbosiness_level(0);
    cpuid_set_warn_function(nullptr);
    current = nullptr;
  }

  // All of the table, as they fit the CPU that was asked about last.
  const std::vector<Row>& rows() const { return rows_; }

 private:
  static constexpr int kEverything = 10;

  // The callback is given the line and nothing else.
  static void Take(const char* line) {
    if (current != nullptr) current->Read(line);
  }

  // "Score: family       matches, adding  2 (...)" for each part that fits, and
  // then "Entry 37, `NAME', score 8".
  void Read(std::string_view line) {
    constexpr std::string_view kPart = "Score: ";
    if (line.starts_with("Matching cpu ")) {
      rows_.clear();
      fit_ = {};
    } else if (line.starts_with(kPart)) {
      line.remove_prefix(kPart.size());
      Note(line.substr(0, line.find(' ')));
    } else if (line.starts_with("Entry ") && !line.starts_with("Entry `")) {
      line.remove_prefix(line.find('`') + 1);
      rows_.push_back({std::string(line.substr(0, line.find('\''))), std::exchange(fit_, {})});
    }
  }

  void Note(std::string_view part) {
    if (part == "family") fit_.family = true;
    if (part == "model") fit_.model = true;
    if (part == "stepping") fit_.stepping = true;
    if (part == "ext_family") fit_.ext_family = true;
    if (part == "ext_model") fit_.ext_model = true;
  }

  static thread_local MatchLog* current;
  std::vector<Row> rows_;
  Fit fit_;
};

thread_local MatchLog* MatchLog::current = nullptr;

// Asks libcpuid about one CPU, and about others that differ from it in a part of
// the signature: that a row states a part shows only where it fits.
class Question {
 public:
  explicit Question(const RegisterView& cpu)
      : raw_(LibcpuidData(cpu)), signature_(raw_->basic_cpuid[1][0]) {}

  std::vector<LibcpuidRow> Answer() {
    const std::vector<Row> rows = Ask(signature_);
    const bool any = std::any_of(rows.begin(), rows.end(),
                                 [this](const Row& row) { return IsOfModel(row.fit, false); });
    if (!any) return {};  // most guesses
    const std::vector<bool> states_stepping = States(0, &Fit::stepping, rows.size());
    const std::vector<bool> states_model = States(16, &Fit::ext_model, rows.size());
    std::vector<LibcpuidRow> fitting;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Fit& fit = rows[i].fit;
      if (IsOfModel(fit, states_model[i]) && fit.stepping == states_stepping[i]) {
        fitting.push_back({rows[i].codename, fit.stepping});
      }
    }
    return fitting;
  }

 private:
  // Rows of CPUs that came before the extended parts don't state them.
  // [intel/sdm-vol2] CPUID, figure "Version Information Returned by CPUID in EAX"
  bool IsOfModel(const Fit& fit, bool states_ext_model) const {
    const bool has_ext_family = (signature_ >> 8 & 0xf) == 0xf;
    const bool has_ext_model = (signature_ >> 16 & 0xf) != 0;
    if (!fit.family || (has_ext_family && !fit.ext_family)) return false;
    return fit.ext_model || (fit.model && !has_ext_model && !states_ext_model);
  }

  const std::vector<Row>& Ask(std::uint32_t signature) {
    raw_->basic_cpuid[1][0] = signature;
    cpu_identify(raw_.get(), identified_.get());
    return log_.rows();
  }

  // By rows, whether one is for some value of the four bits from `low` on.
  std::vector<bool> States(unsigned low, bool Fit::*part, std::size_t count) {
    std::vector<bool> states(count);
    const std::uint32_t rest = signature_ & ~(std::uint32_t{0xf} << low);
    for (std::uint32_t value = 0; value < 16; ++value) {
      const std::vector<Row>& rows = Ask(rest | value << low);
      if (rows.size() != count) continue;
      for (std::size_t i = 0; i < count; ++i) {
        if (rows[i].fit.*part) states[i] = true;
      }
    }
    return states;
  }

  std::unique_ptr<cpu_raw_data_t> raw_;
  std::unique_ptr<cpu_id_t> identified_ = std::make_unique<cpu_id_t>();
  std::uint32_t signature_;
  MatchLog log_;
};

}  // namespace

std::vector<LibcpuidRow> LibcpuidRowsOf(const RegisterView& cpu) { return Question(cpu).Answer(); }

}  // namespace vtprobe
