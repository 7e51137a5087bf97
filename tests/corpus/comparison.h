// What the engine says of a recorded machine, held against what is right to
// say of it.

#ifndef VTPROBE_TESTS_CORPUS_COMPARISON_H_
#define VTPROBE_TESTS_CORPUS_COMPARISON_H_

#include <string>
#include <vector>

#include "corpus/machine_folder.h"

namespace vtprobe::corpus {

// One line for each thing that is not as expected. A finding that the file
// does not list counts as much as one that it lists in vain.
std::vector<std::string> Differences(const Machine& machine);

// The engine's whole answer with its evidence, for somebody who looks into a
// difference.
std::string WholeAnswer(const Machine& machine);

}  // namespace vtprobe::corpus

#endif  // VTPROBE_TESTS_CORPUS_COMPARISON_H_
