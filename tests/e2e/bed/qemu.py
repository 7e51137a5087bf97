"""QEMU without KVM: every CPU is interpreted, so any model can be asked for,
and as many of them as one has time for. It has SVM, and no VMX; its lock bits
do not lock, and a register that it does not know reads as 0 and does not
fault."""

import os
import subprocess

from bed import guest
from bed.tools import Failed, need_programs, stop


def need_qemu():
    need_programs("qemu-system-x86_64", "busybox", "strip", "rdmsr", "kvm-ok")


def boot(work, *, kernel, model, cpus=1, append="", timeout=300, firmware=()):
    """Starts the machine over what is in `work` (initramfs.gz), waits until it
    is off and returns the serial log. `firmware` is as words of QEMU's, where it
    is not to be QEMU's own."""
    serial = work / "serial"
    with open(work / "qemu.log", "w", encoding="utf-8") as log:
        qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", model,
             "-smp", str(cpus), "-m", str(384 + 16 * cpus), "-nodefaults", "-display", "none",
             "-no-reboot", "-serial", f"file:{serial}", *firmware, "-kernel", str(kernel.image),
             "-initrd", str(work / "initramfs.gz"),
             "-append", f"console=ttyS0 {guest.QUICKLY} {append}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, "LC_ALL": "C"})
        try:
            if qemu.wait(timeout) != 0:
                raise Failed(f"QEMU ended with {qemu.returncode}:\n"
                             f"{(work / 'qemu.log').read_text()}")
        except subprocess.TimeoutExpired as error:
            raise Failed(f"the guest was not off after {timeout} s") from error
        finally:
            stop(qemu)
    return serial
