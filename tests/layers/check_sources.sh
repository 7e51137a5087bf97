#!/usr/bin/env bash
# Reads the sources for what neither compiler nor linker refuses.
#
#   check_sources.sh ROOT
#
# No #include climbs out of its folder; what a public header drags into its
# user's build is the standard library and the one type that Result is; the hal
# opens nothing for writing; nothing that reads sees the interface that writes.
set -euo pipefail
cd "$1"

status=0
complain() {
  printf '%s\n' "$1"
  status=1
}

pattern='^([^:]+:[0-9]+):[[:space:]]*#[[:space:]]*include[[:space:]]*([<"])([^>"]+)[>"]'
includes=0
while IFS= read -r line; do
  [[ $line =~ $pattern ]] || continue
  ((includes += 1))
  where=${BASH_REMATCH[1]} quote=${BASH_REMATCH[2]} header=${BASH_REMATCH[3]}
  if [[ $header == *..* ]]; then
    complain "$where: \"$header\" climbs out of its folder"
  elif [[ $quote == '<' && $where == */include/* && $where != fixtures/* && $header == */* &&
    $header != tl/expected.hpp && $header != sys/* ]]; then
    complain "$where: a public header must not include <$header>"
  fi
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.h' --include='*.cc' \
  hal probes fixtures tools)
((includes > 0)) || complain "no #include found: is $1 the project's root?"

while IFS= read -r line; do
  complain "$line: the hal must not be able to write"
done < <(grep -rnE '\<(O_WRONLY|O_RDWR|pwrite|pwritev|wrmsr)\>' --include='*.h' --include='*.cc' hal)

while IFS= read -r line; do
  complain "$line: what reads must not know of the writer"
done < <(grep -rnE '"(vtprobe/hal/msr_writer\.h|msr_writer/.*)"' --include='*.h' --include='*.cc' \
  hal probes tools | grep -v '^tools/msr_writer/')

exit "$status"
