"""The cases of the collector: what is on the stick afterwards, beside what Linux records on
the same machine, and where the recording goes if it can't go there."""

import shutil

from bed import efi, guest, judge, kernel, qemu
from bed.dump import Dump
from bed.results import row
from bed.tools import check, need, run

# What a system switches on and CPUID then shows: OSXSAVE and OSPKE, and the sizes of what XSAVE
# keeps, which follow XCR0. By leaf and subleaf, the bits of EAX, EBX, ECX and EDX.
# [intel/sdm-vol2] CPUID
_OF_THE_SYSTEM = {
    "0x1.0x0": (0, 0, 1 << 27, 0),
    "0x7.0x0": (0, 0, 1 << 4, 0),
    "0xd.0x0": (0, 0xffffffff, 0, 0),
    "0xd.0x1": (0, 0xffffffff, 0, 0),
}
# MSRs that Linux writes when it starts, by the bits that are its own, and why.
_WRITTEN_BY_LINUX = {
    # IA32_PAT: Linux lays its own memory types out, of write-through among them.
    # [linux] arch/x86/mm/pat/memtype.c
    "0x277": 0xffffffffffffffff,
    # EFER.SCE: SYSCALL, which no firmware has a use for. [linux] arch/x86/kernel/head_64.S
    "0xc0000080": 1 << 0,
}
# Memory types (IA32_MTRR_*): OVMF sets them on the CPU that it runs on, and leaves the others as
# they were reset; Linux gives all of them those of the boot CPU ("your CPUs had inconsistent
# MTRR settings"). [linux] arch/x86/kernel/cpu/mtrr/generic.c
_MEMORY_TYPES = {hex(address) for address in (*range(0x200, 0x220), 0x250, 0x258, 0x259,
                                              *range(0x268, 0x270), 0x2ff)}


def _row(context, model, cpus, report, where):
    verdict = report["virtualization"]
    failed = sorted({finding["rule"] for finding in report["findings"]
                     if finding["outcome"] in ("fail", "warn")})
    return {"efi": [row(context.name, f"{model}, {cpus}", where,
                        f"{verdict['state']}; usable: {verdict['usable']}",
                        verdict["attribution"], ", ".join(failed) or "none")]}


def _check_whole(dump, cpus):
    check(dump.online == set(range(cpus)), f"of {cpus} CPUs these are recorded: {dump.online}")
    check(dump.meta["stage"] == "pre-os", f"the stage is {dump.meta['stage']}")
    # Which every CPU of these models has: who it is, its microcode, its memory types.
    for cpu in range(cpus):
        for address in ("0x8b", "0xfe", "0x2ff"):
            check(dump.msr(cpu, address) is not None, f"CPU {cpu} has no MSR {address}")
    ids = [dump.cpuid(cpu, "0x1", "EBX") >> 24 for cpu in range(cpus)]
    check(len(set(ids)) == cpus, f"the CPUs' APIC ids are {ids}: some was read twice")


def _recorded(context, model, cpus, drive_of=efi.Stick.drive, timeout=120):
    """Starts from a stick; the recording that is on it then."""
    stick = efi.Stick(context, efi.need_efi(context))
    started = efi.start(context.work, drive_of(stick), model=model, cpus=cpus, timeout=timeout)
    check(started.path, f"the program says of no file:\n{started.said}")
    check(stick.recordings() == [started.path],
          f"on the stick are {stick.recordings()}, the program says {started.path}")
    file = stick.read(started.path, context.work / "pre-os.dump")
    _check_whole(Dump(file), cpus)
    context.keep_recording(file.read_text())
    return stick, started, file


def _on_stick(context, model, cpus, timeout=120):
    _, started, file = _recorded(context, model, cpus, timeout=timeout)
    return _row(context, model, cpus, judge.report(context.vtprobe, file), started.path)


def svm(context):
    """Four CPUs with SVM; started again, another file."""
    stick, started, file = _recorded(context, "EPYC,+svm", 4)
    first = file.read_bytes()
    again = efi.start(context.work, stick.drive(), model="EPYC,+svm", cpus=4)
    check(again.path not in (None, started.path), f"the second run wrote {again.path}")
    check(sorted(stick.recordings()) == sorted([started.path, again.path]),
          f"on the stick are {stick.recordings()}")
    check(stick.read(started.path, context.work / "first.dump").read_bytes() == first,
          "the second run changed the file of the first")
    report = judge.report(context.vtprobe, file)
    check(report["virtualization"]["attribution"] == "firmware", "it was before any system")
    check("VM_CR (0xc0010114) = 0x0  CPUs 0-3" in started.said,
          f"the screen does not show the switch:\n{started.said}")
    return _row(context, "EPYC,+svm", 4, report, started.path)


def one(context):
    """One CPU."""
    return _on_stick(context, "EPYC,+svm", 1)


def intel(context):
    """An Intel model."""
    return _on_stick(context, "Skylake-Server,-hypervisor", 4)


def sixty_four(context):
    """Sixty-four CPUs."""
    return _on_stick(context, "EPYC,+svm", 64, timeout=600)


def beside_linux(context):
    """The same machine, before Linux and in it: CPU by CPU the same CPUID and MSRs."""
    model, cpus = "EPYC,+svm", 4
    qemu.need_qemu()
    linux = kernel.unpacked(context.cache)
    _, started, pre_os = _recorded(context, model, cpus)
    guest.initramfs(context.work / "initramfs.gz", kernel=linux, vtprobe=context.vtprobe,
                    # Firmware's terminal stands in the midst of a line.
                    script="echo\ninsmod /msr.ko\ninsmod /cpuid.ko\n"
                           "section dump vtprobe record -o -\n" + judge.LOAD_KVM,
                    modules=("msr", "cpuid", *judge.KVM_MODULES))
    said = guest.Said(qemu.boot(context.work, kernel=linux, model=model, cpus=cpus,
                                firmware=efi.firmware(context.work)))
    os = context.work / "os.dump"
    os.write_text(said["dump"])
    context.keep_recording(said["dump"], "os.dump")
    _compare(Dump(pre_os), Dump(os))
    report = judge.report(context.vtprobe, pre_os, os)
    check(report["subject"]["stage"] == "guest", "the last recording is Linux's")
    return _row(context, model, cpus, report, started.path)


def _compare(before, after):
    """CPUs of one APIC id have the same CPUID and MSRs, but for what a system switches on
    and writes."""
    def by_id(dump):
        return {dump.cpuid(cpu, "0x1", "EBX") >> 24: cpu for cpu in dump.online}

    ours, theirs = by_id(before), by_id(after)
    check(ours.keys() == theirs.keys(), f"APIC ids: {sorted(ours)} and {sorted(theirs)}")
    for apic_id, cpu in ours.items():
        mine, others = before.cpuid_of(cpu), after.cpuid_of(theirs[apic_id])
        # The command asks for some leaves by name, also behind the end of a list.
        more = {leaf for leaf in others.keys() - mine.keys() if any(others[leaf])}
        check(mine.keys() <= others.keys() and not more,
              f"APIC id {apic_id}: in one alone are {mine.keys() - others.keys() or more}")
        highest = mine["0x40000000.0x0"][0]
        for leaf, values in mine.items():
            # One that the hypervisor does not have is answered as the highest of the CPU, 0xd.
            is_beyond = highest < int(leaf.partition(".")[0], 16) < 0x80000000
            mask = _OF_THE_SYSTEM.get("0xd.0x0" if is_beyond else leaf, (0, 0, 0, 0))
            differ = [(a ^ b) & ~bits for a, b, bits in zip(values, others[leaf], mask)]
            check(not any(differ), f"APIC id {apic_id}, leaf {leaf}: {values} and {others[leaf]}")
    boot = before.msrs_of(ours[0])
    for apic_id, cpu in ours.items():
        mine, others = before.msrs_of(cpu), after.msrs_of(theirs[apic_id])
        check(mine and mine.keys() == others.keys(),
              f"APIC id {apic_id}: MSRs of one recording alone are {mine.keys() ^ others.keys()}")
        for address, value in mine.items():
            # What firmware left on the CPU that booted is on all of them then.
            left, found = boot[address] if address in _MEMORY_TYPES else value, others[address]
            if isinstance(left, int) and isinstance(found, int):
                left |= _WRITTEN_BY_LINUX.get(address, 0)
                found |= _WRITTEN_BY_LINUX.get(address, 0)
            check(left == found, f"APIC id {apic_id}, MSR {address}: {_text(value)} before Linux, "
                                 f"and {_text(others[address])} in it")


def _text(reading):
    return hex(reading) if isinstance(reading, int) else reading


def full(context):
    """A stick that is full: the recording goes over the serial line."""
    stick = efi.Stick(context, efi.need_efi(context), "--size", "36")
    filler = context.work / "filler"
    # What is left is one cluster of 512 bytes and no more.
    free = int(run(["mdir", "-i", stick.partition, "::"], status=0).stdout
               .rsplit("bytes free", 1)[0].split("\n")[-1].replace(" ", ""))
    filler.write_bytes(bytes(free - 1024))
    stick.put(filler, "/filler")
    return _over_serial(context, stick, stick.drive(), "the file system is full")


def read_only(context):
    """A stick that may not be written."""
    stick = efi.Stick(context, efi.need_efi(context))
    return _over_serial(context, stick, stick.drive(read_only=True), "it is write-protected")


def network(context):
    """Started over the network, by PXE: there is no file system to write to."""
    folder = context.work / "tftp"
    folder.mkdir()
    shutil.copyfile(efi.need_efi(context), folder / "vtprobe.efi")
    return _over_serial(
        context, None, ["-netdev", f"user,id=net,tftp={folder},bootfile=vtprobe.efi",
                        "-device", "virtio-net-pci,netdev=net,bootindex=0,romfile="],
        "the program was not loaded from a file system")


def _over_serial(context, stick, drives, why):
    model, cpus = "EPYC,+svm", 2
    started = efi.start(context.work, drives, model=model, cpus=cpus)
    check(started.path is None, f"it says that it wrote {started.path}")
    check(f"no file could be written: {why}" in started.said,
          f"the screen does not say why:\n{started.said[:2000]}")
    if stick is not None:
        check(not stick.recordings(), f"on the stick are {stick.recordings()}")
    file = context.work / "sent.dump"
    file.write_text(started.sent())
    dump = Dump(file)
    _check_whole(dump, cpus)
    check(dump.meta["uefi.no_file"] == why, f"the recording says {dump.meta['uefi.no_file']}")
    # The log as it is, with firmware's lines before it, is a recording, too.
    _check_log(context)
    return _row(context, model, cpus, judge.report(context.vtprobe, file), "serial line")


def _check_log(context):
    imported = context.work / "imported.dump"
    run([str(context.vtprobe), "import", str(context.work / "serial"), "-o", str(imported)],
        status=0)
    _check_whole(Dump(imported), 2)


def _from_shell(context, programs, script, cpus):
    """Starts the shell, which runs the script of a stick that has these programs; the stick,
    and what was said."""
    stick = efi.Stick(context, programs[0])
    run(["mdel", "-i", stick.partition, "::/EFI/BOOT/BOOTX64.EFI"], status=0)
    for program in programs:
        stick.put(program, f"/{program.name}")
    file = context.work / "startup.nsh"
    file.write_text("".join(line + "\r\n" for line in ("fs0:", *script)))
    stick.put(file, "/startup.nsh")
    return stick, efi.start(context.work, stick.drive(), model="EPYC,+svm", cpus=cpus)


def disabled_cpu(context):
    """A CPU that was taken out of use: it is offline, and the others are there."""
    program = efi.need_efi(context)
    helper = program.with_name("disable_cpu.efi")
    need(helper.exists(), "not built: disable_cpu.efi (target vtprobe_efi_helpers)")
    stick, started = _from_shell(context, [program, helper], ["disable_cpu.efi", "vtprobe.efi"], 4)
    check(started.path == "/vtprobe-1.dump", f"the program says of no file:\n{started.said}")
    file = stick.read(started.path, context.work / "pre-os.dump")
    dump = Dump(file)
    check((dump.online, dump.offline) == ({0, 2, 3}, {1}),
          f"online are {dump.online}, offline {dump.offline}")
    check(dump.meta["uefi.out_of_use"] == "1: disabled", f"it says: {dump.meta}")
    check("out of use  1: disabled" in started.said, f"the screen says nothing:\n{started.said}")
    return _row(context, "EPYC,+svm", 4, judge.report(context.vtprobe, file), started.path)


def shell(context):
    """From the UEFI shell, with -s: nothing is written."""
    stick, started = _from_shell(context, [efi.need_efi(context)], ["vtprobe.efi -s -q"], 2)
    check(not stick.recordings(), f"on the stick are {stick.recordings()}")
    file = context.work / "sent.dump"
    file.write_text(started.sent())
    dump = Dump(file)
    _check_whole(dump, 2)
    check("uefi.no_file" not in dump.meta, "no file was wanted")
    return _row(context, "EPYC,+svm", 2, judge.report(context.vtprobe, file), "serial line, asked for")
