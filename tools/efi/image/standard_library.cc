// What compilers and the headers of the standard library call and no library is here
// for: the host's own are made for a system, and for a stack below which nobody writes
// (the red zone), which interrupts before a system do.
//
// Nothing throws on purpose: what would throw ends the program.

#include <cstddef>

#include "image/heap.h"

using vtprobe::efi::GiveUp;

// The names are others'.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)

extern "C" {

void* memcpy(void* to, const void* from, std::size_t size) {
  void* const result = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return result;
}

void* memmove(void* to, const void* from, std::size_t size) {
  auto* const target = static_cast<char*>(to);
  const auto* const source = static_cast<const char*>(from);
  if (target <= source || target >= source + size) return memcpy(to, from, size);
  for (std::size_t i = size; i != 0; --i) {
    target[i - 1] = source[i - 1];
    asm volatile("" : : : "memory");  // or it would be made a call of itself
  }
  return to;
}

void* memset(void* to, int value, std::size_t size) {
  void* const result = to;
  asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
  return result;
}

int memcmp(const void* a, const void* b, std::size_t size) {
  const auto* x = static_cast<const unsigned char*>(a);
  const auto* y = static_cast<const unsigned char*>(b);
  for (; size != 0; --size, ++x, ++y) {
    if (*x != *y) return *x < *y ? -1 : 1;
  }
  return 0;
}

// What clang makes of a memcmp() whose order nobody looks at.
int bcmp(const void* a, const void* b, std::size_t size) { return memcmp(a, b, size); }

void* memchr(const void* in, int sought, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(in);
  for (; size != 0; --size, ++at) {
    if (*at == static_cast<unsigned char>(sought)) return const_cast<unsigned char*>(at);
  }
  return nullptr;
}

std::size_t strlen(const char* text) {
  std::size_t size = 0;
  for (; text[size] != '\0'; ++size) asm volatile("" : : : "memory");
  return size;
}

int tolower(int c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }
int isalnum(int c) {
  const int lower = tolower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ? 1 : 0;
}

// There is one thread, on one CPU at a time.
char __libc_single_threaded = 1;

// Itanium C++ ABI, exception handling. None is ever in flight.
void __cxa_pure_virtual() { GiveUp(); }
void* __cxa_allocate_exception(std::size_t) { GiveUp(); }
void __cxa_free_exception(void*) { GiveUp(); }
void __cxa_throw(void*, void*, void (*)(void*)) { GiveUp(); }
void __cxa_rethrow() { GiveUp(); }
void* __cxa_begin_catch(void*) { GiveUp(); }
void __cxa_end_catch() { GiveUp(); }
void _Unwind_Resume() { GiveUp(); }
int __gxx_personality_v0() { GiveUp(); }

}  // extern "C"

namespace std {

void terminate() noexcept { GiveUp(); }

// libstdc++, bits/functexcept.h
void __throw_bad_alloc() { GiveUp(); }
void __throw_bad_array_new_length() { GiveUp(); }
void __throw_bad_function_call() { GiveUp(); }
void __throw_logic_error(const char*) { GiveUp(); }
void __throw_length_error(const char*) { GiveUp(); }
void __throw_out_of_range_fmt(const char*, ...) { GiveUp(); }

}  // namespace std
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
