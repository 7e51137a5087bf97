#!/usr/bin/env bash
# Compiles the installed headers, as strictly as a careful user does, and looks for
# types of libraries that are nobody else's business. That each goes alone is seen when
# the sources are built (all_verify_interface_header_sets); here, that what each needs
# is installed.
#
#   check_headers.sh PREFIX COMPILER
set -euo pipefail
include=$1/include compiler=$2

cd "$include"
mapfile -t headers < <(find vtprobe -name '*.h' | sort)
((${#headers[@]} > 0)) || { echo "no header below $include" >&2; exit 1; }
printf '%s headers\n' "${#headers[@]}"
printf '#include <%s>\n' "${headers[@]}" |
  "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only \
    -I"$include" -x c++ -

if grep -rnE '(include *<(fmt|nlohmann|CLI|toml)|\<(fmt|nlohmann|CLI|toml)::)' vtprobe; then
  echo "a public header shows a private library" >&2
  exit 1
fi
