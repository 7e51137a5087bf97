#!/usr/bin/env python3
"""That a store loses nothing and is what FORMAT-STORE.md says.

    store_test.py VTPROBE FORMAT_STORE_MD [TEST...]
"""

import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

# [intel/sdm-vol4] table 2-2, IA32_FEATURE_CONTROL: LOCK and VMX_OUTSIDE_SMX, or LOCK alone.
_HEAD = "vtprobe-dump 1\nmeta board = X\n"
_LEAVES = ("cpu 0-3\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
           "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n")
_CONTENT = """SELECT machine.name, recording.name, copy, time, dump, reading_set.hash, judgement.hash
    FROM recording JOIN machine ON machine.id = machine JOIN judgement ON judgement.id = judgement
    JOIN reading_set ON reading_set.id = reading_set ORDER BY 1, 2"""
_VIEWS = ("machines", "recordings", "findings", "register_values")


class StoreTest(unittest.TestCase):
    vtprobe = ""
    document = pathlib.Path()

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.tree = pathlib.Path(kept.name)
        self.store = self.tree / "fleet.db"

    def lab(self, name, numbers):
        """A folder of machines of which no two say the same."""
        folder = self.tree / name
        folder.mkdir()
        for i in numbers:
            (folder / f"n{i}.dump").write_text(
                f"{_HEAD}meta time = 2026-11-30T00:00:{i % 60:02}Z\n{_LEAVES}"
                f"msr 0x3a = {'0x1' if i % 7 == 0 else '0x5'}\nmsr 0x1a4 = {i:#x}\n")
        return folder

    def start(self, *arguments):
        return subprocess.Popen([self.vtprobe, "fleet", *map(str, arguments)],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                start_new_session=True)

    def fleet(self, *arguments):
        process = self.start(*arguments)
        said = process.communicate()[0]
        self.assertLess(process.returncode, 64, said)
        return said

    def content(self, store=None):
        """All that is kept, of a store that is consistent."""
        database = sqlite3.connect(store or self.store)
        try:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
            rows = database.execute(_CONTENT).fetchall()
            for view in ("findings", "register_values"):
                self.assertEqual({machine for (machine,) in
                                  database.execute(f"SELECT machine FROM {view}")},
                                 {row[0] for row in rows})
            return rows
        finally:
            database.close()


class Killed(StoreTest):
    def test_whoever_is_killed_leaves_all_or_nothing(self):
        first, second = self.lab("first", range(20)), self.lab("second", range(20, 60))
        self.fleet("add", self.store, first)
        before = self.content()
        base, whole = self.tree / "base.db", self.tree / "whole.db"
        shutil.copy(self.store, base)
        shutil.copy(self.store, whole)
        began = time.monotonic()
        self.fleet("add", whole, second)
        duration = time.monotonic() - began
        after = self.content(whole)
        self.assertEqual(len(after), 60)
        chance = random.Random(20261130)
        left = {len(before): 0, len(after): 0}
        for turn in range(100):
            for file in self.tree.glob("fleet.db*"):
                file.unlink()
            shutil.copy(base, self.store)
            process = self.start("add", self.store, second)
            # Half of them in the last third, in which it is written.
            time.sleep(duration * (chance.uniform(0.6, 1.05) if turn % 2 else chance.random()))
            try:
                # All of them, or who parses: the other ends with it.
                if turn % 4 < 2:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
            except ProcessLookupError:
                pass
            process.communicate()
            if turn % 3 == 0:  # vtprobe itself comes upon what was left
                self.assertIn("machines:", self.fleet("report", self.store))
            kept = self.content()
            self.assertIn(kept, (before, after), f"turn {turn}")
            left[len(kept)] += 1
            said = self.fleet("add", self.store, second)
            self.assertEqual(said, f"{60 - len(kept)} recordings added, "
                                   f"{len(kept) - 20} were there already.\n")
            self.assertEqual(self.content(), after, f"turn {turn}")
            self.assertEqual(sorted(file.name for file in self.tree.glob("fleet.db*")),
                             ["fleet.db"])
        print("killed 100 times; left as they were, or whole:", left)
        self.assertGreater(left[len(before)], 10, "it was killed too late to tell")


class TwoWriters(StoreTest):
    def test_lose_nothing(self):
        labs = [self.lab(f"lab{i}", range(i * 30, i * 30 + 60)) for i in range(4)]
        adders = [self.start("add", self.store, lab) for lab in labs]
        while any(adder.poll() is None for adder in adders):
            if self.store.exists() and self.store.stat().st_size:
                self.assertIn("machines:", self.fleet("report", self.store))
        added = 0
        for adder in adders:
            said = adder.communicate()[0]
            self.assertEqual(adder.returncode, 0, said)
            added += int(said.split()[0])
        self.assertEqual(added, 150)
        self.assertEqual(sorted(int(row[0][1:]) for row in self.content()), list(range(150)))

    def test_is_not_taken_away_by_one_that_fails(self):
        good, bad = self.lab("good", range(20)), self.lab("bad", range(20))
        (bad / "z.dump").write_text("vtprobe-dump 1\ncpu x\n")
        for _ in range(20):
            self.store.unlink(missing_ok=True)
            adders = [self.start("add", self.store, folder) for folder in (bad, good, bad)]
            said = [adder.communicate()[0] for adder in adders]
            self.assertEqual([adder.returncode for adder in adders], [65, 0, 65], said)
            self.assertEqual(len(self.content()), 20)


class Documented(StoreTest):
    def setUp(self):
        super().setUp()
        self.fleet("add", self.store, self.lab("lab", range(20)))
        self.database = sqlite3.connect(self.store)
        self.addCleanup(self.database.close)

    def test_views_have_the_columns_that_are_documented(self):
        text = self.document.read_text()
        for view in _VIEWS:
            section = text.split(f"### {view}\n", 1)[1].split("\n#", 1)[0]
            documented = [name for row in re.findall(r"^\| ([a-z_, ]+) \|", section, re.M)
                          for name in row.split(", ") if name != "column"]
            there = [row[1] for row in self.database.execute(f"PRAGMA table_info({view})")]
            self.assertEqual(sorted(documented), sorted(there), view)

    def test_tables_are_those_that_are_documented(self):
        rows = re.findall(r"^\| ([a-z_, ]+) \|", self.document.read_text().split("## Tables", 1)[1],
                          re.M)
        documented = {name for row in rows for name in row.split(", ")} - {"table"}
        there = {name for (name,) in self.database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")}
        self.assertEqual(documented | {"vtprobe_store"}, there)

    def test_examples_answer(self):
        examples = re.findall(r"^```sql\n(.*?)^```", self.document.read_text(), re.M | re.S)
        self.assertEqual(len(examples), 5)
        answers = [self.database.execute(example).fetchall() for example in examples]
        # Of twenty, every seventh is switched off.
        self.assertEqual(answers[0], [("no", 3), ("yes", 17)])
        self.assertEqual(sorted(row[0] for row in answers[2]), ["n0", "n14", "n7"])
        self.assertEqual(answers[3], [("0x1", "0-3", 3), ("0x5", "0-3", 17)])


if __name__ == "__main__":
    StoreTest.vtprobe = sys.argv[1]
    StoreTest.document = pathlib.Path(sys.argv[2])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
