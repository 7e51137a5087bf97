#!/usr/bin/env bash
# Unpacks a Debian source package, unless it is there: nothing of it is part of this
# project. Exits with 77 and the reason where it can't be had.
#
#   firmware_sources.sh PACKAGE FOLDER
set -euo pipefail
package=$1 folder=$(realpath -m "$2")  # apt-get runs in another

skip() {
  echo "skipped: $1"
  exit 77
}

[[ -e $folder/$package ]] && exit
for program in apt-get dpkg-source timeout; do
  command -v "$program" >/dev/null || skip "there is no $program"
done
# The release's own, or Debian 12's.
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
[[ $(. /etc/os-release && echo "$ID") == debian ]] || release=bookworm
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -e $keyring ]] || skip "there is no $keyring"

# A list of its own: this machine's are left alone.
work=$folder/$package.work
mkdir -p "$work"/{lists/partial,cache/archives/partial}
echo "deb-src [signed-by=$keyring] http://deb.debian.org/debian $release main" >"$work/sources.list"
options=(-q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=-
  -o "Dir::State=$work" -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
  -o Acquire::Retries=1 -o Acquire::http::Timeout=20)
timeout 120 apt-get "${options[@]}" update >"$work/log" 2>&1 || skip "apt-get update: $(tail -n 1 "$work/log")"
cd "$work"
timeout 300 apt-get "${options[@]}" source --download-only "$package" >>"$work/log" 2>&1 ||
  skip "apt-get source $package: $(tail -n 1 "$work/log")"
dpkg-source --no-check -x "$package"_*.dsc unpacked >>"$work/log" 2>&1
mv unpacked "$folder/$package"
rm -rf "$work"
