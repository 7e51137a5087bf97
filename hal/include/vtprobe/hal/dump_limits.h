// What a recording may hold. It may come from anybody, so its readers refuse
// more than any machine has, with the place and the limit, before they take
// memory for it: what is within these limits is read in less than 1 GiB.
//
// The limits stand in recorded-msr-dumps/FORMAT.md too, for who writes recordings.

#ifndef VTPROBE_HAL_DUMP_LIMITS_H_
#define VTPROBE_HAL_DUMP_LIMITS_H_

#include <cstddef>
#include <string>

namespace vtprobe {

// A file, or the files of one recording together, in bytes.
inline constexpr std::size_t kLargestRecording = std::size_t{128} << 20;

// Readings: of 65,536 CPUs 64 registers each that no two CPUs have alike.
inline constexpr std::size_t kMostReadings = std::size_t{4} << 20;

// Ranges in the lists of CPUs, all blocks together.
inline constexpr std::size_t kMostCpuRanges = std::size_t{4} << 20;

// The ranges of a block's list, counted once more for each of its readings. Who
// looks at every reading of a recording looks at its CPUs, and a list is written
// once for any number of registers: of every second of 65,536 CPUs, 8,192.
inline constexpr std::size_t kMostRangesOfReadings = std::size_t{256} << 20;

// Keys of metadata, ten times as many as a machine has, and the text of them and
// of their values, in bytes.
inline constexpr std::size_t kMostMetadataKeys = 1024;
inline constexpr std::size_t kMostMetadata = std::size_t{16} << 20;

// What is said of more.
inline std::string TooLargeRecording() {
  return "expected a recording of at most " + std::to_string(kLargestRecording >> 20) + " MiB";
}
inline std::string TooManyReadings() {
  return "expected at most " + std::to_string(kMostReadings) + " readings";
}
inline std::string TooManyCpuRanges() {
  return "expected at most " + std::to_string(kMostCpuRanges) +
         " ranges of CPUs in all lists together";
}
inline std::string TooManyRangesOfReadings() {
  return "expected at most " + std::to_string(kMostRangesOfReadings) +
         " ranges of CPUs, each list counted for each of its readings";
}
inline std::string TooMuchMetadata() {
  return "expected metadata of at most " + std::to_string(kMostMetadataKeys) + " keys and " +
         std::to_string(kMostMetadata >> 20) + " MiB";
}

}  // namespace vtprobe

#endif  // VTPROBE_HAL_DUMP_LIMITS_H_
