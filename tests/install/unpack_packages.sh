#!/usr/bin/env bash
# Makes the Debian packages of a build, looks for what has to be in them, and unpacks
# them into an empty root.
#
#   unpack_packages.sh BUILD ROOT
set -euo pipefail
build=$1 root=$2
rm -rf "$root" "$root.packages"
cpack --config "$build/CPackConfig.cmake" -B "$root.packages"
shopt -s nullglob
for name in vtprobe libvtprobe-dev vtprobe-dumps vtprobe-efi; do
  packages=("$root.packages/${name}"_*.deb)
  ((${#packages[@]} == 1)) || { echo "no package $name" >&2; exit 1; }
  dpkg-deb --extract "${packages[0]}" "$root"
  for document in copyright changelog.gz; do
    [[ -s $root/usr/share/doc/$name/$document ]] || { echo "$name has no $document" >&2; exit 1; }
  done
done

cd "$root/usr/share"
for file in doc/vtprobe/{README,RULES,REGISTERS,PROFILES,RECORDINGS,STORES}.md \
  man/man1/{vtprobe,vtprobe-hwtest,vtprobe-make-stick}.1.gz bash-completion/completions/vtprobe \
  zsh/vendor-completions/_vtprobe fish/vendor_completions.d/vtprobe.fish \
  vtprobe/schemas/vtprobe-report-1.schema.json; do
  [[ -s $file ]] || { echo "no $file is packed" >&2; exit 1; }
done
for program in bin/vtprobe bin/vtprobe-hwtest libexec/vtprobe/vtprobe-msr-writer; do
  [[ -x $root/usr/$program ]] || { echo "no $program is packed" >&2; exit 1; }
done
recommended=$(dpkg-deb --field "$root.packages"/vtprobe_*.deb Recommends)
[[ $recommended == *libsqlite3-0* ]] || { echo "vtprobe does not recommend SQLite" >&2; exit 1; }
suggested=$(dpkg-deb --field "$root.packages"/vtprobe_*.deb Suggests)
for library in libarchive13 libfuse3; do
  [[ $suggested == *"$library"* ]] || { echo "vtprobe does not suggest $library" >&2; exit 1; }
done

# Found from where it is, wherever that is.
"$root/usr/bin/vtprobe-make-stick" "$root.stick" || { echo "no stick is made" >&2; exit 1; }
rm "$root.stick"
