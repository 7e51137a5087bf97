#!/usr/bin/env bash
# What a shell completes of a command line: every command and every option that
# --help names, and of some options what they take.
#
#   completes.sh bash|fish|zsh VTPROBE
#
# Exits with 77 where the shell is not installed.
set -euo pipefail
shell=$1 vtprobe=$2
command -v "$shell" >/dev/null || { echo "skipped: $shell is not installed"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$vtprobe" completion "$shell" -o completion
touch a.dump
mkdir folder

# Reads command lines that are not finished, each a line, and prints of each what
# the shell makes of its last word, a line each: bash and fish all words that it
# offers, zsh the one that it completes to.
case $shell in
  bash)
    answer() {
      bash -c 'source ./completion
        while IFS= read -r line; do
          read -ra COMP_WORDS <<<"$line"
          [[ $line != *" " ]] || COMP_WORDS+=("")
          COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
          _vtprobe
          echo "${COMPREPLY[*]}"
        done'
    }
    ;;
  fish)
    # shellcheck disable=SC2016
    answer() {
      HOME=$work fish --no-config -c 'source ./completion
        while read --local line
          complete --do-complete=$line | string split --fields 1 \t | string join " "
        end
        true'
    }
    ;;
  zsh)
    # In place of the program stands a function, which says what it was called with.
    cat >rc <<'END'
PS1= PS2= PROMPT_EOL_MARK=
unsetopt zle_bracketed_paste beep
autoload -U compinit
compinit -u -D
source ./completion
vtprobe() { print -r -- "called with <$@[-1]>" }
print "at"" work"
END
    # shellcheck disable=SC2016
    answer() {
      HOME=$work TERM=dumb zsh -f -c 'zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "source ./rc"
        zpty -r shell output "*at work*"
        while IFS= read -r line; do
          zpty -w shell "$line"$'"'\\t'"'
          zpty -r shell output "*called with <*>*"
          output=${output##*called with <}
          print -r -- "${output%%>*}"
        done'
    }
    ;;
esac

# What is asked, and the word that has to be among what is answered.
: >asked
: >expected
expect() {
  printf '%s\n' "$1" >>asked
  printf '%s\n' "$2" >>expected
}

# The names of the first column of a part of --help.
commands=$("$vtprobe" --help | sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p')
[[ $(wc -l <<<"$commands") -ge 12 ]] || { echo "--help names no commands"; exit 1; }
for command in $commands; do
  # Without its last letter.
  expect "vtprobe ${command%?}" "$command"
  for option in $("$vtprobe" "$command" --help | grep -oE '^  (-[a-zA-Z],)?--[a-z-]+' | grep -oE -e '--.*'); do
    expect "vtprobe $command ${option%?}" "$option"
  done
done
# Without a command it is check.
expect "vtprobe --profil" --profile
expect "vtprobe check --profile kvm-hos" kvm-host
expect "vtprobe check --format sari" sarif
expect "vtprobe diff --format markdow" markdown
expect "vtprobe diff --fail-on wors" worse
expect "vtprobe import --from firecracker-c" firecracker-csv
expect "vtprobe rules virtualization.usabl" virtualization.usable
expect "vtprobe explain disabled_lo" disabled_locked
expect "vtprobe registers IA32_FEATURE_CONTRO" IA32_FEATURE_CONTROL
expect "vtprobe check a.du" a.dump
expect "vtprobe check --replay a.du" a.dump
expect "vtprobe completion fis" fish

answer <asked >answered
[[ $(wc -l <answered) == $(wc -l <asked) ]] || { echo "not every line is answered"; exit 1; }
status=0
while IFS= read -r line && IFS= read -r word <&3 && IFS= read -r words <&4; do
  [[ " $words" == *" $word"* ]] || {
    echo "$line: no $word, but: $words"
    status=1
  }
done <asked 3<expected 4<answered
echo "$(wc -l <asked) command lines"
exit "$status"
