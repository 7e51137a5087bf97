#include "corpus_judge.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "vtprobe/machine/cpus_of_this_process.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

// A batch is enough work that handing it over is none.
constexpr std::size_t kMachinesOfABatch = 64;
constexpr std::size_t kBytesOfABatch = std::size_t{1} << 20;
// What may be in memory and waiting, in bytes.
constexpr std::size_t kMostWaiting = std::size_t{64} << 20;
constexpr std::size_t kMostThreads = 256;

std::size_t ThreadCount() {
  return std::clamp<std::size_t>(CpusOfThisProcess().Count(), 1, kMostThreads);
}

// What it holds of memory, with the room that was made and not used.
std::size_t SizeOf(const FoundMachine& machine) {
  std::size_t size = sizeof machine + machine.name.capacity();
  if (const auto* const files = std::get_if<std::vector<import::Input>>(&machine.recording)) {
    for (const import::Input& file : *files) {
      size += sizeof file + file.name.capacity() + file.content.capacity();
    }
  }
  return size;
}

void Complain(std::size_t number, std::string message, CorpusJudge::Result* result) {
  auto& complaints = result->complaints;
  complaints.emplace(number, std::move(message));
  if (complaints.size() > CorpusJudge::kMostComplaints) {
    complaints.erase(std::prev(complaints.end()));
  }
}

void Merge(CorpusJudge::Result&& more, CorpusJudge::Result* result) {
  Corpus& corpus = result->corpus;
  for (const auto& [generation, tally] : more.corpus.generations) {
    corpus.generations[generation].Add(tally);
  }
  corpus.not_recordings += more.corpus.not_recordings;
  corpus.malformed += more.corpus.malformed;
  if (corpus.not_usable) {
    std::move(more.corpus.not_usable->begin(), more.corpus.not_usable->end(),
              std::back_inserter(*corpus.not_usable));
  }
  for (auto& [number, message] : more.complaints) Complain(number, std::move(message), result);
}

CorpusJudge::Result EmptyResult(bool names_not_usable) {
  CorpusJudge::Result result;
  if (names_not_usable) result.corpus.not_usable.emplace();
  return result;
}

}  // namespace

CorpusJudge::CorpusJudge(bool names_not_usable, std::function<void(std::size_t)> progress)
    : progress_(std::move(progress)),
      shares_(ThreadCount(), EmptyResult(names_not_usable)),
      pool_(shares_.size(), kMostWaiting, [this](std::size_t thread, Batch batch) {
        std::size_t number = batch.first_number;
        for (FoundMachine& machine : batch.machines) {
          Judge(number++, std::move(machine), &shares_[thread]);
        }
      }) {}

void CorpusJudge::Add(FoundMachine machine) {
  batch_size_ += SizeOf(machine);
  batch_.machines.push_back(std::move(machine));
  ++count_;
  if (batch_.machines.size() == kMachinesOfABatch || batch_size_ >= kBytesOfABatch) Give();
}

CorpusJudge::Result CorpusJudge::Finish() {
  Give();
  pool_.Finish();
  Result result = std::move(shares_.front());
  for (std::size_t i = 1; i < shares_.size(); ++i) Merge(std::move(shares_[i]), &result);
  if (result.corpus.not_usable) {
    std::sort(result.corpus.not_usable->begin(), result.corpus.not_usable->end(),
              [](const NotUsable& a, const NotUsable& b) { return a.number < b.number; });
  }
  return result;
}

void CorpusJudge::Judge(std::size_t number, FoundMachine machine, Result* result) {
  Corpus& corpus = result->corpus;
  std::unique_lock<std::mutex> alone;
  const auto wait = [&] { alone = std::unique_lock<std::mutex>(large_); };
  import::Allowance allowance(wait);
  std::string name = machine.name;
  const auto recording = LoadIfRecording(std::move(machine), &allowance);
  if (!recording) {
    ++corpus.malformed;
    Complain(number, recording.error().message, result);
    return;
  }
  if (!*recording) {
    ++corpus.not_recordings;
    return;
  }
  const PlatformSnapshot& snapshot = (*recording)->snapshot;
  const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
  Generation generation = GenerationOf(IdentifySubject(snapshot));
  corpus.generations[generation].Add(verdict.state);
  if (!corpus.not_usable || verdict.usable == Usable::kYes) return;
  corpus.not_usable->push_back(
      {number, std::move(name), std::move(generation), verdict.state, verdict.usable});
}

void CorpusJudge::Give() {
  const std::size_t size = std::exchange(batch_size_, 0);
  Batch batch = std::exchange(batch_, Batch{count_, {}});
  pool_.Give(std::move(batch), size);
  if (progress_) progress_(count_);
}

}  // namespace vtprobe
