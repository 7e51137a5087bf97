#!/usr/bin/env bash
# What the static command does in a root folder in which there is nothing but
# itself and recordings: the same as outside. Archives are read, and what takes a
# driver says so.
#
#   empty_root.sh VTPROBE RECORDINGS
#
# Exits with 77 where no root can be entered, and says why.
set -euo pipefail
vtprobe=$1 recordings=$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir "$root"
chmod 755 "$work"
cp "$vtprobe" "$root/vtprobe"

inside=(chroot "$root")
(($(id -u) == 0)) || inside=(unshare --map-root-user chroot "$root")
"${inside[@]}" /vtprobe --version >"$work/out" 2>&1 || {
  if grep -q "vtprobe" "$work/out"; then cat "$work/out"; exit 1; fi
  echo "skipped: no root can be entered here: $(<"$work/out")"
  exit 77
}

# A few of each kind, among them one that lies in a folder with an umlaut.
mkdir -p "$root/lab/Prüfstand"
cp "$recordings/synthetic/amd-one-cpu/machine.dump" "$root/lab/amd.dump"
cp "$recordings/intel/core2-smx-only-ff03/machine.dump" "$root/lab/Prüfstand/smx.dump"
cp "$recordings/synthetic/mismatch-cpu-17-of-64/machine.dump" "$root/lab/mismatch.dump"
for compression in gzip bzip2 xz zstd; do
  tar --create --directory "$root" --use-compress-program "$compression" \
    --file "$root/lab.tar.$compression" lab
done
zstd -q "$root/lab/mismatch.dump" -o "$root/one.zst"
printf 'extends = "kvm-host"\n' >"$root/own.toml"
mkdir "$root/mount"

status=0
complain() {
  printf '%s\n' "$*"
  status=1
}

# same ARGUMENTS: what it prints and returns inside is what it does outside.
same() {
  local outside=0 within=0
  (cd "$root" && ./vtprobe "$@") >"$work/outside" 2>&1 </dev/null || outside=$?
  "${inside[@]}" /vtprobe "$@" >"$work/inside" 2>&1 </dev/null || within=$?
  ((within == outside)) || complain "$*: exit status $within, and $outside outside"
  ((within < 100)) || complain "$*: ended by a signal"
  diff "$work/outside" "$work/inside" >"$work/diff" || complain "$*: differs: $(<"$work/diff")"
}

# says STATUS WORDS ARGUMENTS
says() {
  local expected=$1 words=$2 within=0
  shift 2
  "${inside[@]}" /vtprobe "$@" >"$work/inside" 2>&1 </dev/null || within=$?
  ((within == expected)) || complain "$*: exit status $within and not $expected: $(<"$work/inside")"
  grep -qF -- "$words" "$work/inside" || complain "$*: no word of $words: $(<"$work/inside")"
}

same lab/amd.dump
same lab/mismatch.dump --format json
same lab --format junit
same lab/mismatch.dump --profile own.toml
same diff lab/amd.dump lab/mismatch.dump
same rules
same registers VM_CR
same import lab/amd.dump -o copy.vtpb
same copy.vtpb
same one.zst
for compression in gzip bzip2 xz zstd; do
  same "lab.tar.$compression"
  same corpus --verbose "lab.tar.$compression"
  says 1 "Prüfstand/smx.dump" "lab.tar.$compression"
  head -c 200 "$root/lab.tar.$compression" >"$root/broken.tar.$compression"
  same "broken.tar.$compression"
done
says 0 "3 recordings added" fleet add fleet.db lab
same fleet report fleet.db
says 1 "3 machines" fleet report fleet.db
says 1 "CPUs disagree" check lab/mismatch.dump
says 65 ":1:" /vtprobe

# answers ARGUMENTS: of this machine, of which only CPUID can be asked.
answers() {
  local within=0
  "${inside[@]}" /vtprobe "$@" >"$work/inside" 2>&1 </dev/null || within=$?
  ((within <= 3)) || complain "$*: exit status $within: $(<"$work/inside")"
  grep -qF "modprobe msr" "$work/inside" || complain "$*: nothing of the driver: $(<"$work/inside")"
}

# Nothing of the machine is there to be read, and no file system to be mounted.
answers check
answers record -o machine.dump
says 74 "/dev/fuse" serve lab/amd.dump mount
if find "$root/mount" -mindepth 1 | grep .; then complain "something is mounted"; fi

exit "$status"
