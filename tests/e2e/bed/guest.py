"""The small system that runs in the emulators, and what it says.

An initramfs of busybox, the program under test with its libraries, and the
kernel's own modules. Its /init runs the case's script and switches the machine
off. What the script prints comes out over the serial port in sections:

    === NAME
    any lines
    === end STATUS
"""

import gzip
import re
import shutil
import stat
from pathlib import Path

from bed.tools import check, need, run

BUSYBOX = Path("/bin/busybox")
# Runs the scripts of other tools: busybox's shell would start its own programs
# in place of those that they name.
SHELL = Path("/bin/dash")

# On the kernel's command line: quick, and nothing that virtualization depends
# on. Self-tests of cryptography would be half of the time until /init.
QUICKLY = ("quiet panic=-1 mitigations=off cryptomgr.notests "
           "initcall_blacklist=crypto_kdf108_init")

_INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t securityfs securityfs /sys/kernel/security
exec >/dev/ttyS0 2>&1 </dev/null
stty -F /dev/ttyS0 -opost
# The port is the programs' now: it lags behind them, and a line of the kernel's
# would stand in the middle of one of theirs. `dmesg` has it; a panic is still shown.
echo 1 >/proc/sys/kernel/printk
export PATH=/bin HOME=/
section() {
  name=$1
  shift
  echo "=== $name"
  "$@"
  echo "=== end $?"
}
# Through a pipe: a program that writes to a terminal shows its progress there.
{ . /case.sh; } 2>&1 | cat
echo "=== done"
sleep 1  # until the port has sent it
poweroff -f
"""

class Cpio:
    """An archive in the format that the kernel unpacks ("newc")."""

    def __init__(self):
        self._parts = []
        self._folders = set()
        self._files = set()
        self._inode = 0

    def folder(self, path):
        parent = path.rpartition("/")[0]
        if path in self._folders:
            return
        if parent:
            self.folder(parent)
        self._folders.add(path)
        self._add(path, stat.S_IFDIR | 0o755, b"")

    def file(self, path, content, mode=0o644):
        """Adds the file; one that is there stays."""
        if path in self._files:
            return
        self._files.add(path)
        parent = path.rpartition("/")[0]
        if parent:
            self.folder(parent)
        self._add(path, stat.S_IFREG | mode, content)

    def _add(self, path, mode, content):
        self._inode += 1
        name = path.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        self._parts.append(header + b"\0" * (-len(header) % 4))
        self._parts.append(content + b"\0" * (-len(content) % 4))

    def archive(self):
        self._add("TRAILER!!!", 0, b"")
        return b"".join(self._parts)


def _add_program(cpio, program, work, name=None):
    """The program and what the dynamic linker would load, where it looks for it."""
    name = name or program.name
    stripped = work / name
    run(["strip", "-o", str(stripped), str(program)], status=0)
    cpio.file(f"bin/{name}", stripped.read_bytes(), 0o755)
    listing = run(["ldd", str(program)]).stdout
    for library in re.findall(r"(/\S+) \(0x", listing):
        cpio.file(library.lstrip("/"), Path(library).read_bytes(), 0o755)


def initramfs(path, *, script, kernel, vtprobe, modules=(), programs=(),
              scripts=()):
    need(shutil.which("busybox"), "not installed: busybox-static")
    work = path.parent
    cpio = Cpio()
    for folder in ("bin", "proc", "sys", "dev", "tmp"):
        cpio.folder(folder)
    cpio.file("bin/busybox", BUSYBOX.read_bytes(), 0o755)
    _add_program(cpio, SHELL, work, "sh")
    for program in (vtprobe, *programs):
        _add_program(cpio, program, work)
    for program in scripts:
        cpio.file(f"bin/{program.name}", program.read_bytes(), 0o755)
    for module in modules:
        stripped = work / f"{module}.ko"
        run(["strip", "--strip-debug", "-o", str(stripped), str(kernel.module(module))], status=0)
        cpio.file(f"{module}.ko", stripped.read_bytes())
    cpio.file(f"boot/{kernel.config.name}", kernel.config.read_bytes())
    cpio.file("etc/passwd", b"root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
    cpio.file("etc/group", b"root:x:0:\nnogroup:x:65534:\n")
    cpio.file("case.sh", script.encode())
    cpio.file("init", _INIT.encode(), 0o755)
    path.write_bytes(gzip.compress(cpio.archive(), 1))


class Said:
    """What the guest printed, by section."""

    def __init__(self, log):
        text = log.read_text(errors="replace").replace("\r", "")
        self.sections = {}
        self.statuses = {}
        for name, body, status in re.findall(r"^=== (\S+)\n(.*?)^=== end (\d+)$", text,
                                             re.DOTALL | re.MULTILINE):
            self.sections[name] = body
            self.statuses[name] = int(status)
        check("\n=== done" in text, f"the guest did not reach its end; it said:\n{text[-2000:]}")
        self.before_kernel = text.partition("=== ")[0]

    def __getitem__(self, name):
        check(name in self.sections, f"the guest printed no section {name}")
        return self.sections[name]

    def status(self, name):
        self[name]
        return self.statuses[name]
