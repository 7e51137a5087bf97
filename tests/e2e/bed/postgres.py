"""PostgreSQL itself keeps a store, to which several adders write."""

import contextlib
import csv
import io
import os
import pathlib
import pwd
import signal
import sqlite3
import subprocess
import time

from bed.tools import check, need, run, stop

# [intel/sdm-vol4] table 2-2, IA32_FEATURE_CONTROL: LOCK and VMX_OUTSIDE_SMX, or LOCK alone.
_RECORDING = """vtprobe-dump 1
meta board = X
meta time = 2026-11-30T00:00:{second:02}Z
cpu 0-3
cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69
cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff
msr 0x3a = {switch}
msr 0x1a4 = {number:#x}
"""
_ANSWERS = ("SELECT machine, usable FROM machines ORDER BY machine",
            "SELECT machine, rule, outcome, cpus, message FROM findings ORDER BY 1, 2, 3, 4",
            "SELECT machine, register, address, cpus, value, error FROM register_values"
            " ORDER BY 1, 2, 3, 4")


@contextlib.contextmanager
def _server(context):
    """Its URI. It runs as another user than root, which it refuses."""
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    need(programs, "PostgreSQL is not installed (tools/setup.sh --packages-only --with-beds)")
    data, folder = context.work / "data", programs[-1].parent
    data.mkdir(mode=0o700)
    sockets = context.work / "sockets"  # who has no right but root's may not look into the other
    sockets.mkdir()
    as_other = []
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for one in (data, sockets):
            os.chown(one, nobody.pw_uid, nobody.pw_gid)
        as_other = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        for above in [context.work, *context.work.parents]:
            if not above.stat().st_mode & 0o1:
                above.chmod(above.stat().st_mode | 0o11)
    run([*as_other, folder / "initdb", "--pgdata", data, "--username=vtprobe", "--auth=trust",
         "--encoding=UTF8", "--no-sync"], status=0, timeout=120)
    server = subprocess.Popen([*as_other, folder / "postgres", "-D", data, "-k", sockets,
                               "-c", "listen_addresses="], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True)
    uri = f"postgresql://vtprobe@/postgres?host={sockets}"
    try:
        for _ in range(300):
            if run(["psql", uri, "-c", "SELECT 1"]).returncode == 0:
                break
            time.sleep(0.1)
        yield uri
    finally:
        stop(server)


def _lab(context, name, numbers):
    folder = context.work / name
    folder.mkdir()
    for number in numbers:
        (folder / f"n{number}.dump").write_text(_RECORDING.format(
            second=number % 60, switch="0x1" if number % 7 == 0 else "0x5", number=number))
    return folder


def _ask(uri, statement):
    """Its rows, each a list of texts."""
    text = run(["psql", uri, "--no-psqlrc", "--csv", "--tuples-only", "-c", statement],
               status=0).stdout
    return list(csv.reader(io.StringIO(text)))


def _add(context, *arguments):
    return run([context.vtprobe, "fleet", "add", *arguments], status=0, timeout=120).stdout


def case(context):
    """What is added is there once, whoever else adds or is killed, and is what SQLite keeps."""
    with _server(context) as uri:
        labs = [_lab(context, f"lab{i}", range(i * 30, i * 30 + 60)) for i in range(4)]
        adders = [subprocess.Popen([context.vtprobe, "fleet", "add", uri, lab], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                  for lab in labs]
        said = [adder.communicate()[0] for adder in adders]
        check(all(adder.returncode == 0 for adder in adders), said)
        check(sum(int(one.split()[0]) for one in said) == 150, said)

        # One that fails, and some that are killed, leave it as it was.
        more = _lab(context, "more", range(200, 700))
        before = [_ask(uri, answer) for answer in _ANSWERS]
        (more / "z.dump").write_text("vtprobe-dump 1\ncpu x\n")
        run([context.vtprobe, "fleet", "add", uri, more], status=65)
        (more / "z.dump").unlink()
        for turn in range(10):
            adder = subprocess.Popen([context.vtprobe, "fleet", "add", uri, more],
                                     stdout=subprocess.DEVNULL, start_new_session=True)
            time.sleep(0.03 * turn)
            if adder.poll() is None:
                os.killpg(adder.pid, signal.SIGKILL)
            adder.wait()
            count = len(_ask(uri, _ANSWERS[0]))
            check(count in (150, 650), f"{count} machines after one was killed")
            if count == 650:
                break
            check([_ask(uri, answer) for answer in _ANSWERS] == before, "it is not as it was")
        _add(context, uri, more)
        check(_add(context, uri, more) == "0 recordings added, 500 were there already.\n", "twice")

        # The same answers as of a file, and the same report as over it.
        file = context.work / "fleet.db"
        _ask(uri, "CREATE SCHEMA apart")
        apart = uri + "&options=-csearch_path%3Dapart"
        for store in (file, apart):
            for lab in (*labs, more):
                _add(context, store, lab)
        reports = [run([context.vtprobe, "fleet", "report", "--format", "json", store],
                       status=1).stdout for store in (apart, file)]
        check(reports[0] == reports[1], "the reports differ")
        judged = run([context.vtprobe, "fleet", "judge", uri], status=0, timeout=120).stdout
        check(judged == "650 recordings judged.\n", judged)
        with contextlib.closing(sqlite3.connect(file)) as database:
            for answer in _ANSWERS:
                of_file = sorted([["" if field is None else field for field in row]
                                  for row in database.execute(answer)])
                for store in (uri, apart):
                    rows = sorted(_ask(store, answer))
                    other = [both for both in zip(rows, of_file) if both[0] != both[1]]
                    check(len(rows) == len(of_file) and not other, f"{answer}: {other[:3]}")
    return {}
