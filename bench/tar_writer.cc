#include "tar_writer.h"

#include <cstddef>
#include <cstdio>
#include <numeric>
#include <utility>

namespace vtprobe::bench {
namespace {

constexpr std::size_t kBlock = 512;

}  // namespace

// [posix] pax, ustar Interchange Format: numbers are octal digits, and the sum of
// the header's bytes is taken with blanks in its own place.
void TarWriter::Add(std::string_view path, char type, std::string_view link,
                    std::string_view content) {
  std::string header(kBlock, '\0');
  const auto put = [&](std::size_t at, std::string_view text) {
    header.replace(at, text.size(), text);
  };
  const auto octal = [](std::size_t number, int digits) {
    char text[24];
    std::snprintf(text, sizeof text, "%0*zo", digits, number);
    return std::string(text);
  };
  put(0, path);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(content.size(), 11));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = type;
  put(157, link);
  put(257, "ustar");
  put(263, "00");
  const auto add = [](std::size_t sum, char c) { return sum + static_cast<unsigned char>(c); };
  put(148, octal(std::accumulate(header.begin(), header.end(), std::size_t{0}, add), 6));
  header[154] = '\0';
  bytes_ += header;
  bytes_ += content;
  bytes_.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

std::string TarWriter::Archive() const { return bytes_ + std::string(2 * kBlock, '\0'); }

std::string TarWriter::TakePart() { return std::exchange(bytes_, {}); }

}  // namespace vtprobe::bench
