#!/usr/bin/env bash
# Reads every #include of the tree and names those that look the wrong way.
#
#   check_layers.sh ROOT
#
# A layer sees itself and what stands to its left:
#   hal -> registers -> rules -> report -> tools
# Fixtures see all but the tools, and only tests and benches see fixtures. What
# a public header drags into its user's build is checked too, and that the hal
# opens nothing for writing and nothing that reads sees the interface that
# writes.
set -euo pipefail
cd "$1"

declare -rA SEES=(
  [hal]="hal"
  [registers]="hal registers"
  [rules]="hal registers rules"
  [report]="hal registers rules report"
  [fixtures]="hal registers rules report fixtures"
  [tools]="hal registers rules report tools"
)

status=0
complain() {
  printf '%s\n' "$1"
  status=1
}

# Sets `layer` to that of a path, relative to the root or to an include folder.
find_layer() {
  case $1 in
    hal/* | vtprobe/hal/*) layer=hal ;;
    probes/*/vtprobe/registers/* | probes/src/registers/* | vtprobe/registers/*) layer=registers ;;
    probes/*/vtprobe/report/* | probes/src/report/* | vtprobe/report/*) layer=report ;;
    probes/* | vtprobe/probes/*) layer=rules ;;
    fixtures/* | vtprobe/fixtures/*) layer=fixtures ;;
    tools/*) layer=tools ;;
    *) layer= ;;
  esac
}

# Sets `path` to where a private header stands: beside its user, or below the
# source folder of its own component. Empty if it is nowhere there.
find_private_header() {
  local file=$1 header=$2 folder=${1%/*}
  path=
  while :; do
    if [[ -f $folder/$header ]]; then
      path=$folder/$header
      return
    fi
    [[ $folder == */* ]] || return 0
    folder=${folder%/*}
  done
}

check_quoted() {
  local where=$1 header=$2 from to file=${1%:*}
  find_layer "$file"
  from=$layer
  if [[ $header == *..* ]]; then
    complain "$where: \"$header\" climbs out of its folder"
    return
  elif [[ $header == vtprobe/* ]]; then
    find_layer "$header"
  elif [[ $header == generated/* ]]; then
    layer=$from  # made by its own component's CMakeLists.txt
  else
    find_private_header "$file" "$header"
    find_layer "$path"
  fi
  to=$layer
  if [[ -z $to ]]; then
    complain "$where: \"$header\" is neither public nor in its own component"
  elif [[ " ${SEES[$from]} " != *" $to "* ]]; then
    complain "$where: $from must not include $to: \"$header\""
  fi
}

# Public headers may use the standard library and the one type that Result is.
check_angled() {
  local where=$1 header=$2
  if [[ $where == */include/* && $where != fixtures/* && $header == */* &&
    $header != tl/expected.hpp && $header != sys/* ]]; then
    complain "$where: a public header must not include <$header>"
  fi
}

pattern='^([^:]+:[0-9]+):[[:space:]]*#[[:space:]]*include[[:space:]]*([<"])([^>"]+)[>"]'
includes=0
while IFS= read -r line; do
  [[ $line =~ $pattern ]] || continue
  ((includes += 1))
  if [[ ${BASH_REMATCH[2]} == '"' ]]; then
    check_quoted "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
  else
    check_angled "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
  fi
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.h' --include='*.cc' \
  hal probes fixtures tools)
((includes > 0)) || complain "no #include found: is $1 the project's root?"

while IFS= read -r line; do
  complain "$line: the hal must not be able to write"
done < <(grep -rnE '\<(O_WRONLY|O_RDWR|pwrite|pwritev|wrmsr)\>' --include='*.h' --include='*.cc' hal)

while IFS= read -r line; do
  complain "$line: what reads must not know of the writer"
done < <(grep -rnF '"vtprobe/hal/msr_writer.h"' --include='*.h' --include='*.cc' hal probes)

exit "$status"
