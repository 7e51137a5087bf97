#!/usr/bin/env bash
# Compiles each installed header alone, as strictly as a careful user does, and
# looks for types of libraries that are nobody else's business.
#
#   check_headers.sh PREFIX COMPILER
set -euo pipefail
include=$1/include compiler=$2

compile() {
  printf '#include <%s>\n' "$3" |
    "$2" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -I"$1" -x c++ - ||
    { printf '%s does not compile alone\n' "$3"; return 1; }
}
export -f compile

cd "$include"
mapfile -t headers < <(find vtprobe -name '*.h' | sort)
((${#headers[@]} > 0)) || { echo "no header below $include" >&2; exit 1; }
printf '%s headers\n' "${#headers[@]}"
printf '%s\n' "${headers[@]}" |
  xargs -P 2 -I HEADER bash -c 'compile "$@"' compile "$include" "$compiler" HEADER

if grep -rnE '(include *<(fmt|nlohmann|CLI|toml)|\<(fmt|nlohmann|CLI|toml)::)' vtprobe; then
  echo "a public header shows a private library" >&2
  exit 1
fi
