"""The cases of those commands that write registers, on CPUs whose lock locks: who
refuses a write (the command, its program, the kernel, the CPU), and that nothing was
written where it was refused before the CPU was asked.

The witness is the kernel's taint: its msr driver sets TAINT_CPU_OUT_OF_SPEC (bit 2)
before the first write that it lets through. [linux] arch/x86/kernel/msr.c
"""

from bed import bochs, guest, judge, kernel, peers, qemu
from bed.results import row
from bed.tools import check

_OUT_OF_SPEC = 1 << 2
_MODULES = "insmod /msr.ko\n"
_ALLOW_WRITES = "/sys/module/msr/parameters/allow_writes"


class Step:
    """A command of a case: what is done before it, its exit status, words that it must
    say, and whether a register's write must have reached the driver by then."""

    def __init__(self, name, command, status, words, *, before="", user="root", writes=False):
        self.name = name
        self.command = command
        self.status = status
        self.words = words
        self.before = before
        self.user = user
        self.writes = writes

    @property
    def script(self):
        asked = (self.command if self.user == "root"
                 else f"su -s /bin/sh {self.user} -c '{self.command}'")
        return (f"{self.before}\nsection {self.name} {asked}\n"
                f"section {self.name}_taint cat /proc/sys/kernel/tainted\n"
                f"section {self.name}_register rdmsr -a 0x3a\n")

    def judge(self, said):
        """The row of RESULTS.md, without the case's name and machine."""
        text = " ".join(said[self.name].split())
        check(said.status(self.name) == self.status and self.words in text,
              f"{self.command} ({self.name}) ended with {said.status(self.name)}, not "
              f"{self.status}, or does not say “{self.words}”:\n{said[self.name]}")
        written = bool(int(said[f"{self.name}_taint"]) & _OUT_OF_SPEC)
        check(written == self.writes,
              f"{self.command} ({self.name}): a write "
              f"{'reached' if written else 'did not reach'} the kernel's driver")
        return (self.name.replace("_", " "), self.command, self.words, self.status,
                "yes" if written else "no", peers.rdmsr(said[f"{self.name}_register"]))


def _run(context, machine, steps, boot):
    """`boot` takes the folder and the kernel, and returns the serial log."""
    linux = kernel.unpacked(context.cache)
    guest.initramfs(
        context.work / "initramfs.gz", kernel=linux, vtprobe=context.vtprobe,
        script=_MODULES + "".join(step.script for step in steps),
        modules=("msr", *judge.KVM_MODULES),
        programs=(*peers.PROGRAMS, context.vtprobe.parent / "vtprobe-msr-writer"))
    said = guest.Said(boot(context.work, linux))
    return {"writes": [row(context.name, machine, *step.judge(said)) for step in steps]}


def _on_bochs(context, model, grub, steps, **options):
    bochs.need_bochs()
    commands = [f"wrmsr 0x3a {grub}"] if grub else []
    return _run(context, f"Bochs, {model}, 0x3a = {grub or '0x0'}", steps,
                lambda work, linux: bochs.boot(work, kernel=linux, model=model, grub=commands,
                                               timeout=context.timeout - 30, **options))


def locked(context):
    """A locked IA32_FEATURE_CONTROL: refused by the command, its program, the kernel in
    two ways, and the CPU."""
    return _on_bochs(context, "corei7_haswell_4770", "0x5", (
        Step("not_meant", "vtprobe verify-locks", 64, "say --yes"),
        Step("not_root", "vtprobe verify-locks --yes", 2, "only root", user="nobody"),
        Step("allow_writes_off", "vtprobe verify-locks --yes", 2,
             "the kernel refuses to write registers", before=f"echo off >{_ALLOW_WRITES}"),
        Step("already_on", "vtprobe enable --dry-run", 0,
             "Nothing to write: it is switched on on every CPU.",
             before=f"echo on >{_ALLOW_WRITES}"),
        Step("refused_by_the_cpu", "vtprobe verify-locks --yes", 0,
             "Locks hold: the CPU refused to write IA32_FEATURE_CONTROL on CPU 0.", writes=True),
        Step("lockdown", "vtprobe verify-locks --yes", 2,
             "the kernel refuses to write registers", writes=True,
             before="echo integrity >/sys/kernel/security/lockdown"),
    ))


def locked_off(context):
    """VT-x locked off: nothing is written."""
    return _on_bochs(context, "corei7_haswell_4770", "0x1", (
        Step("planned", "vtprobe enable --dry-run", 2, "CPU 0 is locked with it off"),
        Step("meant", "vtprobe enable --yes", 2, "nothing is written: CPU 0 is locked"),
    ))


# Linux locks the register when it starts, on CPUs of vendors that have it. This one has
# VT-x and AMD's name: what firmware left is there. KVM does not load on it, and the check
# after enable says that AMD's extension is not offered (3).
_CHIMERA = ('level=6, family=15, simd=sse4_2, x86_64=1, vmx=2, brand_string=" ", '
            'vendor_string="AuthenticAMD"')


def unlocked(context):
    """An unlocked IA32_FEATURE_CONTROL is not written to prove anything; it is by enable,
    and then the CPU refuses a write."""
    return _on_bochs(context, "bx_generic", None, (
        Step("not_locked", "vtprobe verify-locks --yes", 1,
             "NOT locked: IA32_FEATURE_CONTROL on CPU 0; nothing was written there."),
        Step("planned", "vtprobe enable --dry-run", 0,
             "Would write IA32_FEATURE_CONTROL (0x3a) on CPU 0: 0x5 in place of 0x0"),
        Step("enabled", "vtprobe enable --yes", 3,
             "Wrote IA32_FEATURE_CONTROL (0x3a) on CPU 0: 0x5 in place of 0x0", writes=True),
        Step("locked_by_it", "vtprobe verify-locks --yes", 0,
             "Locks hold: the CPU refused to write IA32_FEATURE_CONTROL on CPU 0.", writes=True),
    ), cpuid=_CHIMERA)


def guest_of_another(context):
    """A guest's registers are its hypervisor's: nothing is written."""
    qemu.need_qemu()
    model = "EPYC,+svm"
    return _run(context, f"QEMU, {model}, 2", (
        Step("verify_locks", "vtprobe verify-locks --yes", 2, "this is a guest"),
        Step("enable", "vtprobe enable --yes", 2, "this is a guest: its hypervisor"),
        Step("in_guest", "vtprobe verify-locks --yes --in-guest", 2,
             "Cannot tell: no register here has a lock that a write proves."),
    ), lambda work, linux: qemu.boot(work, kernel=linux, model=model, cpus=2))
