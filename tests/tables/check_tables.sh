#!/usr/bin/env bash
# Compares each table with the folder that defines what its rows name, and tells
# the difference of the two sets.
#
#   check_tables.sh ROOT
#
# A row without a definition does not link either; a definition without a row is
# never asked, and only this finds it.
set -euo pipefail
cd "$1"

status=0

# compare DEF ROWS FOLDER DEFINED DEFINITION: names that DEF has rows for, and those that
# files of FOLDER define, a line each; DEFINITION as below.
compare() {
  local def=$1 rows=$2 folder=$3 defined=$4 definition=$5 name
  [[ -n $rows && -n $defined ]] || { echo "$def: no row or no definition found"; status=1; }
  for name in $(comm -23 <(printf '%s\n' "$rows") <(printf '%s\n' "$defined")); do
    echo "$def has a row for $name, which no file of $folder defines"
    status=1
  done
  for name in $(comm -13 <(printf '%s\n' "$rows") <(printf '%s\n' "$defined")); do
    echo "$(grep -lE "^${definition/"([A-Za-z0-9_]+)"/"$name"}" "$folder"/*.cc) defines $name, of which $def has no row"
    status=1
  done
}

# table DEF MACRO FOLDER DEFINITION: regular expressions of what stands before the
# name in a row of DEF, and of a definition with the name in parentheses.
table() {
  local def=$1 row=$2 folder=$3 definition=$4 rows name
  rows=$(sed -nE "s/^$row([A-Za-z0-9_]+)[,)].*/\\1/p" "$def" | sort)
  for name in $(uniq -d <<<"$rows"); do
    echo "$def has two rows for $name"
    status=1
  done
  compare "$def" "$(uniq <<<"$rows")" "$folder" \
    "$(sed -nE "s/^$definition.*/\\1/p" "$folder"/*.cc | sort)" "$definition"
}

table probes/rules/include/vtprobe/probes/rules.def 'VTPROBE_[A-Z_]*RULE\(' \
  probes/rules/src 'const Rule ([A-Za-z0-9_]+)( =|\{)'
table probes/report/include/vtprobe/report/formats.def 'VTPROBE_REPORT_FORMAT\("[^"]*", ' \
  probes/report/src 'std::string ([A-Za-z0-9_]+)\(const Report& report, const RenderOptions&[^;{]*(\{.*)?$'
table probes/report/include/vtprobe/report/formats.def 'VTPROBE_REPORT_FORMAT\("[^"]*", [A-Za-z]+, ' \
  probes/report/src 'std::string ([A-Za-z0-9_]+)\(const ReportSet& set, const RenderOptions&[^;{]*(\{.*)?$'
table probes/import/src/importers.def 'VTPROBE_IMPORTER\(' \
  probes/import/src 'const Importer ([A-Za-z0-9_]+)\{'
table tools/vtprobe/commands.def 'VTPROBE_COMMAND\(' \
  tools/vtprobe 'const Command ([A-Za-z0-9_]+)\{'

# A function may take lines of several rows, of either table.
readonly PASTE=probes/import/src/paste
readonly SIGHTING='Fate ([A-Za-z0-9_]+)\(const PeeledLine& line, Reading\* reading\) \{'
compare $PASTE/sightings.def \
  "$(sed -nE 's/^VTPROBE_SIGHTING\(([A-Za-z0-9_]+),.*/\1/p; s/^VTPROBE_TABLE\([A-Za-z0-9_]+, ([A-Za-z0-9_]+)\).*/\1/p' \
    $PASTE/sightings.def $PASTE/tables.def | sort -u)" \
  $PASTE/sightings \
  "$(sed -nE "/^namespace \\{/,/^\\}  \\/\\/ namespace\$/!s/^$SIGHTING.*/\\1/p" $PASTE/sightings/*.cc | grep '^See' | sort)" \
  "$SIGHTING"
# What no test holds nobody has seen taken.
while IFS= read -r trigger; do
  grep -qiF -- "$trigger" tests/import/*.cc ||
    { echo "$PASTE/sightings.def: no test of tests/import holds \"$trigger\""; status=1; }
done < <(sed -nE 's/^VTPROBE_SIGHTING\([A-Za-z0-9_]+, "([^"\\]|\\.)*", "(([^"\\]|\\.)*)"\).*/\2/p' $PASTE/sightings.def)

# What is written for a program is read as that program would. Text is for people.
for name in $(sed -nE 's/^VTPROBE_REPORT_FORMAT\("([^"]*)".*/\1/p' probes/report/include/vtprobe/report/formats.def); do
  [[ $name == text ]] || grep -qE "^ *vtprobe_check_format\($name[ )]" tests/formats/CMakeLists.txt ||
    { echo "formats.def has a row for $name, which tests/formats/CMakeLists.txt does not validate"; status=1; }
done

# A source is looked up by its key.
keys=$(sed -nE 's/^\| `\[([^]]+)\]` \|.*/\1/p' HACKING.md | sort)
[[ -n $keys ]] || { echo "HACKING.md: no table of citations found"; status=1; }
while IFS= read -r cited; do
  key=${cited##*[} key=${key%]}
  grep -qxF -- "$key" <<<"$keys" ||
    { echo "${cited%:*}: HACKING.md's citations have no row for [$key]"; status=1; }
done < <(grep -rnoE '\[[a-z0-9]+(/[a-z0-9.-]+)+\]' --include='*.cc' --include='*.h' --include='*.def' \
  hal probes fixtures tools | sort -u -t: -k1,1 -k3)

# Each machine that was made up is shown to other programs, and has its row there.
readonly RESULTS=tests/e2e/RESULTS.md
readonly MACHINES=recorded-msr-dumps/synthetic
rows=$(sed -n '/^<!-- table served -->/,/^<!-- end -->/s/^| \([a-z0-9.-]*\) |.*/\1/p' "$RESULTS" | sort)
folders=$(cd "$MACHINES" && printf '%s\n' */ | tr -d / | sort)
for name in $(comm -23 <(printf '%s\n' "$rows") <(printf '%s\n' "$folders")); do
  [[ $name == recording ]] || { echo "$RESULTS has a row for $name, which is no folder of $MACHINES"; status=1; }
done
for name in $(comm -13 <(printf '%s\n' "$rows") <(printf '%s\n' "$folders")); do
  echo "$MACHINES has $name, of which $RESULTS has no row: tools/update-docs.sh --machines writes it"
  status=1
done

exit "$status"
