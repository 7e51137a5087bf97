"""The cases of the QEMU bed: a model that has SVM or not, CPUs that are many or
offline, and the ways in which a register can't be read on a real kernel."""

from bed import guest, judge, kernel, peers, qemu
from bed.results import row
from bed.tools import check

_DEFAULT = "insmod /msr.ko\ninsmod /cpuid.ko\n"
_JSON = "section json vtprobe --format json\n"


def case(context, model, cpus=1, before=_DEFAULT, ask=_JSON, after="", append="", expect=None,
         why_unknown=None, timeout=300, more_programs=()):
    """Boots the model, and compares the verdict, and then guests that run or do not,
    with the kernel and the verdict with `expect` (state, exit status)."""
    qemu.need_qemu()
    linux = kernel.unpacked(context.cache)
    guest.initramfs(
        context.work / "initramfs.gz", kernel=linux, vtprobe=context.vtprobe,
        script=before + ask + "section dump vtprobe record -o -\n" + peers.IN_A_GUEST + after
               + judge.LOAD_KVM + judge.PROVE,
        modules=("msr", "cpuid", *judge.KVM_MODULES), programs=(*peers.PROGRAMS, *more_programs),
        scripts=peers.SCRIPTS)
    said = guest.Said(qemu.boot(context.work, kernel=linux, model=model, cpus=cpus, append=append,
                                timeout=timeout))
    verdict = judge.Verdict(said)
    oracle = judge.Kernel(said)
    if expect:
        check((verdict.state, verdict.exit_code) == expect,
              f"expected {expect}, the verdict is: {verdict}")
    judge.agree(verdict, oracle, why_unknown)
    judge.proof_agrees(said, oracle, verdict.online)
    context.keep_recording(said["dump"])
    seen = row(context.name, f"{model}, {cpus}", oracle, verdict.switch, verdict,
               verdict.attribution, peers.rdmsr(said["rdmsr"]), peers.kvm_ok(said["kvm_ok"]),
               why_unknown or "")
    return {"qemu": [seen]}, said, verdict


def svm(context):
    """An AMD model with SVM: KVM loads, so it is usable."""
    rows, _, verdict = case(context, "EPYC,+svm", 2, expect=("enabled_unlocked", 0))
    check(verdict.attribution == "hypervisor", f"it is a guest's: {verdict.attribution}")
    return rows


def without_svm(context):
    """An AMD model from which the hypervisor took SVM."""
    return case(context, "EPYC,-svm", expect=("hidden_by_hypervisor", 2),
                why_unknown="a guest can't know its host")[0]


def bare_svm(context):
    """Without the hypervisor bit it looks like bare metal."""
    return case(context, "EPYC-Rome,+svm,-hypervisor", expect=("enabled_unlocked", 0))[0]


def bare_without(context):
    """An AMD CPU that has no SVM."""
    return case(context, "EPYC-Rome,-svm,-hypervisor", expect=("unsupported", 3))[0]


def opteron(context):
    """An early AMD model with SVM."""
    return case(context, "Opteron_G3,+svm", 2, expect=("enabled_unlocked", 0))[0]


def dhyana(context):
    """A Hygon CPU."""
    return case(context, "Dhyana,+svm,-hypervisor", 2, expect=("enabled_unlocked", 0))[0]


def intel(context):
    """TCG has no VMX, whatever the model."""
    return case(context, "Haswell", expect=("hidden_by_hypervisor", 2),
                why_unknown="a guest can't know its host")[0]


def bare_intel(context):
    """An Intel CPU that has no VMX."""
    return case(context, "Skylake-Client,-hypervisor", expect=("unsupported", 3))[0]


def sixteen(context):
    """Sixteen CPUs."""
    rows, _, verdict = case(context, "EPYC,+svm", 16, expect=("enabled_unlocked", 0), timeout=600)
    check(verdict.online == "0-15", f"16 CPUs are online: {verdict.online}")
    return rows


def sixty_four(context):
    """Sixty-four CPUs."""
    rows, _, verdict = case(context, "EPYC,+svm", 64, expect=("enabled_unlocked", 0), timeout=1800)
    check(verdict.online == "0-63", f"64 CPUs are online: {verdict.online}")
    return rows


def offline(context):
    """CPU 1 is listed and does not count; rdmsr -a does not mention it."""
    rows, said, verdict = case(
        context, "EPYC,+svm", 3,
        before=_DEFAULT + "echo 0 >/sys/devices/system/cpu/cpu1/online\n",
        expect=("enabled_unlocked", 0))
    check((verdict.online, verdict.offline) == ("0,2", "1"),
          f"online {verdict.online}, offline {verdict.offline}")
    check("cpu 1 offline" in said["dump"], "the recording does not list CPU 1 as offline")
    return rows


def no_driver(context):
    """The msr module is not loaded."""
    return case(context, "EPYC,+svm", 2, before="", expect=("indeterminate", 2),
                why_unknown="the msr driver is not loaded")[0]


def not_root(context):
    """An ordinary user asks."""
    return case(context, "EPYC,+svm", 2,
                ask="section json su -s /bin/sh nobody -c 'vtprobe --format json'\n",
                expect=("indeterminate", 2), why_unknown="asked without root")[0]


_CAPABILITIES = "-all,+sys_rawio,+dac_read_search"


def capabilities(context):
    """A user with CAP_SYS_RAWIO and CAP_DAC_READ_SEARCH, and no other right, reads all."""
    rows, said, _ = case(
        context, "EPYC,+svm", 2,
        ask="section json /bin/setpriv --reuid 65534 --regid 65534 --clear-groups "
            f"--inh-caps {_CAPABILITIES} --ambient-caps {_CAPABILITIES} "
            f"--bounding-set {_CAPABILITIES} /bin/vtprobe --format json\n"
            "section owner stat -c '%U %a' /dev/cpu/0/msr\n",
        more_programs=(peers.SETPRIV,), expect=("enabled_unlocked", 0))
    check(said["owner"].strip() == "root 600", f"anybody may read it: {said['owner']}")
    return rows


def lockdown(context):
    """Lockdown forbids writing MSRs, not reading them.

    It comes after the modules, which are not signed."""
    rows, said, _ = case(
        context, "EPYC,+svm", 2, before=_DEFAULT + "insmod /irqbypass.ko; insmod /kvm.ko; "
        "insmod /ccp.ko; insmod /kvm-amd.ko\n"
        "section lockdown sh -c 'echo integrity >/sys/kernel/security/lockdown; "
        "cat /sys/kernel/security/lockdown'\n",
        expect=("enabled_unlocked", 0), after=_LOADED)
    check("[integrity]" in said["lockdown"], f"not locked down: {said['lockdown']}")
    return rows


# After lockdown nothing is loaded any more: what is loaded is the answer.
_LOADED = """
insmod() { lsmod | grep -q "^$(basename $1 .ko | tr - _)"; }
"""
