// What a recording's content is known by, and the form in which it is kept.

#ifndef VTPROBE_TOOLS_STORE_CONTENT_H_
#define VTPROBE_TOOLS_STORE_CONTENT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vtprobe::store {

// Of equal texts the same, 32 digits (XXH3, 128 bits: whoever may add to a store may
// as well add anything, so that no secret depends on it).
std::string ContentHash(std::string_view text);

// Makes gzip files [ietf/rfc1952] of one member, one after the other, of equal texts
// the same.
class Packer {
 public:
  Packer();
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  // std::bad_alloc if there is no memory for it.
  std::string Packed(std::string_view text);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

// Nothing for what is damaged, or unpacks to more than a recording may have.
std::optional<std::string> Unpacked(std::string_view packed);

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_CONTENT_H_
