"""Programs that were never written for recordings, over a served one.

In a mount namespace of its own, /dev is a folder that holds the served tree as
/dev/cpu and no /dev/kvm, and /proc/cpuinfo is what a kernel would print for the
recorded CPUs. The programs are Debian's, unmodified.
"""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bed import judge, peers
from bed.dump import Dump, cpus
from bed.results import row
from bed.tools import Failed, check, need, need_programs, run, stop

_VMX = 1 << 5
_SVM = 1 << 2
_LOCK, _OUTSIDE = 1 << 0, 1 << 2
_SVMDIS = 1 << 4

# For `sh` in a mount namespace of its own. $1: a folder of the case's own, with
# the served tree in cpu.
_NAMESPACE = r"""
set -e
work=$1
mkdir -p "$work/dev"
mount -t tmpfs tmpfs "$work/dev"
for node in null zero urandom tty; do
  : > "$work/dev/$node"
  mount --bind /dev/$node "$work/dev/$node"
done
mkdir "$work/dev/cpu"
mount --bind "$work/cpu" "$work/dev/cpu"
mount --rbind "$work/dev" /dev
set +e
export PATH="$work/bin:$PATH" LC_ALL=C
peer() {
  name=$1
  shift
  "$@" >"$work/$name.out" 2>"$work/$name.err"
  echo $? >"$work/$name.status"
}
. "$work/peers.sh"
"""

_PEERS = r"""
peer rdmsr_all rdmsr -a {register}
peer rdmsr_0 rdmsr -p 0 -f {bits} {register}
mount --bind "$work/cpuinfo_old" /proc/cpuinfo
peer kvm_ok_old kvm-ok
peer virt_host_validate virt-host-validate qemu
mount --bind "$work/cpuinfo_new" /proc/cpuinfo
peer kvm_ok_new kvm-ok
: > /dev/kvm
peer kvm_ok_device kvm-ok
"""


def need_served():
    need(os.geteuid() == 0, "needs root, for a mount namespace")
    need(os.access("/dev/fuse", os.R_OK | os.W_OK), "no /dev/fuse")
    need_programs("unshare", "rdmsr", "kvm-ok", "virt-host-validate")
    probe = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    need(probe.returncode == 0, "no mount namespace can be made here")


class Served:
    """`vtprobe serve`, while it is in a with statement."""

    def __init__(self, vtprobe, dump, folder):
        self._folder = folder
        folder.mkdir(parents=True)
        self._process = subprocess.Popen(
            [vtprobe, "serve", "--quiet", dump, folder], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def __enter__(self):
        end = time.monotonic() + 30
        while not os.path.ismount(self._folder):
            if self._process.poll() is not None:
                raise Failed(f"vtprobe serve ended: {self._process.stdout.read()}")
            check(time.monotonic() < end, "vtprobe serve did not mount within 30 s")
            time.sleep(0.005)
        return self

    def __exit__(self, *_):
        stop(self._process)
        check(self._process.returncode == 0 and not os.path.ismount(self._folder),
              f"vtprobe serve did not unmount: it ended with {self._process.returncode}")


def in_namespace(work, script, timeout=60):
    """Runs the shell script where the tree served at work/cpu is /dev/cpu, and
    nothing can be loaded: kvm-ok would load the driver that it does not find."""
    (work / "namespace.sh").write_text(_NAMESPACE)
    (work / "peers.sh").write_text(script)
    modprobe = work / "bin/modprobe"
    modprobe.parent.mkdir()
    modprobe.write_text("#!/bin/sh\nexit 1\n")
    modprobe.chmod(0o755)
    run(["unshare", "--mount", "--propagation", "private", "sh", work / "namespace.sh", work],
        timeout=timeout, status=0)


def cpuinfo(dump, cpu_flags):
    """/proc/cpuinfo as far as programs look for flags there."""
    return "".join(f"processor\t: {cpu}\nflags\t\t: fpu msr {cpu_flags}\n\n"
                   for cpu in sorted(dump.online))


class Machine:
    """What each program said over one recording."""

    def __init__(self, vtprobe, path, work):
        self.name = path.parent.name
        work.mkdir(parents=True)
        # Of a machine that holds what differs from its base, the whole.
        whole = work / "whole.dump"
        run([vtprobe, "import", "--quiet", path, "-o", whole], status=0)
        self.dump = Dump(whole)
        first = min(self.dump.online)
        vmx = self.dump.cpuid(first, "0x1", "ECX") & _VMX
        svm = self.dump.cpuid(first, "0x80000001", "ECX") & _SVM
        self.is_amd = bool(svm and not vmx)
        self.register = "0xc0010114" if self.is_amd else "0x3a"
        flags = ("vmx " if vmx else "") + ("svm" if svm else "")
        # Since 5.6 (svm: 6.7) the kernel removes the word where the switch of
        # the CPU that it runs on is off.
        value = self.dump.msr(first, self.register)
        if value is not None and self.is_amd and value & _SVMDIS:
            flags_since = ""
        elif value is not None and vmx and value & _LOCK and not value & _OUTSIDE:
            flags_since = ""
        else:
            flags_since = flags
        (work / "cpuinfo_old").write_text(cpuinfo(self.dump, flags))
        (work / "cpuinfo_new").write_text(cpuinfo(self.dump, flags_since))
        report = judge.report(vtprobe, path)
        self.verdict = report["virtualization"]
        self.exit_code = report["exit_code"]
        with Served(vtprobe, path, work / "cpu"):
            in_namespace(work, _PEERS.format(register=self.register,
                                             bits="4:4" if self.is_amd else "2:2"))
        self._work = work

    def out(self, peer):
        return (self._work / f"{peer}.out").read_text(errors="replace")

    def err(self, peer):
        return (self._work / f"{peer}.err").read_text(errors="replace")

    def status(self, peer):
        return int((self._work / f"{peer}.status").read_text())

    @property
    def rdmsr(self):
        return peers.rdmsr(self.out("rdmsr_all") + self.err("rdmsr_all"))

    def kvm_ok(self, peer):
        return peers.kvm_ok(self.out(peer))

    @property
    def virt_host_validate(self):
        line = next(line for line in self.out("virt_host_validate").splitlines()
                    if "hardware virtualization" in line)
        return "PASS" if "PASS" in line else "FAIL"

    def row(self):
        return row(self.name, f"{self.verdict['state']}, {self.exit_code}",
                   self.verdict["attribution"], self.rdmsr, self.kvm_ok("kvm_ok_old"),
                   self.kvm_ok("kvm_ok_new"), self.virt_host_validate)


# Each defect of peers.md that shows here: what it is, and over which recordings
# it is seen. One that is seen over none has gone, or is no longer looked for.
_DEFECTS = (
    ("kvm-ok takes a register that it could not read for a switch that is on",
     lambda p: p.exit_code == 2 and p.verdict["technology"] != "unknown"
     and p.err("rdmsr_0") and "can be used" == p.kvm_ok("kvm_ok_old")),
    ("kvm-ok takes a switch that is not locked for one that is on",
     lambda p: p.verdict["state"] in ("unlocked",) and p.kvm_ok("kvm_ok_old") == "can be used"),
    ("kvm-ok looks at CPU 0 alone",
     lambda p: p.verdict["state"] == "inconsistent" and p.kvm_ok("kvm_ok_old") == "can be used"),
    ("kvm-ok knows no measured launch",
     lambda p: p.dump.meta.get("measured_launch") == "yes"
     and (p.kvm_ok("kvm_ok_old") == "can be used") != (p.verdict["usable"] == "yes")),
    ("kvm-ok blames the CPU for what firmware switched off, once the kernel removed the flag",
     lambda p: p.kvm_ok("kvm_ok_new") == "CPU does not support it"
     and p.verdict["state"].startswith(("disabled", "enabled_in_smx"))),
    ("kvm-ok believes any /dev/kvm",
     lambda p: p.kvm_ok("kvm_ok_device") == "can be used" and p.verdict["usable"] == "no"),
    ("kvm-ok calls it disabled by the BIOS in a guest, whose hypervisor did it",
     lambda p: p.kvm_ok("kvm_ok_old") == "disabled by your BIOS"
     and p.verdict["attribution"] == "hypervisor"),
    ("virt-host-validate passes what the register forbids",
     lambda p: p.virt_host_validate == "PASS" and p.verdict["usable"] in ("no", "not_yet")),
    ("rdmsr -a says nothing of an offline CPU",
     lambda p: p.dump.offline and not p.err("rdmsr_all")
     and len(p.out("rdmsr_all").split()) == len(p.dump.online)),
    ("rdmsr -a ends at the first CPU that fails, and the others are not read",
     lambda p: p.err("rdmsr_all") and len(p.out("rdmsr_all").split()) < sum(
         p.dump.msr(cpu, p.register) is not None for cpu in p.dump.online)),
    ("rdmsr -a prints values that differ and not whose they are",
     lambda p: len(set(p.out("rdmsr_all").split())) > 1),
)


def over_synthetic_states(context):
    """All synthetic recordings."""
    need_served()
    recordings = sorted((context.source / "recorded-msr-dumps/synthetic").glob("*/machine.dump"))
    check(recordings, "no synthetic recording")
    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(lambda path: Machine(context.vtprobe, path,
                                                context.work / path.parent.name), recordings))
    for machine in seen:
        _compare_rdmsr(machine)
    defects = []
    for title, shows in _DEFECTS:
        names = [machine.name for machine in seen if shows(machine)]
        check(names, f"no recording shows any more: {title}")
        defects.append(row(title, ", ".join(names)))
    return {"served": [machine.row() for machine in seen], "defects": defects}


def live(context):
    """vtprobe itself, reading each of this machine's CPUs through a served tree."""
    need_served()
    online = Path("/sys/devices/system/cpu/online").read_text(encoding="ascii").strip()
    numbers = list(cpus(online))
    need(len(numbers) > 1, "one CPU is online here, and two are needed to be told apart")
    first, *others = (str(number) for number in numbers)
    dump = context.work / "machine.dump"
    dump.write_text(f"vtprobe-dump 1\ncpu {first}\nmsr 0x3a = 0x5\nmsr 0x8b = 0x0\n"
                    f"cpu {','.join(others)}\nmsr 0x3a = 0x1\nmsr 0x8b ! general-protection\n")
    script = (f"mount --bind {context.work}/cpu /dev/cpu && {context.vtprobe} read \"$1\" "
              "--format json")
    seen = {}
    with Served(context.vtprobe, dump, context.work / "cpu"):
        for register in ("0x3a", "0x8b"):
            said = run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
                        register]).stdout
            seen[register] = [group.get("value", group.get("error"))
                              for group in judge.document(said, "the report")["groups"]]
    check(seen == {"0x3a": ["0x5", "0x1"], "0x8b": ["0x0", "general-protection"]},
          f"read through a served tree: {seen}")
    return {}


def _compare_rdmsr(machine):
    """rdmsr is right about what it prints: it must be what was recorded."""
    expected = []
    for cpu in sorted(machine.dump.online):
        value = machine.dump.msr(cpu, machine.register)
        if value is None:
            break
        expected.append(f"{value:x}")
    check(machine.out("rdmsr_all").split() == expected,
          f"{machine.name}: rdmsr -a printed {machine.out('rdmsr_all').split()}, "
          f"recorded is {expected}")
