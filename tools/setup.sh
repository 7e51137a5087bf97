#!/usr/bin/env bash
# From a fresh Debian machine (12 or 13) to an answer: installs what the build
# needs, builds the optimized vtprobe, runs it on this machine and on a recording.
#
#   tools/setup.sh                    all of that
#   tools/setup.sh --packages-only    the packages and nothing more
#     --with-clang    also the second compiler, its sanitizers and checkers
#     --with-beds     also the emulators and tools of tests/e2e and bench/peers, and
#                     their kernel; and what packages are tried with
#     --with-browser  also the browser that tests look at pages in (400 MB)
#     --with-arm64    also what builds for arm64 and runs that, for the preset arm64:
#                     a compiler, an emulator, and libraries in build/arm64-root
#   tools/setup.sh --help             this text
#
# May be run again at any time: what is there already is left alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The one list of Debian packages that this project needs.
readonly PACKAGES=(
  g++ cmake ninja-build
  libcli11-dev libcpuid-dev libexpected-dev libfmt-dev libtomlplusplus-dev nlohmann-json3-dev
  libarchive-dev libfuse3-dev libpq-dev libpugixml-dev libseccomp-dev libsqlite3-dev libxxhash-dev
  zlib1g-dev libbz2-dev liblzma-dev libzstd-dev zstd
  libbenchmark-dev libgmock-dev libgtest-dev librapidcheck-dev
  libxml2-utils python3-jsonschema tidy
  dpkg-dev fdisk file googletest mtools pkg-config
  ccache git mold
)
# Versions of clang that are known to do, the first that a release offers is taken:
# Debian 12 has 14, which sources are formatted with, and 13 begins with 17.
read -ra CLANG_VERSIONS <cmake/clang-versions
readonly CLANG_VERSIONS
# What tests/e2e and bench/peers run: the emulators with what boots in them, and
# the tools and headers that vtprobe is compared with. In the last rows, what takes
# integrations, of prometheus promtool, and what packages and other releases are tried
# with.
readonly BED_PACKAGES=(
  python3 fuse3 binutils
  qemu-system-x86 busybox-static ovmf
  bochs bochsbios bochs-term vgabios grub-common grub-pc-bin xorriso
  msr-tools cpu-checker libvirt-clients perl-base spectre-meltdown-checker
  cpuid cpuidtool x86info strace
  linux-headers-amd64
  munge slurm-client slurmctld slurmd ansible-core prometheus postgresql
  fish zsh groff lintian debootstrap
)
# What tests/browser and tools/take-pictures.py look at pages with, and the letters.
readonly BROWSER_PACKAGES=(chromium fonts-dejavu-core python3)

# What compiles for arm64, which is installed, and what that is linked with, which is
# not: it is unpacked below build, and this machine's list of packages stays as it is.
readonly ARM64_TOOLS=(g++-aarch64-linux-gnu qemu-user)
readonly ARM64_PACKAGES=(
  libc6-dev
  libcli11-dev libexpected-dev libfmt-dev libtomlplusplus-dev nlohmann-json3-dev
  libarchive-dev libfuse3-dev libpq-dev libpugixml-dev libseccomp-dev libsqlite3-dev libxxhash-dev
  zlib1g-dev libgmock-dev libgtest-dev librapidcheck-dev
)

readonly EXAMPLE_DUMP=recorded-msr-dumps/intel/core2-smx-only-ff03/machine.dump

# What stands above, without the signs of a comment.
help() { sed -n '2,/^set -/{ /^#/s/^# \{0,1\}//p }' tools/setup.sh; }

say() { printf '\n== %s\n' "$*"; }
die() {
  printf 'setup.sh: %s\n' "$*" >&2
  exit 1
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed* ]]
}

# What the second compiler, its sanitizers, the formatting check, clang-tidy and the
# documentation of the headers are packages of.
clang_version() {
  local version
  for version in "${CLANG_VERSIONS[@]}"; do
    if is_installed "clang-$version" ||
      [[ -n $(apt-cache madison "clang-$version" 2>/dev/null) ]]; then
      echo "$version"
      return
    fi
  done
  # Before the first apt-get update nothing is known of any.
  # shellcheck disable=SC1091
  case $(. /etc/os-release && echo "${VERSION_ID-}") in
    13*) echo 17 ;;
    *) echo "${CLANG_VERSIONS[0]}" ;;
  esac
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
      die "not root, and there is no sudo; as root: apt-get update && apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  local apt_get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  # Package lists that are a little old are better than none.
  "${apt_get[@]}" update || echo "setup.sh: apt-get update failed; going on with the lists there are" >&2
  "${apt_get[@]}" install -y --no-install-recommends "${missing[@]}" ||
    die "apt-get could not install them; what it says stands above. By hand: \
apt-get update && apt-get install ${missing[*]}"
}

# Lines of a sources.list, of what this machine has from Debian itself. The variables
# are apt's.
# shellcheck disable=SC2016
debian_sources() {
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' | grep ' main$' | sort -u
}

# By an apt of their own, which knows of no package that is installed.
unpack_arm64_packages() {
  local root=$PWD/build/arm64-root apt=$PWD/build/arm64-apt package
  if [[ -e $root/complete && $(<"$root/complete") == "${ARM64_PACKAGES[*]}" ]]; then
    echo "What is linked with is unpacked in $root."
    return
  fi
  rm -rf "$root" "$apt"
  mkdir -p "$root/usr/lib" "$apt"/{lists,archives}/partial
  ln -s usr/lib "$root/lib"
  : >"$apt/status"
  debian_sources >"$apt/sources.list" || die "this machine's apt knows no Debian (apt-get update?)"
  local apt_get=(apt-get -q -o Acquire::Retries=3 -o APT::Sandbox::User=
    -o APT::Architecture=arm64 -o APT::Architectures::=arm64
    -o Dir::State="$apt" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt"
    -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=-)
  { "${apt_get[@]}" update &&
    "${apt_get[@]}" install -y --no-install-recommends --download-only "${ARM64_PACKAGES[@]}"; } ||
    die "Debian's packages for arm64 can't be had; what apt-get says stands above"
  # A package that has /lib would put a folder in the link's place.
  for package in "$apt"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"
  done
  rm -rf "$apt"
  echo "${ARM64_PACKAGES[*]}" >"$root/complete"
}

# Somebody else's tree: nothing can be built in it, and git refuses it.
check_that_tree_is_ours() {
  [[ -w . ]] || die "$PWD is $(stat -c %U .)'s and not $(id -un)'s: nothing can be built in it. \
Run this as $(stat -c %U .), or in a clone of your own: git clone $PWD"
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
with_browser=false
with_arm64=false
packages_only=false
for argument in "$@"; do
  case $argument in
    --packages-only) packages_only=true ;;
    --with-clang) with_clang=true ;;
    --with-beds) with_beds=true ;;
    --with-browser) with_browser=true ;;
    --with-arm64) with_arm64=true ;;
    -h | --help)
      help
      exit 0
      ;;
    *) die "unknown argument: $argument (known: --packages-only, --with-clang, --with-beds, \
--with-browser, --with-arm64, --help)" ;;
  esac
done

check_that_tree_is_ours

say "Packages"
packages=("${PACKAGES[@]}")
if $with_clang; then
  version=$(clang_version)
  packages+=("clang-$version" "clang-format-$version" "clang-tidy-$version" doxygen
    "libclang-rt-$version-dev")
fi
if $with_beds; then packages+=("${BED_PACKAGES[@]}"); fi
if $with_browser; then packages+=("${BROWSER_PACKAGES[@]}"); fi
if $with_arm64; then packages+=("${ARM64_TOOLS[@]}"); fi
install_packages "${packages[@]}"
if $with_arm64; then unpack_arm64_packages; fi
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

The program is build/release/bin/vtprobe; README.md says what else it does. To install
it for all users, with its manual page and what shells complete:
  (cd build/release && cpack) && sudo apt-get install ./build/release/vtprobe_*.deb
tools/test.sh builds and runs the tests.
END
