"""QEMU with OVMF, the firmware for UEFI of Debian, and a stick with vtprobe.efi. Nobody
switches the machine off: it is watched until the program has said where its recording is.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from bed.tools import Failed, need, need_programs, run, stop

OVMF = Path("/usr/share/OVMF")
# What the program says last.
_ENDS = re.compile(r"vtprobe: (recorded in (\S+)|recorded over the serial line|nothing is recorded)")
# Positions of the cursor and colours, of firmware's terminal.
_CONTROL = re.compile(r"\x1b\[[0-9;=?]*[A-Za-z]")


def need_efi(context):
    """The program, as it was built beside the command or by another build of this tree."""
    need_programs("qemu-system-x86_64", "mformat", "mcopy", "sfdisk")
    need((OVMF / "OVMF_CODE_4M.fd").exists(), "not installed: ovmf "
         "(tools/setup.sh --packages-only --with-beds)")
    beside = context.vtprobe.parent / "vtprobe.efi"
    built = [beside] if beside.exists() else sorted(
        context.source.glob("build/*/bin/vtprobe.efi"), key=lambda file: file.stat().st_mtime)
    need(built, "not built: vtprobe.efi (target efi)")
    return built[-1]


def firmware(work):
    """OVMF for a machine of its own, as words of QEMU's command line."""
    variables = work / "variables.fd"
    shutil.copyfile(OVMF / "OVMF_VARS_4M.fd", variables)
    return ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF / 'OVMF_CODE_4M.fd'}",
            "-drive", f"if=pflash,format=raw,file={variables}"]


class Stick:
    """What tools/make-stick makes. mtools find the partition at 1 MiB of the image."""

    def __init__(self, context, efi, *more):
        self.image = context.work / "stick.img"
        self.partition = f"{self.image}@@1M"
        run([str(context.source / "tools/make-stick"), "--efi", str(efi), *more, str(self.image)],
            status=0)

    def put(self, file, path):
        run(["mcopy", "-o", "-i", self.partition, str(file), f"::{path}"], status=0)

    def files(self):
        listed = run(["mdir", "-/", "-b", "-i", self.partition, "::"], status=0).stdout
        return [line.removeprefix("::") for line in listed.splitlines() if not line.endswith("/")]

    def recordings(self):
        return [path for path in self.files() if path.endswith(".dump")]

    def read(self, path, to):
        run(["mcopy", "-n", "-i", self.partition, f"::{path}", str(to)], status=0)
        return to

    def drive(self, read_only=False):
        options = ",readonly=on" if read_only else ""
        return ["-drive", f"if=none,id=stick,format=raw,file={self.image}{options}",
                "-device", "virtio-blk-pci,drive=stick,bootindex=0"]


class Started:
    """What the program said over the serial line, and where it says that its recording is."""

    def __init__(self, text):
        self.text = _CONTROL.sub("", text).replace("\r", "")
        # What stands below what the machine began with.
        begin = self.text.find("vtprobe")
        self.said = self.text[max(begin, 0):]
        ended = _ENDS.search(self.text)
        self.path = ended[2].replace("\\", "/") if ended and ended[2] else None

    def sent(self):
        """The recording that went over the line."""
        found = re.search(r"^vtprobe-dump 1.*?^end \d+\n", self.text, re.DOTALL | re.MULTILINE)
        return found[0] if found else ""


def start(work, drives, *, model, cpus=1, timeout=120):
    """Starts the machine from what the drives hold, and ends it when the program has said
    where its recording is."""
    serial = work / "serial"
    serial.write_bytes(b"")
    end = time.monotonic() + timeout
    with open(work / "qemu.log", "w", encoding="utf-8") as log:
        qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", model,
             "-smp", str(cpus), "-m", str(384 + 16 * cpus), "-nodefaults", "-display", "none",
             "-no-reboot", "-serial", f"file:{serial}", *firmware(work), *drives],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, "LC_ALL": "C"})
        try:
            while not _ENDS.search(serial.read_bytes().decode(errors="replace")):
                if qemu.poll() is not None:
                    raise Failed(f"QEMU ended with {qemu.returncode}:\n"
                                 f"{(work / 'qemu.log').read_text()}")
                if time.monotonic() > end:
                    raise Failed(f"nothing was recorded after {timeout} s; the machine said:\n"
                                 f"{serial.read_bytes()[-2000:].decode(errors='replace')}")
                time.sleep(0.2)
            time.sleep(0.5)  # until the rest of the line is there
        finally:
            stop(qemu)
    return Started(serial.read_bytes().decode(errors="replace"))
