"""The cases of `vtprobe prove` and `check --prove`: guests by the kernel's own KVM, on
a number of CPUs, and where KVM is off or can't have the extension.

All are asked by an ordinary user who may open /dev/kvm, without the msr driver, unless
a case says otherwise: whoever proves by running needs no more than that.
"""

import re

from bed import guest, judge, kernel, peers, qemu
from bed.results import row
from bed.tools import check, need

_MSR = "insmod /msr.ko\n"
# As judge.LOAD_KVM, with what a case has to say to the driver.
_LOAD = """
insmod /irqbypass.ko
insmod /kvm.ko
insmod /ccp.ko
section kvm_amd insmod /kvm-amd.ko {options}
"""
_ASK = judge.PROVE + "section json su -s /bin/sh {user} -c 'vtprobe check --prove --format json'\n"


class Proof:
    """What `vtprobe prove --format json` said."""

    def __init__(self, said):
        document = judge.document(said["prove"], "the proof")
        self.conclusion = document["conclusion"]
        self.provider = document["proof"]["provider"]
        self.exit_code = document["exit_code"]
        self.groups = [(group["outcome"], group["cpus"], group.get("reason", ""))
                       for group in document["proof"]["groups"]]
        check(said.status("prove") == self.exit_code,
              f"prove ended with {said.status('prove')}, it says {self.exit_code}")

    def __str__(self):
        groups = ", ".join(f"{outcome} on {cpus}" + (f" ({reason})" if reason else "")
                           for outcome, cpus, reason in self.groups)
        return f"{self.conclusion}, by {self.provider}: {groups}; exit {self.exit_code}"


def case(context, cpus, *, model="EPYC,+svm", staged="", before="", options="", append="",
         user="nobody", timeout=300, proves, checks):
    """Boots, and has `prove` and `check --prove` asked. `proves` is the conclusion, the
    outcome on all CPUs and the exit status; `checks` state, usable and exit status."""
    qemu.need_qemu()
    linux = kernel.unpacked(context.cache)
    guest.initramfs(
        context.work / "initramfs.gz", kernel=linux, vtprobe=context.vtprobe,
        script=before + _LOAD.format(options=options) + _ASK.format(user=user),
        modules=("msr", *judge.KVM_MODULES), programs=(*peers.PROGRAMS, peers.WRMSR))
    said = guest.Said(qemu.boot(context.work, kernel=linux, model=model, cpus=cpus, append=append,
                                timeout=timeout))
    proof = Proof(said)
    online = "0" if cpus == 1 else f"0-{cpus - 1}"
    seen = (proof.conclusion, [group[:2] for group in proof.groups], proof.exit_code)
    expected = (proves[0], [(proves[1], online)], proves[2])
    check(seen == expected, f"expected {expected}, prove says: {proof}")
    verdict = judge.Verdict(said)
    check((verdict.state, verdict.usable, verdict.exit_code) == checks,
          f"expected {checks}, check --prove says: {verdict}")
    loads = "KVM loads" if said.status("kvm_amd") == 0 else "KVM does not load"
    return {"proof": [row(context.name, f"QEMU, {model}, {cpus}", staged, loads, proof, verdict)]}


def hardware_tests(context):
    """vtprobe-hwtest as root: rules, guests on each CPU, the drivers' contracts, and
    registers that stay as they are, twice."""
    qemu.need_qemu()
    linux = kernel.unpacked(context.cache)
    program = context.vtprobe.parent / "vtprobe-hwtest"
    need(program.exists(), f"no {program}")
    model = "EPYC,+svm"
    guest.initramfs(
        context.work / "initramfs.gz", kernel=linux, vtprobe=context.vtprobe,
        script=_MSR + "insmod /cpuid.ko\n" + _LOAD.format(options="")
               + "section hwtest vtprobe-hwtest --gtest_repeat=2\n",
        modules=("msr", "cpuid", *judge.KVM_MODULES), programs=(program,))
    said = guest.Said(qemu.boot(context.work, kernel=linux, model=model, cpus=2,
                                timeout=context.timeout - 30))
    text = said["hwtest"]
    passed = re.findall(r"^\[       OK \] (\S+)", text, re.MULTILINE)
    for name in ("Rules/virtualization.usable", "Proof/cpu0.RunsGuests", "Proof/cpu1.RunsGuests",
                 "Unchanged/VM_CR.OnEveryCpu", "Backends/cpuid_driver.AgreesWithTheInstruction",
                 "Backends/LiveCpuidContract/cpuid_driver.AnswersForTheCpuAsked",
                 "Backends/LiveMsrContract/msr_driver.AnswersForTheCpuAsked"):
        check(passed.count(name) == 2, f"{name} did not pass twice:\n{text}")
    failed = sorted(set(re.findall(r"^\[  FAILED  \] (\S+/\S+)", text, re.MULTILINE)))
    check(said.status("hwtest") == 0, f"it ended with {said.status('hwtest')}: {failed}\n{text}")
    suites = sorted({name.split(".")[0].split("/")[0] for name in passed})
    return {"proof": [row(context.name, f"QEMU, {model}, 2", "vtprobe-hwtest, by root",
                          "KVM loads", f"passed: tests of {', '.join(suites)}; failed: none", "")]}


_PROVEN = ("proven", "ran", 0)
# Its switch was not read; that guests ran says it.
_USABLE = ("indeterminate", "yes", 0)


def on(cpus, timeout):
    """A case of that many CPUs."""
    def run_it(context):
        return case(context, cpus, timeout=timeout, proves=_PROVEN, checks=_USABLE)

    run_it.__doc__ = f"{cpus} CPU{'s' * (cpus > 1)} prove that SVM works, without the msr driver"
    return run_it


def shadow_paging(context):
    """The same without nested paging."""
    return case(context, 2, staged="kvm_amd npt=0", options="npt=0", proves=_PROVEN,
                checks=_USABLE)


def off(context):
    """The hypervisor took SVM away."""
    return case(context, 2, model="EPYC,-svm", staged="no SVM", user="root",
                before=_MSR, proves=("not_proven", "not_asked", 2),
                checks=("hidden_by_hypervisor", "unknown", 2))


def module_off(context):
    """The kernel was told not to load KVM's driver: the registers decide."""
    return case(context, 2, staged="module_blacklist=kvm_amd", before=_MSR, user="root",
                append="module_blacklist=kvm_amd", proves=("not_proven", "not_asked", 2),
                checks=("enabled_unlocked", "yes", 0))


def busy(context):
    """Another hypervisor holds SVM on one CPU: EFER.SVME (bit 12) is set there, as it is
    while one runs. KVM then runs no guest on any, which is no fault of the CPU's."""
    return case(context, 2, staged="EFER.SVME is set on CPU 1", user="root",
                before=_MSR + "wrmsr -p 1 0xc0000080 $(printf %#x "
                              "$((0x$(rdmsr -p 1 0xc0000080) | 0x1000)))\n",
                proves=("not_proven", "refused", 2), checks=("enabled_unlocked", "yes", 0))
