"""Bochs: a CPU whose lock bit locks.

The firmware is two programs that this file chooses. The ROM is Bochs's own
(BIOS-bochs-latest: ACPI, several CPUs), which writes `IA32_FEATURE_CONTROL |= 5`
on the boot CPU and on the others; its copy here writes something else there, or
nothing. GRUB's wrmsr, which reaches the boot CPU alone, comes after it and
before the kernel, and GRUB's rdmsr is the witness of what firmware left.
"""

import os
import pty
import re
import subprocess
import termios
import threading
import time
import tty
from pathlib import Path

from bed import guest
from bed.tools import Failed, check, need, need_programs, run, stop

ROM = "/usr/share/bochs/BIOS-bochs-latest"
VGA_ROM = "/usr/share/bochs/VGABIOS-lgpl-latest"

# rdmsr; or $5,%eax; wrmsr: on the boot CPU in 32-bit code, on the others in
# 16-bit code.
_BOOT_CPU_WRITES = bytes.fromhex("0f32 83c805 0f30")
_OTHER_CPUS_WRITE = bytes.fromhex("0f32 6683c805 0f30")
_NOPS = bytes.fromhex("9090")

_CONFIG = """\
display_library: term
plugin_ctrl: speaker=false, sb16=false, es1370=false, e1000=false, ne2k=false, usb_uhci=false
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
cpu: model={model}, count={cpus}, ips={ips}, reset_on_triple_fault=0
cpuid: {cpuid}
memory: guest=256, host=256
romimage: file={rom}, options=fastboot
vgaromimage: file={vga_rom}
ata0-master: type=cdrom, path={iso}, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={serial}
log: {log}
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
clock: sync=none
"""

_GRUB = """\
set timeout=0
serial --unit=0 --speed=115200
terminal_output serial
{commands}
linux /vmlinuz console=ttyS0,115200 {quickly} no_timer_check {append}
initrd /initramfs.gz
boot
"""


def need_bochs():
    need_programs("bochs", "grub-mkrescue", "xorriso", "mformat", "strip", "busybox",
                  "rdmsr", "kvm-ok")
    need(os.path.exists(ROM), f"no {ROM} (package bochsbios)")


def rom(path, *, boot_cpu, other_cpus):
    """A copy of the ROM that leaves these values, or None for what it finds."""
    content = open(ROM, "rb").read()
    for code, value in ((_BOOT_CPU_WRITES, boot_cpu), (_OTHER_CPUS_WRITE, other_cpus)):
        check(content.count(code) == 1, f"{ROM} is another one: it does not set 0x3a as known")
        if value is None:
            other = code[:-2] + _NOPS
        else:
            other = code[:-3] + bytes([value]) + code[-2:]
        content = content.replace(code, other)
    path.write_bytes(content)


def boot(work, *, kernel, model, cpus=1, boot_cpu_rom=None, other_cpus_rom=None, grub=(), append="",
         cpuid='brand_string=" "', ips=50_000_000, timeout=900):
    """Starts the machine over what is in `work` (initramfs.gz), waits until it
    is off and returns the serial log. `cpuid` is what a model that Bochs leaves open
    says of itself."""
    tree = work / "iso"
    (tree / "boot/grub").mkdir(parents=True)
    os.link(work / "initramfs.gz", tree / "initramfs.gz")
    (tree / "vmlinuz").write_bytes(kernel.image.read_bytes())
    (tree / "boot/grub/grub.cfg").write_text(
        _GRUB.format(commands="\n".join(grub), quickly=guest.QUICKLY, append=append))
    iso = work / "boot.iso"
    modules = "linux normal serial terminal rdmsr wrmsr cpuid echo iso9660 biosdisk"
    run(["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", f"--install-modules={modules}",
         "--fonts=", "--themes=", "--locales=", "-o", str(iso), str(tree)], timeout=120, status=0)
    rom(work / "rom", boot_cpu=boot_cpu_rom, other_cpus=other_cpus_rom)
    serial, log, commands = work / "serial", work / "bochs.log", work / "commands"
    commands.write_text("c\n")
    config = work / "bochsrc"
    config.write_text(_CONFIG.format(model=model, cpuid=cpuid, cpus=cpus, ips=ips, rom=work / "rom",
                                     vga_rom=VGA_ROM, iso=iso, serial=serial, log=log))
    ours, theirs = pty.openpty()
    _look_at(ours)
    bochs = subprocess.Popen(["bochs", "-q", "-f", config, "-rc", commands],
                             stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                             env={**os.environ, "TERM": "xterm", "LINES": "24", "COLUMNS": "80"})
    os.close(theirs)
    try:
        _wait_until_off(bochs, serial, timeout)
    finally:
        stop(bochs)
    return serial


def _take_all(terminal):
    """Reads the terminal until it is closed. A program that draws on one from
    which nobody takes it waits for ever."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # EIO: the other end was closed
        pass
    os.close(terminal)


def _look_at(terminal):
    threading.Thread(target=_take_all, args=(terminal,), daemon=True).start()


def _screen_of(bochs):
    """The terminal that Bochs makes for its screen, besides that of its debugger
    which it is given; None as long as it has not made it."""
    descriptors = Path(f"/proc/{bochs.pid}/fd")
    try:
        for descriptor in descriptors.iterdir():
            if os.readlink(descriptor) in ("/dev/ptmx", "/dev/pts/ptmx"):
                about = Path(f"/proc/{bochs.pid}/fdinfo/{descriptor.name}").read_text()
                number = re.search(r"tty-index:\s*(\d+)", about)[1]
                screen = os.open(f"/dev/pts/{number}", os.O_RDWR | os.O_NOCTTY)
                tty.setraw(screen)
                return screen
    except (OSError, termios.error):  # it has ended, or closed it meanwhile
        pass
    return None


def _wait_until_off(bochs, serial, timeout):
    """It does not end by itself when the machine is off."""
    end = time.monotonic() + timeout
    screen = None
    while time.monotonic() < end:
        if screen is None:
            screen = _screen_of(bochs)
            if screen is not None:
                _look_at(screen)
        if serial.exists() and b"\n=== done" in serial.read_bytes():
            return
        if bochs.poll() is not None:
            raise Failed("Bochs ended before the guest did")
        time.sleep(1)
    raise Failed(f"the guest was not done after {timeout} s")
