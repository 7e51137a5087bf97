#include "dump_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "uefi/files.h"
#include "uefi/image.h"

namespace vtprobe::efi {
namespace {

constexpr unsigned kMostDumps = 9999;

struct Closer {
  void operator()(uefi::File* file) const { file->close(file); }
};
using OpenFile = std::unique_ptr<uefi::File, Closer>;

tl::expected<OpenFile, uefi::Status> Open(uefi::File& root, const std::string& path,
                                          std::uint64_t mode) {
  uefi::File* opened = nullptr;
  const uefi::Status status = root.open(&root, &opened, ToUcs2(path).c_str(), mode, 0);
  if (uefi::IsError(status)) return tl::unexpected(status);
  return OpenFile(opened);
}

tl::unexpected<std::string> Fails(std::string why) { return tl::unexpected(std::move(why)); }

uefi::Status WriteAll(uefi::File& file, std::string_view text) {
  while (!text.empty()) {
    std::size_t size = text.size();
    const uefi::Status status = file.write(&file, &size, text.data());
    if (uefi::IsError(status)) return status;
    if (size == 0 || size > text.size()) return uefi::kVolumeFull;
    text.remove_prefix(size);
  }
  return file.flush(&file);
}

}  // namespace

std::string FolderOf(const uefi::DevicePath* path) {
  std::u16string name;
  while (path != nullptr && path->type != uefi::kEndOfPath) {
    const std::size_t length = path->length[0] | std::size_t{path->length[1]} << 8;
    if (length < sizeof *path) break;
    if (path->type == uefi::kMediaPath && path->subtype == uefi::kFilePath) {
      std::u16string part((length - sizeof *path) / sizeof(char16_t), u'\0');
      std::memcpy(part.data(), path + 1, part.size() * sizeof(char16_t));
      part.resize(std::min(part.find(u'\0'), part.size()));
      if (!name.empty() && name.back() != u'\\' && !part.starts_with(u'\\')) name += u'\\';
      name += part;
    }
    path = reinterpret_cast<const uefi::DevicePath*>(reinterpret_cast<const std::byte*>(path) +
                                                     length);
  }
  const std::size_t last = name.rfind(u'\\');
  if (last == std::u16string::npos) return "\\";
  name.resize(last + 1);
  std::string folder = FromUcs2(name);
  return folder.front() == '\\' ? folder : std::string("\\").append(folder);
}

tl::expected<std::string, std::string> WriteNewDump(const Firmware& firmware,
                                                    std::string_view text) {
  const auto* const image = firmware.On<uefi::LoadedImage>(firmware.image(), uefi::kLoadedImage);
  auto* const system =
      image == nullptr ? nullptr : firmware.On<uefi::FileSystem>(image->device, uefi::kFileSystem);
  if (system == nullptr) return Fails("the program was not loaded from a file system");
  uefi::File* volume = nullptr;
  const uefi::Status status = system->open_volume(system, &volume);
  if (uefi::IsError(status)) return Fails(Describe(status));
  const OpenFile root(volume);

  const std::string folder = FolderOf(image->file_path);
  for (unsigned number = 1; number <= kMostDumps; ++number) {
    const std::string path =
        std::string(folder).append("vtprobe-").append(std::to_string(number)).append(".dump");
    const auto there = Open(*root, path, uefi::kRead);
    if (there) continue;
    if (there.error() != uefi::kNotFound) return Fails(Describe(there.error()));
    auto file = Open(*root, path, uefi::kReadWriteCreate);
    if (!file) return Fails(Describe(file.error()));
    const uefi::Status written = WriteAll(**file, text);
    if (!uefi::IsError(written)) return path;
    uefi::File* const half = file->release();
    half->remove(half);
    return Fails(Describe(written));
  }
  return Fails("there are too many recordings");
}

}  // namespace vtprobe::efi
