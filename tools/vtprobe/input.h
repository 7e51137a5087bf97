// Recordings from files, folders and pipes, ours and other programs'.

#ifndef VTPROBE_TOOLS_VTPROBE_INPUT_H_
#define VTPROBE_TOOLS_VTPROBE_INPUT_H_

#include <optional>
#include <string>
#include <vector>

#include "failure.h"
#include "import/importer.h"

namespace vtprobe {

// How messages and reports name an input: "-" is "<stdin>".
std::string InputName(const std::string& path);

// A file that a person wrote, of at most 1 MiB. kInputMissing if it can't be
// read, kMalformedInput if it is larger.
OrFailure<std::string> ReadTextFile(const std::string& path);

// How a recording is to be read where its content does not say.
struct ReadingOptions {
  const import::Importer* importer = nullptr;  // null: by the content
  import::Options import;
};

// Reads the recording that these files make together; a folder stands for the
// files in it, "-" is standard input. kInputMissing for what can't be read,
// kMalformedInput for what is no recording. What does not begin like one is not
// read on, so that an endless input ends there.
OrFailure<import::Imported> LoadRecording(const std::vector<std::string>& paths,
                                          const ReadingOptions& options = {});

// The same for files that were come across: nothing if none of them looks like
// a recording.
OrFailure<std::optional<import::Imported>> LoadIfRecording(const std::vector<std::string>& paths);

// What a person should know about how it was read, on standard error.
void PrintNotes(const import::Imported& recording);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_INPUT_H_
