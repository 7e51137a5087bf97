#!/usr/bin/env python3
"""clang-tidy over some sources, each of which is looked at again only when what
it is made of has changed.

    tools/tidy.py [--turn N] BUILD FOLDER...
        the sources below the folders that BUILD's compile_commands.json names; 1 if one
        has a finding. Of turn N only every fifth, and those that the last commits changed:
        after five turns each has been looked at.

A source without a finding is remembered by a hash of everything that the answer
depends on: what the preprocessor makes of it (with its comments, of which NOLINT is
one), the options, the configuration, clang-tidy itself. What is remembered lies in
XDG_CACHE_HOME/vtprobe/clang-tidy; of a source with findings nothing is.
"""

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = os.environ.get("CLANG_TIDY", "clang-tidy-14")
ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vtprobe/clang-tidy"

TURNS = 5
COMMITS = 10


def output_of(command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **options).stdout


def configuration_of(source):
    """The .clang-tidy files that hold for a source, the nearest first."""
    return [file.read_bytes() for folder in source.parents
            if folder.is_relative_to(ROOT) and (file := folder / ".clang-tidy").is_file()]


def key_of(entry, version):
    """What the answer depends on, without where the sources lie."""
    source = Path(entry["file"])
    command = shlex.split(entry["command"])
    del command[command.index("-o"):command.index("-o") + 2]
    command.remove("-c")
    preprocessed = output_of([*command, "-E", "-C", "-P"], cwd=entry["directory"])
    parts = [version, str(source.relative_to(ROOT)).encode(),
             "\n".join(word.replace(str(ROOT), "") for word in command).encode(),
             *configuration_of(source), preprocessed]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()


def look_at(entry, build, version):
    """What clang-tidy has to say of a source; nothing if it finds nothing."""
    known = CACHE / key_of(entry, version)
    if known.exists():
        known.touch()
        return ""
    run = subprocess.run([TIDY, "-quiet", "-p", build, entry["file"]], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode == 0:
        known.touch()
        return ""
    return run.stdout or run.stderr


def changed_lately():
    """What the last commits changed, as far as there are that many."""
    commits = output_of(["git", "rev-list", f"--max-count={COMMITS}", "HEAD"], cwd=ROOT, text=True)
    names = output_of(["git", "diff", "--name-only", commits.split()[-1]], cwd=ROOT, text=True)
    return {ROOT / name for name in names.splitlines()}


def of_turn(entries, turn):
    lately = changed_lately()
    return [entry for number, entry in enumerate(sorted(entries, key=lambda each: each["file"]))
            if number % TURNS == turn % TURNS or Path(entry["file"]) in lately]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--turn", type=int)
    parser.add_argument("build")
    parser.add_argument("folders", nargs="+")
    arguments = parser.parse_args()
    build = arguments.build
    CACHE.mkdir(parents=True, exist_ok=True)
    version = output_of([TIDY, "--version"])
    wanted = [ROOT / folder for folder in arguments.folders]
    # Ours end in .cc; what CMake generates to compile the headers does not.
    entries = [entry for entry in json.loads(Path(build, "compile_commands.json").read_text())
               if entry["file"].endswith(".cc")
               and any(Path(entry["file"]).is_relative_to(folder) for folder in wanted)]
    if arguments.turn is not None:
        entries = of_turn(entries, arguments.turn)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(lambda entry: look_at(entry, build, version), entries)
        findings = [answer for answer in answers if answer]
    print("".join(findings), end="")
    print(f"clang-tidy: {len(entries)} sources, {len(findings)} with findings")
    return 1 if findings or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
