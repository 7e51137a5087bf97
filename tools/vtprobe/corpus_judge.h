// From recordings, many of them, to what they cover: read and judged on all CPUs
// of this process, and counted.

#ifndef VTPROBE_TOOLS_VTPROBE_CORPUS_JUDGE_H_
#define VTPROBE_TOOLS_VTPROBE_CORPUS_JUDGE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "recorded_machines.h"
#include "vtprobe/report/corpus.h"
#include "worker_pool.h"

namespace vtprobe {

class CorpusJudge {
 public:
  struct Result {
    Corpus corpus;
    // The first recordings that could not be read, by their number, and why.
    std::map<std::size_t, std::string> complaints;
  };

  // How many complaints are kept; Corpus::malformed counts all.
  static constexpr std::size_t kMostComplaints = 20;

  // With `names_not_usable` the recordings by which it is not known to be usable
  // are kept by name. `progress`, unless it is empty, is called now and then
  // with how many were given.
  CorpusJudge(bool names_not_usable, std::function<void(std::size_t)> progress);

  void Add(FoundMachine machine);
  // Ends the judging: no more may be added.
  Result Finish();

 private:
  struct Batch {
    std::size_t first_number = 0;
    std::vector<FoundMachine> machines;
  };

  void Judge(std::size_t number, FoundMachine machine, Result* result);
  void Give();

  std::mutex large_;  // of who reads a large recording: one at a time
  std::function<void(std::size_t)> progress_;
  std::vector<Result> shares_;  // of each thread
  std::size_t count_ = 0;
  std::size_t batch_size_ = 0;  // in bytes
  Batch batch_;
  WorkerPool<Batch> pool_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_CORPUS_JUDGE_H_
