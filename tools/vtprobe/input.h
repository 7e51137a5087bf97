// Recordings from files, folders and pipes, ours and other programs'.

#ifndef VTPROBE_TOOLS_VTPROBE_INPUT_H_
#define VTPROBE_TOOLS_VTPROBE_INPUT_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "failure.h"
#include "opened_files.h"
#include "vtprobe/import/importer.h"
#include "vtprobe/import/recording.h"

namespace vtprobe {

// How messages and reports name an input: "-" is "<stdin>".
std::string InputName(const std::string& path);

// kInputMissing, with the reason.
tl::unexpected<Failure> CantRead(const std::string& path, std::string_view why);

// What is wrong with a recording, and where: FILE:LINE:COLUMN, or FILE where there
// is no place to name.
std::string Described(const import::Error& error);

// A file that a person wrote, of at most 1 MiB. kInputMissing if it can't be
// read, kMalformedInput if it is larger.
OrFailure<std::string> ReadTextFile(const std::string& path, const OpenedFiles* opened = nullptr);

// All of a file that a person named, or of standard input for "-". kInputMissing if
// it can't be read, kMalformedInput if it is larger than a recording can be.
OrFailure<std::string> ReadWhole(const std::string& path, const OpenedFiles* opened);

// How a recording is to be read where its content does not say.
struct ReadingOptions {
  const import::Importer* importer = nullptr;  // null: by the content
  import::Options import;
  const OpenedFiles* opened = nullptr;     // null: nothing was opened before
  import::Allowance* allowance = nullptr;  // null: one of its own
};

// Reads the recording that these files make together; a folder stands for the
// files in it, "-" is standard input. kInputMissing for what can't be read,
// kMalformedInput for what is no recording. What does not begin like one is not
// read on, so that an endless input ends there.
OrFailure<import::Imported> LoadRecording(const std::vector<std::string>& paths,
                                          const ReadingOptions& options = {});

// The same for files that were come across: nothing if none of them looks like
// a recording.
OrFailure<std::optional<import::Imported>> LoadIfRecording(const std::vector<std::string>& paths,
                                                           import::Allowance* allowance);
OrFailure<std::optional<import::Imported>> LoadIfRecording(std::vector<import::Input> files,
                                                           import::Allowance* allowance);

// Where bytes come from: appends at most that many and returns how many, 0 at
// the end.
using MoreBytes = std::function<OrFailure<std::size_t>(std::size_t most, std::string* bytes)>;

// The same of content that was read: named files, which must be a recording.
OrFailure<import::Imported> ReadRecordingOf(std::vector<import::Input> files,
                                            import::Allowance* allowance);

// The content of a file or a pipe, as ReadContent() reads it.
OrFailure<std::string> ReadAll(const std::string& path, const InputFile& file, bool takes_all,
                               import::Allowance* allowance);

// Whatever the content is if `takes_all`, and otherwise no more than the
// beginning of what is no recording. `expected` is the size in bytes, 0 where
// there is none. It is taken from the allowance. kMalformedInput for more than
// a recording has.
OrFailure<std::string> ReadContent(const std::string& name, std::size_t expected, bool takes_all,
                                   import::Allowance* allowance, const MoreBytes& more);

// What a person should know about how it was read, on standard error; of one
// among many with its name in front.
void PrintNotes(const import::Imported& recording, const std::string& name = {});

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_INPUT_H_
