"""The cases of the Bochs bed: what firmware wrote, on several models, against
what the real kernel says of it.

What firmware left on the boot CPU is known by GRUB's rdmsr, imported as a
recording of the time before any operating system. If the register is the same
after the boot, firmware did it; if not, the kernel did. The verdict of the
machine as it is then may say that it can't tell; it may not say the other.
vtprobe, given both recordings, must say who locked it.
"""

from bed import bochs, guest, judge, kernel, peers
from bed.dump import Dump, cpus as numbers
from bed.results import row
from bed.tools import check, run

FEATURE_CONTROL = "0x3a"
VM_CR = "0xc0010114"

CORE_2 = "core2_penryn_t9600"
HASWELL = "corei7_haswell_4770"
SKYLAKE = "corei7_skylake_x"
BULLDOZER = "zambezi"


def case(context, model, grub=None, *, register=FEATURE_CONTROL, cpus=1, rom=(None, None),
         expect=None, may_say=(), why=None):
    """Boots with what that ROM writes (on the boot CPU, on the others) and then
    GRUB. `expect` is the state; `may_say` what the attribution may be besides
    what is proved."""
    bochs.need_bochs()
    linux = kernel.unpacked(context.cache)
    guest.initramfs(
        context.work / "initramfs.gz", kernel=linux, vtprobe=context.vtprobe,
        script="insmod /msr.ko\ninsmod /cpuid.ko\nsection json vtprobe --format json\n"
               "section dump vtprobe record -o -\n" + peers.IN_A_GUEST + judge.LOAD_KVM
               + judge.PROVE,
        modules=("msr", "cpuid", *judge.KVM_MODULES), programs=peers.PROGRAMS,
        scripts=peers.SCRIPTS)
    commands = [f"wrmsr {register} {grub}"] if grub else []
    commands += [f"echo rdmsr {register}", f"rdmsr {register}"]
    serial = bochs.boot(context.work, kernel=linux, model=model, cpus=cpus, boot_cpu_rom=rom[0],
                        other_cpus_rom=rom[1], grub=commands, timeout=context.timeout - 30)
    said = guest.Said(serial)
    verdict = judge.Verdict(said)
    oracle = judge.Kernel(said)
    after = _recorded(context, "os.dump", said["dump"])
    left = _left_by_firmware(context, said.before_kernel, register, after)
    check(verdict.state == expect, f"expected {expect}, the verdict is: {verdict}")
    judge.agree(verdict, oracle)
    judge.proof_agrees(said, oracle, verdict.online)
    # The boot CPU's is read; of the others it is known what the ROM wrote.
    proved = []
    for cpu, before in enumerate([left] + [rom[1] or 0] * (cpus - 1)):
        proved.append("firmware" if before == after.msr(cpu, register) else "kernel")
        said_of_it = verdict.attribution_of(cpu)
        check(said_of_it in (proved[-1], "firmware_or_kernel", *may_say),
              f"CPU {cpu}: {proved[-1]} set it, from {before:#x} to "
              f"{after.msr(cpu, register):#x}; the verdict says {said_of_it}")
    if register == FEATURE_CONTROL:
        _compare_before_and_after(context, proved[0])
    context.keep_recording(said["dump"])
    wrote = ", ".join(filter(None, [
        f"ROM: {rom[0]:#x} on CPU 0" if rom[0] is not None else "",
        f"ROM: {rom[1]:#x} on the others" if rom[1] is not None else "",
        f"GRUB: {grub}" if grub else ""])) or "nothing"
    return {"bochs": [row(context.name, f"{model}, {cpus}", wrote, f"{left:#x}", oracle,
                          verdict.switch, verdict, verdict.who, ", ".join(proved),
                          peers.rdmsr(said["rdmsr"]), peers.kvm_ok(said["kvm_ok"]), why or "")]}


def _recorded(context, name, text):
    path = context.work / name
    path.write_text(text)
    return Dump(path)


def _left_by_firmware(context, log, register, after):
    """The boot CPU's register before any operating system: GRUB's word, by way
    of `vtprobe import`. With the CPUID of the same CPU it is a machine that can
    be judged, and what firmware left must be called firmware's."""
    path = context.work / "grub.log"
    path.write_text(log)
    imported = context.work / "grub.dump"
    run([context.vtprobe, "import", "--from", "grub", path, "-o", imported], status=0)
    grub = Dump(imported)
    value = grub.msr(0, register)
    check(value is not None, f"GRUB's log has no {register}:\n{log}")

    meta = {"provenance": "recorded", "stage": grub.meta.get("stage"), "boot": "cold",
            "tool": "GRUB rdmsr",
            **{key: text for key, text in after.meta.items() if key.startswith("firmware.")}}
    lines = ["vtprobe-dump 1", *(f"meta {key} = {text}" for key, text in meta.items()), "cpu 0",
             *after.cpuid_lines(0), f"msr {register} = {value:#x}"]
    text = "\n".join(lines) + "\n"
    before = context.work / "pre-os.dump"
    before.write_text(text)
    judged = judge.report(context.vtprobe, before)["virtualization"]
    check(judged["attribution"] == "firmware",
          f"what GRUB read before any kernel is attributed to {judged['attribution']}")
    context.keep_recording(text, "pre-os.dump")
    return value


def _compare_before_and_after(context, locked_by):
    """What vtprobe makes of both recordings of this boot."""
    judged = judge.report(context.vtprobe, context.work / "pre-os.dump", context.work / "os.dump")
    said = next(group["attribution"] for group in judged["virtualization"]["groups"]
                if 0 in numbers(group["cpus"]))
    check(said == locked_by, f"the {locked_by} set CPU 0's; of both recordings vtprobe says {said}")
    found = [finding["outcome"] for finding in judged["findings"]
             if finding["rule"] == "sequence.locked_by_firmware" and 0 in numbers(finding["cpus"])]
    check(found == [{"firmware": "pass", "kernel": "warn"}[locked_by]],
          f"the {locked_by} locked it on CPU 0; of both recordings "
          f"sequence.locked_by_firmware says {found}")


def intel(model, grub, expect, **options):
    """A case of one Intel CPU."""
    def run_it(context):
        return case(context, model, grub, expect=expect, **options)

    run_it.__doc__ = f"{model}, GRUB writes {grub or 'nothing'}"
    return run_it


def two_cpus(grub, rom, expect, **options):
    """A case of two Intel CPUs, which the ROM may treat differently."""
    def run_it(context):
        return case(context, HASWELL, grub, cpus=2, rom=rom, expect=expect, **options)

    run_it.__doc__ = (f"two CPUs, the ROM writes {rom[0] or 'nothing'} on the boot CPU and "
                      f"{rom[1] or 'nothing'} on the other, then GRUB {grub or 'nothing'}")
    return run_it


def svm(context):
    """An AMD CPU on bare metal.

    Bochs takes a write of VM_CR and forgets it, so no firmware can switch SVM
    off there."""
    return case(context, BULLDOZER, register=VM_CR, expect="enabled_unlocked",
                may_say=("unknown",), why="0 is also what a reset leaves")
