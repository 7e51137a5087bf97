// The C library's arc4random(3), for libstdc++ where it is linked statically.
//
// libstdc++ has std::random_device in one piece with strings of an older kind, of
// which exceptions are made, so that every program that is linked with it
// statically asks for this function, which glibc has from 2.36 on. Nothing here
// calls it. With one of our own the program also starts where glibc is older.

#include <sys/random.h>

#include <cstdint>
#include <cstdlib>

extern "C" std::uint32_t arc4random() noexcept {
  std::uint32_t number = 0;
  // Up to 256 bytes are given as a whole. [linux] getrandom(2)
  if (::getrandom(&number, sizeof(number), 0) != static_cast<ssize_t>(sizeof(number))) std::abort();
  return number;
}
