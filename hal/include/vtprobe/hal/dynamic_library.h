// A shared library that is loaded when it is needed.
//
// Linked, it would be loaded at every start of the program, and the program
// would not start without it, though few runs need it.

#ifndef VTPROBE_HAL_DYNAMIC_LIBRARY_H_
#define VTPROBE_HAL_DYNAMIC_LIBRARY_H_

#include <dlfcn.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vtprobe {

class DynamicLibrary {
 public:
  // `file` as dlopen(3) takes it. An error says what the library is for
  // (`purpose`: "archives are read with libarchive") and which Debian package
  // has it. What is loaded stays loaded.
  static tl::expected<DynamicLibrary, std::string> Load(const std::string& file,
                                                        std::string_view purpose,
                                                        std::string_view package) {
    void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      return tl::unexpected(std::string(purpose) + ", which can't be loaded (" + LoaderError() +
                            "): install it (Debian: apt-get install " + std::string(package) + ")");
    }
    return DynamicLibrary(handle);
  }

  // False, and a null pointer, if there is no such function.
  template <typename Function>
  bool Find(const char* name, Function* function) const {
    *function = reinterpret_cast<Function>(::dlsym(handle_, name));
    return *function != nullptr;
  }

  // Says which function was not found last.
  static std::string WrongVersion(const std::string& file, std::string_view purpose) {
    return std::string(purpose) + ", but " + file + " is another version: " + LoaderError();
  }

 private:
  explicit DynamicLibrary(void* handle) : handle_(handle) {}

  static std::string LoaderError() {
    const char* const text = ::dlerror();
    return text == nullptr ? "unknown error" : text;
  }

  void* handle_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_DYNAMIC_LIBRARY_H_
