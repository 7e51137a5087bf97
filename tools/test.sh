#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests.
#
#   tools/test.sh [PRESET...]   presets of CMakePresets.json; without any: dev
#     PRESET:LABEL              only the tests with this label, and of the build only what
#                               the build preset PRESET-LABEL names
#     PRESET!LABELS             only the tests without such a label (a regular expression)
#   tools/test.sh --help        this text
#
# Goes through all presets given, whatever fails in between, and then exits
# with 1 if anything did. Each one's ctest output is kept in
# build/PRESET/ctest.log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ${1-} == -h || ${1-} == --help ]]; then
  sed -n '2,/^set -/{ /^#/s/^# \{0,1\}//p }' tools/test.sh
  exit 0
fi

presets=("$@")
((${#presets[@]})) || presets=(dev)

setup=(tools/setup.sh --packages-only)
for preset in "${presets[@]}"; do
  rm -f "build/${preset%%[:!]*}/ctest.log"
  case ${preset%%[:!]*} in
    clang | asan-ubsan) setup+=(--with-clang) ;;
    arm64) setup+=(--with-arm64) ;;
  esac
done
"${setup[@]}"

# What the build preset names, which of tsan is where the threads are; of dev also
# every public header on its own.
build_and_test() {
  local preset=${1%%[:!]*}
  local build=$preset targets=()
  local log=$PWD/build/$preset/ctest.log fixed_addresses=() labels=()
  case $1 in
    *:*)
      build+=-${1#*:}
      labels=(--label-regex "^${1#*:}\$")
      ;;
    *!*) labels=(--label-exclude "${1#*!}") ;;
  esac
  if [[ $preset == dev ]]; then targets=(--target all all_verify_interface_header_sets); fi
  # gcc 12's ThreadSanitizer can't start under the address randomization of
  # newer kernels (vm.mmap_rnd_bits above 28); a container may forbid setarch.
  if [[ $preset == tsan ]] && setarch --addr-no-randomize true 2>/dev/null; then
    fixed_addresses=(setarch --addr-no-randomize)
  fi
  cmake --preset "$preset" &&
    "${fixed_addresses[@]}" cmake --build --preset "$build" --parallel "$(nproc)" \
      "${targets[@]}" &&
    "${fixed_addresses[@]}" ctest --preset "$preset" --parallel "$(nproc)" --output-log "$log" \
      "${labels[@]}"
}

failed=()
for preset in "${presets[@]}"; do
  printf '\n== Preset %s\n' "$preset"
  build_and_test "$preset" || failed+=("$preset")
done

printf '\n'
for preset in "${presets[@]}"; do
  summary=$(grep -s 'tests passed,' "build/${preset%%[:!]*}/ctest.log" || echo "did not get as far as the tests")
  printf '%-12s %s\n' "$preset" "$summary"
done
if ((${#failed[@]})); then
  printf 'Failed: %s\n' "${failed[*]}"
  exit 1
fi
