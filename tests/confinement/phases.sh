#!/usr/bin/env bash
# Which system calls vtprobe makes in which phase, as the kernel sees them: files
# are opened, rights given up, the filter put on, and only then is anything read;
# after it there are no calls but those that system_calls.def allows.
#
#   phases.sh VTPROBE SYSTEM_CALLS_DEF DUMP
#
# Exits with 77 where that can't be seen, and says why.
set -euo pipefail
vtprobe=$1
table=$2
dump=$3

skip() {
  echo "skipped: $*"
  exit 77
}

strace -o /dev/null true 2>/dev/null ||
  skip "strace is not installed or may not trace here"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp "$dump" "$work/machine.dump"

status=0
complain() {
  printf '%s: %s\n' "$case" "$*"
  status=1
}

# merge: what strace wrote of each process by itself ($work/apart.PID) as one list of calls,
# each with its process before it, in the order in which they began. In one list of strace's
# own, a call that is still running when another process makes one is split in two, and the
# half that is shown first lacks its result.
merge() {
  for file in "$work"/apart.*; do sed "s/^/${file##*.} /" "$file"; done |
    sort -s -k 2,2 | sed -E 's/^([0-9]+) [0-9.]+ /\1 /' >"$work/$case"
  rm "$work"/apart.*
}

# traced PROGRAM ARGUMENTS: the calls in $work/apart.PID, to be merged.
traced() { strace -ff -ttt -y -e signal=none -o "$work/apart" "$@" >"$work/$case.out" 2>&1; }

# trace CASE ARGUMENTS: leaves the calls in $work/CASE, a line each. What the
# loader does before main() is not of interest.
trace() {
  case=$1
  shift
  traced "$vtprobe" "$@" || true
  merge
  grep -q 'SECCOMP_SET_MODE_FILTER.*= 0$' "$work/$case" ||
    skip "a seccomp filter can't be put on here: $(grep -m 1 seccomp "$work/$case" || echo no call)"
}

# line PATTERN: the number of the first line with it; nothing if there is none.
line() { grep -nE -m 1 "$1" "$work/$case" | cut -d : -f 1 || true; }
last_line() { grep -nE "$1" "$work/$case" | tail -n 1 | cut -d : -f 1 || true; }

# in_order PATTERN...: each is there, and comes after the one before.
in_order() {
  local pattern number before=0
  for pattern in "$@"; do
    number=$(line "$pattern")
    if [[ -z $number ]]; then
      complain "no call like $pattern"
      return
    fi
    ((number > before)) || complain "$pattern comes too early"
    before=$number
  done
}

# only_allowed PHASE FROM: from that line on, the worker's calls are those of the
# table (one that does not get further than the filter was not made), and no file
# is opened but to be read.
only_allowed() {
  local allowed call worker
  worker=$(sed -n "${2}p" "$work/$case" | cut -d ' ' -f 1)
  allowed=$(sed -nE 's/^VTPROBE_ALLOW(_IF)?\(kReading, (\w+).*/\2/p' "$table" | sort -u)
  while read -r call; do
    grep -qx "$call" <<<"$allowed" || complain "$call after the filter"
  done < <(tail -n +$(($2 + 1)) "$work/$case" | grep -v ' ENOSYS ' | sed -nE "s/^$worker +([a-z0-9_]+)\(.*/\1/p" | sort -u)
  if tail -n +$(($2 + 1)) "$work/$case" | grep -E "^$worker +open(at)?\(.*O_(WRONLY|RDWR|CREAT|TRUNC)"; then
    complain "a file is opened to be written after the filter"
  fi
}

readonly FILTER='seccomp\(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC'
is_root=false
if (($(id -u) == 0)); then is_root=true; fi

trace replay check --replay "$work/machine.dump"
in_order 'openat\(.*machine\.dump' 'capset\(' 'PR_SET_NO_NEW_PRIVS' "$FILTER" 'read\([0-9]+<.*machine\.dump>'
if $is_root; then
  in_order 'openat\(.*machine\.dump' 'setgroups\(0' 'setresgid\(65534' 'setresuid\(65534, 65534, 65534' 'capset\(' "$FILTER"
fi
only_allowed reading "$(line "$FILTER")"

# The answer goes to a file: made by the process that has kept its rights, which
# never reads the recording.
trace file check --replay "$work/machine.dump" -o "$work/answer"
worker=$(grep -m 1 -E "$FILTER" "$work/file" | cut -d ' ' -f 1)
writer=$(grep -m 1 -E 'linkat\(|renameat2\(' "$work/file" | cut -d ' ' -f 1)
[[ -n $writer && $worker != "$writer" ]] || complain "who parses also makes the file"
if grep -E "^$writer +read\(.*machine\.dump" "$work/file"; then complain "who makes the file reads the recording"; fi
[[ -s $work/answer ]] || complain "no answer"

for command in corpus "fleet report"; do
  # shellcheck disable=SC2086
  trace folder $command "$work"
  in_order 'capset\(' "$FILTER" 'getdents64\(' 'read\([0-9]+<.*machine\.dump>'
  only_allowed reading "$(line "$FILTER")"
done

# A store: written by the process that has kept its rights, which reads no recording.
for command in add report judge; do
  operands=("$work/fleet.db")
  [[ $command != add ]] || operands+=("$work/machine.dump")
  trace "store-$command" fleet "$command" "${operands[@]}"
  worker=$(grep -m 1 -E "$FILTER" "$work/$case" | cut -d ' ' -f 1)
  keeper=$(grep -m 1 -E 'open(at)?\(.*fleet\.db.*O_RDWR' "$work/$case" | cut -d ' ' -f 1)
  [[ -n $keeper && $worker != "$keeper" ]] || complain "who parses also opens the store"
  if grep -E "^$keeper +(read|pread64)\(.*machine\.dump" "$work/$case"; then complain "who keeps the store reads the recording"; fi
  only_allowed reading "$(line "$FILTER")"
done

# The machine: devices and the kernel's log under a filter that still lets rights
# be given up, the rest under the one that does not.
trace machine check
[[ $(grep -cE "$FILTER" "$work/machine") == 2 ]] || complain "not two filters, one a phase"
if $is_root; then
  in_order 'setgroups\(0' 'capset\(.*CAP_SYS_RAWIO' "$FILTER" 'setresuid\(65534'
  (($(last_line 'capset\(.*permitted=0,') > $(line 'setresuid\(65534'))) ||
    complain "capabilities are left"
fi
only_allowed reading "$(last_line "$FILTER")"

# Guests: KVM's calls and no other driver's, by a process that writes to no file.
if [[ -r /dev/kvm ]]; then
  trace prove prove
  in_order 'PR_SET_NO_NEW_PRIVS' "$FILTER" 'openat\(.*/dev/kvm' 'ioctl\(.*KVM_RUN'
  if grep -E '(ioctl|timer_[a-z]+)\(.* ENOSYS' "$work/prove"; then complain "a call that guests need is refused"; fi
  if tail -n +"$(line "$FILTER")" "$work/prove" | grep -E 'open(at)?\(.*O_(WRONLY|RDWR|CREAT|TRUNC)'; then
    complain "a file is opened to be written"
  fi
  if grep -E 'open(at)?\(.*/dev/cpu/' "$work/prove"; then complain "registers are read"; fi

  # Both: guests first, then registers, by a process that can run none any more.
  trace both check --prove
  [[ $(grep -cE "$FILTER" "$work/both") == 2 ]] || complain "not two filters, one a phase"
  in_order 'PR_SET_NO_NEW_PRIVS' "$FILTER" 'openat\(.*/dev/kvm' 'ioctl\(.*KVM_RUN'
  (($(last_line 'ioctl\(.*KVM_RUN') < $(last_line "$FILTER"))) || complain "guests after the registers"
  only_allowed reading "$(last_line "$FILTER")"
fi

# What writes registers is not started unless that is meant, and writes nothing then.
for case in verify-locks enable; do
  traced "$vtprobe" "$case" || true
  merge
  grep -q -- '--yes' "$work/$case.out" || complain "it does not ask whether that is meant"
  if tail -n +2 "$work/$case" | grep -E '^[0-9]+ +(execve|vfork|clone3?)\(|/dev/cpu/'; then
    complain "something is started, or a register's device is opened"
  fi
  writer=$(dirname "$vtprobe")/vtprobe-msr-writer
  [[ -x $writer ]] || continue
  ended=0
  traced "$writer" "$case" 0 || ended=$?
  merge
  [[ $ended == 64 ]] || complain "the writer ends with $ended"
  if grep -F /dev/cpu/ "$work/$case"; then complain "the writer opens a register's device"; fi
done

# A served recording: parsed and answered for by a process without rights, which is
# handed the mount; who mounts never reads the recording.
if $is_root && [[ -w /dev/fuse ]]; then
  mkdir "$work/cpu"
  case=serve
  traced "$vtprobe" serve "$work/machine.dump" "$work/cpu" &
  tracer=$!
  for _ in {1..600}; do
    [[ ! -e $work/cpu/0/msr ]] || break
    sleep 0.1
  done
  dd if="$work/cpu/0/msr" bs=8 count=1 iflag=skip_bytes skip=3221291284 of=/dev/null 2>/dev/null ||
    complain "nothing is served: $(<"$work/serve.out")"
  umount "$work/cpu"
  wait "$tracer" || complain "it ended with $?"
  merge
  in_order 'openat\(.*machine\.dump' 'setresuid\(65534, 65534, 65534' 'capset\(' "$FILTER" 'read\([0-9]+<.*machine\.dump>' 'recvmsg\('
  # It waits for the mount meanwhile.
  in_order 'read\([0-9]+<.*machine\.dump>' ' mount\('
  allowed_when_serving=$(sed -nE 's/^VTPROBE_ALLOW(_IF)?\((kReading|kServing), (\w+).*/\3/p' "$table" | sort -u)
  worker=$(grep -m 1 -E "$FILTER" "$work/serve" | cut -d ' ' -f 1)
  mounter=$(grep -m 1 -E ' mount\(' "$work/serve" | cut -d ' ' -f 1)
  [[ $worker != "$mounter" ]] || complain "who parses also mounts"
  if grep -E "^$mounter +read\(.*machine\.dump" "$work/serve"; then complain "who mounts reads the recording"; fi
  # Of the worker and its threads: everyone but who mounts.
  while read -r call; do
    grep -qx "$call" <<<"$allowed_when_serving" || complain "$call after the filter"
  done < <(tail -n +$(($(line "$FILTER") + 1)) "$work/serve" | grep -v -e ' ENOSYS ' -e "^$mounter " |
    sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' | sort -u)
fi

exit "$status"
