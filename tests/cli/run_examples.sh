#!/usr/bin/env bash
# That each command line that README shows is one: run beside files of the names
# that it has, none of them ends with a usage error or a file that can't be read.
# And that each state that a verdict may have stands in its table of states.
#
#   run_examples.sh VTPROBE SOURCE
set -euo pipefail
vtprobe=$1 source=$2
dumps=$source/recorded-msr-dumps/synthetic
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .

# Whole, where what is recorded is what differs from another machine.
copy() { "$vtprobe" import --quiet "$dumps/$1/machine.dump" -o "$2"; }
mkdir lab dumps
for name in golden.dump old.dump lab/intel.dump pre-os.dump vtprobe-1.dump cold.dump \
  after-s3.dump; do
  copy server-intel "$name"
done
copy server-intel-debug-unlocked-on-one new.dump
copy amd-server lab/amd.dump
copy mismatch-cpu-17-of-64 dumps/machine.dump
tar -cf more.tar lab && zstd -q more.tar && cp more.tar.zst fleet.tar.zst
for name in scrollback.txt mail.txt; do
  printf '# rdmsr -a 0x3a\n5\n5\n' >"$name"
done
# A machine of two CPUs by two tools.
printf 'CPU 0:\n   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n   0x00000001 0x00: eax=0x000506e3 ebx=0x00100800 ecx=0x7ffafbff edx=0xbfebfbff\n' >cpuid.txt
printf '# rdmsr -p0 0x3a\n5\n' >rdmsr.txt

status=0 count=0
while read -r line; do
  line=${line#sudo }
  [[ $line == vtprobe* ]] || continue
  line=${line%% \#*}
  # Writes registers, which no test does.
  [[ $line != *--yes* ]] || continue
  # The words as a shell takes them; none of them is a pattern or is quoted.
  read -ra words <<<"${line#vtprobe}"
  # Of this machine until now, where an example records it.
  copy server-intel my.dump
  ended=0
  "$vtprobe" "${words[@]}" >out 2>&1 </dev/null || ended=$?
  ((++count))
  ((ended <= 3)) || {
    echo "$line: exit status $ended: $(head -n 3 out)"
    status=1
  }
done < <(sed -n '/^```/,/^```/p' "$source/README.md")
echo "$count command lines"
((count >= 20)) || { echo "README shows fewer than it did"; status=1; }

for state in $("$vtprobe" explain | sed -n 's/^  \([a-z_]*\) *(state).*/\1/p'); do
  sed -n '/^## States/,/^## Exit/p' "$source/README.md" | grep -qF "\`$state\`" ||
    { echo "README's table of states lacks $state"; status=1; }
done
exit "$status"
