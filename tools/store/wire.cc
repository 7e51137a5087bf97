#include "store/wire.h"

#include <array>
#include <cstring>
#include <type_traits>
#include <vector>

namespace vtprobe::store {
namespace {

// Both go over the fields of a record in the order in which Fields() names them: a text
// behind its length, a list behind its number of entries, both of 8 bytes as the
// processor has them.
class Writer {
 public:
  template <typename... Field>
  void operator()(const Field&... fields) {
    (Write(fields), ...);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  void Write(std::int64_t number) {
    std::array<char, sizeof(number)> raw{};
    std::memcpy(raw.data(), &number, sizeof(number));
    bytes_.append(raw.data(), raw.size());
  }
  void Write(const std::string& text) {
    Write(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
  }
  template <typename Entry>
  void Write(const std::vector<Entry>& list) {
    Write(static_cast<std::int64_t>(list.size()));
    for (const Entry& entry : list) Write(entry);
  }
  template <typename Record>
  void Write(const Record& record) {
    Fields(*this, record);
  }

  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename... Field>
  void operator()(Field&... fields) {
    (Read(&fields), ...);
  }
  bool is_whole() const { return is_whole_ && bytes_.empty(); }

 private:
  std::string_view Take(std::int64_t size) {
    if (size < 0 || static_cast<std::uint64_t>(size) > bytes_.size()) {
      is_whole_ = false;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, static_cast<std::size_t>(size));
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  void Read(std::int64_t* number) {
    const std::string_view raw = Take(sizeof(*number));
    if (raw.size() == sizeof(*number)) std::memcpy(number, raw.data(), raw.size());
  }
  void Read(std::string* text) {
    std::int64_t size = 0;
    Read(&size);
    *text = Take(size);
  }
  template <typename Entry>
  void Read(std::vector<Entry>* list) {
    std::int64_t size = 0;
    Read(&size);
    for (std::int64_t i = 0; i < size && is_whole_; ++i) Read(&list->emplace_back());
  }
  template <typename Record>
  void Read(Record* record) {
    Fields(*this, *record);
  }

  std::string_view bytes_;
  bool is_whole_ = true;
};

template <typename Record, typename Wanted>
using If = std::enable_if_t<std::is_same_v<std::remove_const_t<Record>, Wanted>>;

// One for each record; it is constant where it is written.
template <typename Archive, typename Record>
If<Record, Value> Fields(Archive& archive, Record& value) {
  archive(value.hash, value.reg, value.address, value.cpus, value.value, value.error);
}
template <typename Archive, typename Record>
If<Record, RuleFinding> Fields(Archive& archive, Record& finding) {
  archive(finding.hash, finding.rule, finding.outcome, finding.severity, finding.cpus,
          finding.message);
}
template <typename Archive, typename Record>
If<Record, Readings> Fields(Archive& archive, Record& readings) {
  archive(readings.hash, readings.board, readings.model, readings.signature, readings.firmware,
          readings.firmware_date, readings.microcode, readings.values);
}
template <typename Archive, typename Record>
If<Record, Judgement> Fields(Archive& archive, Record& judgement) {
  archive(judgement.hash, judgement.tool_version, judgement.usable, judgement.state,
          judgement.exit_code, judgement.findings);
}
template <typename Archive, typename Record>
If<Record, Answers> Fields(Archive& archive, Record& answers) {
  archive(answers.told_values, answers.told_findings, answers.readings, answers.judgement);
}
template <typename Archive, typename Record>
If<Record, AnswersOf> Fields(Archive& archive, Record& answers) {
  archive(answers.first, answers.second);
}
template <typename Archive, typename Record>
If<Record, Recording> Fields(Archive& archive, Record& recording) {
  archive(recording.machine, recording.name, recording.told, recording.place, recording.earlier,
          recording.hash, recording.copy, recording.time, recording.dump, recording.answers);
}
template <typename Archive, typename Record>
If<Record, Kept> Fields(Archive& archive, Record& kept) {
  archive(kept.id, kept.name, kept.machine, kept.place, kept.dumps);
}

template <typename Record>
std::string BytesOf(const Record& record) {
  Writer writer;
  writer(record);
  return writer.Take();
}

}  // namespace

std::string ToBytes(const Recording& recording) { return BytesOf(recording); }
std::string ToBytes(const Kept& kept) { return BytesOf(kept); }
std::string ToBytes(const AnswersOf& answers) { return BytesOf(answers); }

template <typename Record>
std::optional<Record> FromBytes(std::string_view bytes) {
  Record record;
  Reader reader(bytes);
  reader(record);
  if (!reader.is_whole()) return std::nullopt;
  return record;
}

template std::optional<Recording> FromBytes<Recording>(std::string_view);
template std::optional<Kept> FromBytes<Kept>(std::string_view);
template std::optional<AnswersOf> FromBytes<AnswersOf>(std::string_view);

}  // namespace vtprobe::store
