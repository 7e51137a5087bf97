// A folder of a benchmark's own, for what it reads or what a program prints to
// it. The archive of a fleet may be gigabytes, so it lies where TMPDIR says.

#ifndef VTPROBE_BENCH_TEMP_FOLDER_H_
#define VTPROBE_BENCH_TEMP_FOLDER_H_

#include <filesystem>

namespace vtprobe::bench {

// Removed, with what is in it, when the object goes.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  // Whether it could be made; without it there is no path.
  bool is_made() const { return !path_.empty(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace vtprobe::bench

#endif  // VTPROBE_BENCH_TEMP_FOLDER_H_
