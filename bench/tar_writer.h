// Makes tar archives in memory, for tests and benchmarks that read them.

#ifndef VTPROBE_BENCH_TAR_WRITER_H_
#define VTPROBE_BENCH_TAR_WRITER_H_

#include <string>
#include <string_view>

namespace vtprobe::bench {

class TarWriter {
 public:
  // Paths of at most 100 bytes.
  void AddFile(std::string_view path, std::string_view content) { Add(path, '0', "", content); }
  void AddFolder(std::string_view path) { Add(path, '5', "", ""); }
  void AddHardLink(std::string_view path, std::string_view to) { Add(path, '1', to, ""); }
  void AddSymbolicLink(std::string_view path, std::string_view to) { Add(path, '2', to, ""); }

  // The archive as it is so far, ended.
  std::string Archive() const;
  // What was added since this was last called, so that an archive may be larger
  // than memory. The last part is Archive().
  std::string TakePart();

 private:
  void Add(std::string_view path, char type, std::string_view link, std::string_view content);

  std::string bytes_;
};

}  // namespace vtprobe::bench

#endif  // VTPROBE_BENCH_TAR_WRITER_H_
