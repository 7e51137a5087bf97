// Bit fields of registers, by the names the manuals give them.

#ifndef VTPROBE_REGISTERS_FIELD_H_
#define VTPROBE_REGISTERS_FIELD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace vtprobe {

// Bits high..low of a register, both included.
struct Field {
  std::string_view name;
  std::uint8_t high = 0;
  std::uint8_t low = 0;
  std::string_view meaning;  // what a set bit, or the number, says

  constexpr unsigned width() const { return high - low + 1u; }
  constexpr std::uint64_t mask() const {
    return (~std::uint64_t{0} >> (63 - high)) & (~std::uint64_t{0} << low);
  }
  constexpr std::uint64_t Extract(std::uint64_t value) const { return (value & mask()) >> low; }
  constexpr bool IsSet(std::uint64_t value) const { return (value & mask()) != 0; }
  // The same of bits that are asked for, of which not all may be known.
  template <typename Bits>
  requires std::is_class_v<Bits>
  constexpr std::uint64_t Extract(const Bits& bits) const { return (bits & mask()) >> low; }
  template <typename Bits>
  requires std::is_class_v<Bits>
  constexpr bool IsSet(const Bits& bits) const { return (bits & mask()) != 0; }
};

constexpr Field Bit(std::string_view name, std::uint8_t bit, std::string_view meaning = {}) {
  return {name, bit, bit, meaning};
}
constexpr Field Bits(std::string_view name, std::uint8_t high, std::uint8_t low,
                     std::string_view meaning = {}) {
  return {name, high, low, meaning};
}

// The fields of one register, ascending by position. Refers to fields that live
// elsewhere, as those of a register table live as long as the program. A literal
// type, so that register tables are constants.
class FieldList {
 public:
  constexpr FieldList() = default;
  constexpr explicit FieldList(std::span<const Field> fields) : fields_(fields) {}

  constexpr const Field* begin() const { return fields_.data(); }
  constexpr const Field* end() const { return fields_.data() + fields_.size(); }
  constexpr std::size_t size() const { return fields_.size(); }
  constexpr bool empty() const { return fields_.empty(); }

  // Null for a name that is none of theirs.
  constexpr const Field* Find(std::string_view name) const {
    for (const Field& field : *this) {
      if (field.name == name) return &field;
    }
    return nullptr;
  }

  constexpr std::uint64_t mask() const {
    std::uint64_t mask = 0;
    for (const Field& field : *this) mask |= field.mask();
    return mask;
  }

 private:
  std::span<const Field> fields_;
};

namespace internal {
template <typename MakesFields>
struct StoredFields {
  static constexpr auto kFields = MakesFields()();
};

template <typename MakesFields>
consteval FieldList Store(MakesFields) {
  return FieldList(StoredFields<MakesFields>::kFields);
}
}  // namespace internal

// The list of these fields, for a row of a register table. They are stored for
// good and take no more room than they need: with all fields of all registers
// it is what a process touches when it starts.
#define VTPROBE_FIELDS(...) \
  ::vtprobe::internal::Store([] { return std::to_array<::vtprobe::Field>({__VA_ARGS__}); })

}  // namespace vtprobe

#endif  // VTPROBE_REGISTERS_FIELD_H_
