#!/usr/bin/env bash
# From a fresh Debian 12 machine to an answer: installs what the build needs,
# builds the optimized vtprobe, runs it on this machine and on a recording.
#
#   tools/setup.sh                    all of that
#   tools/setup.sh --packages-only    the packages and nothing more
#     --with-clang    also the second compiler, its sanitizers and checkers
#     --with-beds     also the emulators and tools of tests/e2e and bench/peers, and
#                     their kernel
#
# May be run again at any time: what is there already is left alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The one list of Debian packages that this project needs.
readonly PACKAGES=(
  g++ cmake ninja-build
  libcli11-dev libcpuid-dev libexpected-dev libfmt-dev libtomlplusplus-dev nlohmann-json3-dev
  libarchive-dev libfuse3-dev libpugixml-dev libseccomp-dev libxxhash-dev zlib1g-dev
  libbenchmark-dev libgmock-dev libgtest-dev librapidcheck-dev
  libxml2-utils python3-jsonschema
  dpkg-dev file googletest pkg-config
  ccache git mold
)
# What the second compiler, its sanitizers, the formatting check, clang-tidy and
# the documentation of the headers need on top.
readonly CLANG_PACKAGES=(clang-14 clang-format-14 clang-tidy-14 doxygen libclang-rt-14-dev)
# What tests/e2e and bench/peers run: the emulators with what boots in them, and
# the tools that vtprobe is compared with.
readonly BED_PACKAGES=(
  python3 fuse3 binutils
  qemu-system-x86 busybox-static
  bochs bochsbios bochs-term vgabios grub-common grub-pc-bin xorriso mtools
  msr-tools cpu-checker libvirt-clients perl-base spectre-meltdown-checker
  cpuid cpuidtool x86info strace
)

readonly EXAMPLE_DUMP=recorded-msr-dumps/intel/core2-smx-only-ff03/machine.dump

say() { printf '\n== %s\n' "$*"; }
die() {
  printf 'setup.sh: %s\n' "$*" >&2
  exit 1
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed* ]]
}

install_packages() {
  if ! { command -v dpkg-query && command -v apt-get; } >/dev/null; then
    die "this is not a Debian system; install by hand what provides: $*"
  fi
  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    echo "All $# packages are installed."
    return
  fi

  local as_root=()
  if (($(id -u) != 0)); then
    command -v sudo >/dev/null ||
      die "not root, and there is no sudo; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  local apt_get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  # Package lists that are a little old are better than none.
  "${apt_get[@]}" update || echo "setup.sh: apt-get update failed; going on with the lists there are" >&2
  "${apt_get[@]}" install -y --no-install-recommends "${missing[@]}"
}

# Runs vtprobe and says what its exit status means. 1, 2 and 3 are answers, not
# failures.
ask() {
  printf '\n$ %s\n' "$*"
  local status=0
  "$@" || status=$?
  printf '\nExit status %d: ' "$status"
  case $status in
    0) echo "hardware virtualization is usable on every CPU." ;;
    1) echo "it is not usable, and the answer above says why and what to do." ;;
    2) echo "it can't be determined, and the answer above says what is missing." ;;
    3) echo "this CPU does not offer it." ;;
    *) die "vtprobe failed" ;;
  esac
}

with_clang=false
with_beds=false
packages_only=false
for argument in "$@"; do
  case $argument in
    --packages-only) packages_only=true ;;
    --with-clang) with_clang=true ;;
    --with-beds) with_beds=true ;;
    *) die "unknown argument: $argument (known: --packages-only, --with-clang, --with-beds)" ;;
  esac
done

say "Packages"
packages=("${PACKAGES[@]}")
if $with_clang; then packages+=("${CLANG_PACKAGES[@]}"); fi
if $with_beds; then packages+=("${BED_PACKAGES[@]}"); fi
install_packages "${packages[@]}"
if $with_beds && ! tests/e2e/run --prepare; then
  echo "setup.sh: without that kernel, tests/e2e skips its emulators" >&2
fi
if $packages_only; then exit 0; fi

say "Building vtprobe"
cmake --preset release
cmake --build --preset release --target vtprobe --parallel "$(nproc)"

say "This machine"
ask build/release/bin/vtprobe

say "A recording: firmware locked VT-x for measured launches (TXT) only"
ask build/release/bin/vtprobe check --replay "$EXAMPLE_DUMP"

cat <<'END'

The program is build/release/bin/vtprobe; README.md says what else it does.
tools/test.sh builds and runs the tests.
END
