"""What the beds share: running programs with a time limit, and how a case ends
that does not pass."""

import os
import shutil
import signal
import subprocess


class Failed(Exception):
    """The case found something wrong."""


class Skipped(Exception):
    """The case finds no place to run here; the text is the reason."""


def need(condition, reason):
    if not condition:
        raise Skipped(reason)


def check(condition, message):
    if not condition:
        raise Failed(message)


def need_programs(*names):
    # What is root's is found by others, too.
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in names if shutil.which(name, path=path) is None]
    need(not missing, f"not installed: {', '.join(missing)} "
                      "(tools/setup.sh --packages-only --with-beds)")


def run(words, *, timeout=60, input_text="", status=None, **options):
    """The program's end: returncode, stdout, stderr. With `status`, any other
    exit status is a failure."""
    try:
        ended = subprocess.run(words, input=input_text, capture_output=True, text=True,
                               errors="replace", timeout=timeout, check=False, **options)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{words[0]} took longer than {timeout} s") from error
    if status is not None and ended.returncode != status:
        raise Failed(f"{' '.join(map(str, words))} ended with {ended.returncode}, not {status}:\n"
                     f"{ended.stdout}{ended.stderr}")
    return ended


def stop(process, patience=10):
    """Ends a process that was started in a session of its own, with its
    children."""
    if process.poll() is not None:
        return
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
        except ProcessLookupError:
            return
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue
