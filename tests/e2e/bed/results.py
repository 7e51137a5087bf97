"""RESULTS.md: what the beds saw, written by the run that saw it.

A table stands between two comment lines that name it. Each case owns the rows
that begin with its name, or a table as a whole. A run compares what it owns
with what is committed and fails where they differ, so the document can't go
stale; with VTPROBE_UPDATE_RESULTS=1 it writes them instead.
"""

import os
import re
import threading

_BEGIN = "<!-- table {} -->"
_END = "<!-- end -->"


def cell(text):
    """The text in a cell of a table."""
    return str(text).replace("|", "\\|").replace("\n", "<br>").strip() or "—"


def row(*cells):
    return "| " + " | ".join(map(cell, cells)) + " |"


class Results:
    def __init__(self, path, owners):
        """`owners` is the order in which rows of one table stand."""
        self._path = path
        self._owners = owners
        self._lock = threading.Lock()
        self.updates = os.environ.get("VTPROBE_UPDATE_RESULTS", "") == "1"

    def lacks(self, owner):
        """Whether nothing was ever seen of this case."""
        with self._lock:
            return f"\n| {owner} |" not in self._path.read_text(encoding="utf-8")

    def settle(self, table, rows, owner=None):
        """Compares these rows with the table's rows of `owner`, or with all of
        the table. Returns what differs, as text; nothing if it was written."""
        with self._lock:
            text = self._path.read_text(encoding="utf-8")
            begin, end = self._bounds(text, table)
            lines = text[begin:end].splitlines()
            heading, body = lines[:2], lines[2:]
            is_owned = [owner is None or line.startswith(f"| {owner} |") for line in body]
            owned = [line for line, is_mine in zip(body, is_owned) if is_mine]
            if owned == rows:
                return ""
            if not self.updates:
                return self._difference(table, owned, rows)
            body = [line for line, is_mine in zip(body, is_owned) if not is_mine] + rows
            if owner is not None:
                body.sort(key=lambda line: self._owners.index(line.split(" | ")[0][2:]))
            new = "\n".join(heading + body) + "\n"
            self._path.write_text(text[:begin] + new + text[end:], encoding="utf-8")
            return ""

    def _bounds(self, text, table):
        start = _BEGIN.format(table)
        begin = text.index(start) + len(start) + 1
        return begin, text.index(_END, begin)

    @staticmethod
    def _difference(table, committed, seen):
        lines = [f"RESULTS.md, table {table}, is not what was seen "
                 "(VTPROBE_UPDATE_RESULTS=1 writes it):"]
        lines += [f"  - {line}" for line in committed if line not in seen]
        lines += [f"  + {line}" for line in seen if line not in committed]
        if len(lines) == 1:
            lines.append("  the same rows in another order")
        return "\n".join(lines)


def words(text, *patterns):
    """The distinct matches of the patterns in the text, in order."""
    found = []
    for match in re.finditer("|".join(f"(?:{pattern})" for pattern in patterns), text):
        if match[0] not in found:
            found.append(match[0])
    return found
