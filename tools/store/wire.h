// What a store keeps as bytes, on its way from one process of vtprobe to another.

#ifndef VTPROBE_TOOLS_STORE_WIRE_H_
#define VTPROBE_TOOLS_STORE_WIRE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/records.h"

namespace vtprobe::store {

// Answers to what is kept under this id.
using AnswersOf = std::pair<std::int64_t, Answers>;

std::string ToBytes(const Recording& recording);
std::string ToBytes(const Kept& kept);
std::string ToBytes(const AnswersOf& answers);

// Nothing for what is damaged. Record is one of those above.
template <typename Record>
std::optional<Record> FromBytes(std::string_view bytes);

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_WIRE_H_
