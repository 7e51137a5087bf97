// The verdict in words: the answer, why, and what to do. Nothing is decided
// here: a verdict that stays the same is said anew in the same words.
//
// Thread-safe: pure functions.

#ifndef VTPROBE_WORDING_WORDING_H_
#define VTPROBE_WORDING_WORDING_H_

#include <string>

#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// The whole answer in one plain sentence, as the first line of a report.
std::string Headline(const VirtualizationVerdict& verdict);

// Why, for somebody who wants to know: one or more sentences.
std::string Explanation(const VirtualizationVerdict& verdict);

// What a person does next; empty only where nothing needs doing.
std::string Remedy(const VirtualizationVerdict& verdict);

// What is to be said of a group of the verdict beside its state, with what holds
// of every CPU of the system that was read; empty if there is nothing.
std::string NoteOf(const VirtualizationVerdict& verdict, const VirtualizationGroup& group);

}  // namespace vtprobe

#endif  // VTPROBE_WORDING_WORDING_H_
