#!/usr/bin/env bash
# Looks at the sources without running them.
#
#   tools/lint.sh format   clang-format 14 would change nothing
#   tools/lint.sh tidy     clang-tidy 14 finds nothing in hal, probes, fixtures/src, tools,
#                          bench (minutes)
#
# Needs what tools/setup.sh --packages-only --with-clang installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

format() {
  git ls-files -z --cached --others --exclude-standard '*.h' '*.cc' |
    xargs -0 clang-format-14 --dry-run -Werror
}

tidy() {
  cmake --preset clang >/dev/null
  # One source takes in what another program of ours prints.
  cmake --build --preset clang --target vtprobe_system_calls >/dev/null
  # Ours end in .cc; what CMake generates to compile the headers does not.
  run-clang-tidy-14 -quiet -p build/clang -j "$(nproc)" \
    "^$PWD/(hal|probes|fixtures/src|tools|bench)/.*\\.cc\$" 2>&1 |
    sed -E '/^clang-tidy-14 |^[0-9]+ warnings? generated/d'
}

case ${1-} in
  format | tidy) "$1" ;;
  *)
    echo "usage: tools/lint.sh format|tidy" >&2
    exit 2
    ;;
esac
