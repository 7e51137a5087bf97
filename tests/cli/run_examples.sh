#!/usr/bin/env bash
# That each command line that a document shows is one: those of vtprobe, run beside
# files of the names that they have, end neither with a usage error nor with a file
# that can't be read; of a script here each option is one, and each preset of cmake.
# What stands between backquotes is a command line where it names a file, or in
# capitals what is to be put in its place. And that each state that a verdict may have
# stands in README's table of states, and each command somewhere in README.
#
#   run_examples.sh VTPROBE SOURCE
set -euo pipefail
vtprobe=$1 source=$2
readonly DOCUMENTS=(
  README.md HACKING.md FORMAT-STORE.md bench/FIGURES.md fixtures/COOKBOOK.md probes/MACHINES.md
  probes/profiles/FORMAT.md recorded-msr-dumps/FORMAT.md recorded-msr-dumps/README.md
  tools/efi/README.md
)
dumps=$source/recorded-msr-dumps/synthetic
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .

# Whole, where what is recorded is what differs from another machine.
copy() { "$vtprobe" import --quiet "$dumps/$1/machine.dump" -o "$2"; }
mkdir -p lab dumps OUR_DUMPS/board-8
ln -s "$source/recorded-msr-dumps" .
for name in golden.dump old.dump lab/intel.dump pre-os.dump vtprobe-1.dump cold.dump \
  after-s3.dump os.dump build-a.dump build-b.dump; do
  copy server-intel "$name"
done
copy server-intel-debug-unlocked-on-one new.dump
copy amd-server lab/amd.dump
copy mismatch-cpu-17-of-64 dumps/machine.dump
tar -cf more.tar lab && zstd -q more.tar && cp more.tar.zst fleet.tar.zst
mkdir boots && cp old.dump new.dump boots && cp more.tar.zst rack-1.tar.zst
"$vtprobe" fleet report lab --format json -o 2.json || (($? <= 3))
for name in scrollback.txt mail.txt sol.log; do
  printf '# rdmsr -a 0x3a\n5\n5\n' >"$name"
done
# A machine of two CPUs by two tools.
printf 'CPU 0:\n   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n   0x00000001 0x00: eax=0x000506e3 ebx=0x00100800 ecx=0x7ffafbff edx=0xbfebfbff\n' >cpuid.txt
printf '# rdmsr -p0 0x3a\n5\n' >rdmsr.txt
cp cpuid.txt a.txt && cp rdmsr.txt b.txt

status=0 count=0
complain() {
  printf '%s\n' "$*"
  status=1
}

# What a document has between fences, and each word of it between backquotes that is a
# command line.
# The backquotes are the document's.
# shellcheck disable=SC2016
lines_of() {
  sed -n '/^```/,/^```/{ /^```/!p }' "$1"
  sed '/^```/,/^```/d' "$1" | grep -oE '`[^`]+`' | tr -d '`' | grep -E '\.|[A-Z]{2}' |
    grep -vF -e '…' -e '*' || true
}

# In place of what a document leaves open.
with_names() {
  sed -E 's/NAME\|FILE/kvm-host/; s/registers NAME/registers VM_CR/; s/\bID\b/virtualization.usable/
    s/\b(DUMP|OLD\.dump)\b/my.dump/; s/\bFOLDER\b/lab/; s/\bCOMMAND\b/check/
    s/profile (check|show) FILE/profile \1 golden.toml/; s/--seconds [0-9]+/--seconds 1/'
}

run() {
  local line=$1 words ended=0
  # The words as a shell takes them; none of them is a pattern or is quoted.
  read -ra words <<<"${line#vtprobe}"
  # Of this machine until now, where an example records it.
  copy server-intel my.dump
  copy server-intel machine.dump
  "$vtprobe" "${words[@]}" >out 2>&1 </dev/null || ended=$?
  ((++count))
  ((ended <= 3)) || complain "$document: $line: exit status $ended: $(head -n 3 out)"
}

# A script that stands in this tree, by a path from its top.
look_at_script() {
  local script=$1 option
  shift
  ((++count))
  [[ -x $source/$script ]] || complain "$document: $script is no script here"
  for option in "$@"; do
    [[ $option != --* ]] || grep -qFe "$option" -r "$source/$script" "$source/tests/e2e/bed" ||
      complain "$document: $script has no $option"
  done
}

for document in "${DOCUMENTS[@]}"; do
  while read -r line; do
    line=${line#\$ }
    line=${line#sudo }
    line=${line%% \#*}
    for preset in $(grep -oP '(?<=--preset )[a-z-]+' <<<"$line" || true); do
      ((++count))
      grep -qF "\"name\": \"$preset\"" "$source/CMakePresets.json" ||
        complain "$document: there is no preset $preset"
    done
    case $line in
      # Writes registers, or mounts something: tests of their own do that. What
      # vtprobe.efi says begins with its version.
      *--yes* | 'vtprobe serve '* | 'vtprobe '[0-9]*) ;;
      'vtprobe '*) run "$line" ;;
      tools/*.sh* | tools/*.py* | tests/e2e/run*)
        read -ra words <<<"$line"
        look_at_script "${words[@]}"
        ;;
    esac
  done < <(lines_of "$source/$document" | with_names)
done
echo "$count command lines"
((count >= 70)) || complain "documents show fewer than they did"

for state in $("$vtprobe" explain | sed -n 's/^  \([a-z_]*\) *(state).*/\1/p'); do
  sed -n '/^## States/,/^## Exit/p' "$source/README.md" | grep -qF "\`$state\`" ||
    complain "README's table of states lacks $state"
done

for command in $("$vtprobe" help | sed -n '/^Subcommands:/,$s/^  \([a-z-]*\) .*/\1/p'); do
  grep -q "vtprobe $command\b" "$source/README.md" || complain "README lacks vtprobe $command"
done
exit "$status"
