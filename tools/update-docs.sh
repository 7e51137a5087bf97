#!/usr/bin/env bash
# Writes what documents say of tables and machines anew, from the program that is
# built with them: probes/REGISTERS.md, probes/RULES.md, and in README.md and
# probes/MACHINES.md what the commands print that they show. Tests compare all.
#
#   tools/update-docs.sh [PRESET]    dev without one; builds vtprobe first
#
# With --machines also the rows of tests/e2e/RESULTS.md that are of recorded
# machines, which needs what tests/e2e/run needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

machines=
[[ ${1-} != --machines ]] || { machines=1; shift; }
readonly PRESET=${1-dev}
[[ -d build/$PRESET ]] || cmake --preset "$PRESET"
cmake --build --preset "$PRESET" --target vtprobe
readonly VTPROBE=$PWD/build/$PRESET/bin/vtprobe
for table in registers rules; do
  "$VTPROBE" "$table" --format markdown -o "probes/${table^^}.md"
done

for document in README.md probes/MACHINES.md; do
  shown=$(tools/show-again.sh "$VTPROBE" <"$document")
  printf '%s\n' "$shown" >"$document"
done

if [[ $machines ]]; then
  VTPROBE_UPDATE_RESULTS=1 tests/e2e/run --only served-peers --vtprobe "$VTPROBE"
fi
