#!/usr/bin/env bash
# What a fresh machine lacks: makes a bare Debian 12 in a folder, copies what is
# committed here into it, and does there what a newcomer does: tools/setup.sh,
# the command, the usual beds (some in Bochs), lint and the documentation.
#
#   tools/fresh.sh           all of that
#   tools/fresh.sh --ci      .ci/run in place of that (an hour and more)
#   tools/fresh.sh --tests   setup.sh and some suites in place of that
#     --debian 13            another release
#     --keep                 leaves the folder, build/fresh, to look at
#
# Needs root and debootstrap. Packages come from where this machine's apt has
# them from. Mounts are in a namespace of its own, which ends with it. Ends with
# what failed and what was skipped, and with 1 if there is any.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

declare -rA SUITES=([12]=bookworm [13]=trixie)
suite=${SUITES[12]}
readonly ROOT=$PWD/build/fresh
readonly PACKAGES=$PWD/build/fresh-packages

die() {
  printf 'fresh.sh: %s\n' "$*" >&2
  exit 1
}

# --- Outside --------------------------------------------------------------

# Lines of a sources.list, of Debian's own packages, from where this machine has those
# of whichever release it is.
sources() {
  # The variables are apt's.
  # shellcheck disable=SC2016
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' |
    sed -nE "s,/? ([a-z]+)(-updates|-security)? main\$,/ $suite\2 main,p" | sort -u
}

make_machine() {
  local lines mirror
  lines=$(sources)
  [[ $lines ]] || die "this machine's apt knows no Debian (apt-get update?)"
  mirror=$(awk -v suite="$suite" '$3 == suite { print $2; exit }' <<<"$lines")
  rm -rf --one-file-system "$ROOT"
  mkdir -p "$ROOT" "$PACKAGES"
  # What becomes a root has to be a mount.
  mount --bind "$ROOT" "$ROOT"
  debootstrap --variant=minbase --cache-dir="$PACKAGES" "$suite" "$ROOT" "$mirror" >"$ROOT.log" 2>&1 ||
    die "debootstrap failed: $(tail -n 3 "$ROOT.log")"

  printf '%s\n' "$lines" >"$ROOT/etc/apt/sources.list"
  apt-config dump Acquire >"$ROOT/etc/apt/apt.conf.d/90outside"
  cp /etc/resolv.conf /etc/hosts "$ROOT/etc/"
  mount -t proc proc "$ROOT/proc"
  mount --rbind /sys "$ROOT/sys"
  mount --rbind /dev "$ROOT/dev"
  mount --bind "$PACKAGES" "$ROOT/var/cache/apt/archives"
  git clone --quiet --no-local . "$ROOT/vtprobe"
}

# What a login has, and the proxies of the machine around it. The folder becomes
# the root of this namespace: in a chroot nobody may make a user namespace, which
# the beds want.
enter() {
  local variable proxies=()
  for variable in http_proxy https_proxy no_proxy; do
    [[ -z ${!variable-} ]] || proxies+=("$variable=${!variable}")
  done
  cd "$ROOT"
  pivot_root . mnt
  cd /
  umount --lazy /mnt
  env -i HOME=/root TERM=dumb CI=true "${proxies[@]}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /vtprobe/tools/fresh.sh --inside "$@" </dev/null
}

outside() {
  (($(id -u) == 0)) || die "needs root, to make a machine and to enter it"
  command -v debootstrap >/dev/null || die "needs debootstrap: apt-get install debootstrap"
  printf '== A bare Debian %s\n' "$suite"
  make_machine
  local status=0
  enter "$@" || status=$?
  return "$status"
}

# --- Inside ---------------------------------------------------------------

failed=()
log=/tmp/fresh.log

# step NAME COMMAND...
step() {
  local name=$1 started=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee -a "$log" || failed+=("$name")
  printf '%s: %d s\n' "$name" $((SECONDS - started))
}

inside() {
  case ${1-} in
  --ci) step .ci/run .ci/run ;;
  --tests)
    step setup tools/setup.sh
    step configure cmake --preset dev
    step build cmake --build --preset dev --parallel "$(nproc)" --target vtprobe \
      vtprobe_cli_tests vtprobe_corpus_tests vtprobe_hal_tests vtprobe_import_tests
    step tests ctest --preset dev -L '^(cli|corpus|hal|import)$' --quiet --output-on-failure
    ;;
  *)
    step setup tools/setup.sh --packages-only --with-clang --with-beds
    step command tools/setup.sh
    local preset
    for preset in dev clang asan-ubsan tsan; do step "configure $preset" cmake --preset "$preset"; done
    step beds tests/e2e/run
    step format tools/lint.sh format
    step docs cmake --build build/dev --target docs
    ;;
  esac
  printf '\n'
  ((${#failed[@]} == 0)) || printf 'failed: %s\n' "${failed[@]}"
  # One who finds no place to run says so in these words.
  if grep -E '^skipped |\(Skipped\)|not found' "$log"; then failed+=(skipped); fi
  ((${#failed[@]} == 0)) || exit 1
  printf 'Nothing is missing.\n'
}

case ${1-} in
  --inside)
    shift
    inside "$@"
    ;;
  --mounted)
    suite=$2
    shift 2
    outside "$@"
    ;;
  *)
    keep=false
    what=()
    while (($#)); do
      case $1 in
        --keep) keep=true ;;
        --ci | --tests) what=("$1") ;;
        --debian)
          suite=${SUITES[${2-none}]-}
          [[ $suite ]] || die "--debian takes one of ${!SUITES[*]}"
          shift
          ;;
        *) die "unknown argument: $1 (known: --ci, --tests, --debian, --keep)" ;;
      esac
      shift
    done
    status=0
    # unshare heeds no request to end; what it started ends with it.
    unshare --mount --pid --fork --kill-child "$PWD/tools/fresh.sh" --mounted "$suite" "${what[@]}" &
    machine=$!
    trap 'kill -KILL "$machine" 2>/dev/null || true' EXIT
    wait "$machine" || status=$?
    $keep || rm -rf --one-file-system "$ROOT"
    exit "$status"
    ;;
esac
