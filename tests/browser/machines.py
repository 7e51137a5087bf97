"""Recordings of machines that pages are looked at with: a server of any size, of
which firmware forgot one CPU. Registers are those of a recorded machine.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_REGISTERS = ROOT / "recorded-msr-dumps/synthetic/server-intel/machine.dump"
_ALL = "cpu 0-127"

_ABOUT = {"board": "Example X13DEM", "firmware.vendor": "American Megatrends International, LLC.",
          "firmware.version": "2.1", "firmware.date": "2024-03-12", "kernel": "6.1.0-18-amd64"}

# [intel/sdm-vol4] table 2-2, IA32_FEATURE_CONTROL: LOCK alone, so VMXON faults.
LOCKED_OFF = 0x1


def _all_but(cpu, cpus):
    parts = [f"0-{cpu - 1}" if cpu > 1 else "0" * cpu,
             f"{cpu + 1}-{cpus - 1}" if cpu + 1 < cpus - 1 else str(cpu + 1) * (cpu + 1 < cpus)]
    return ",".join(part for part in parts if part)


def _places(cpus, packages):
    """Leaf 0BH of two threads a core. [intel/sdm-vol2] CPUID: EDX is the x2APIC id,
    EAX by how many bits it is shifted for the level above."""
    a_package = max(1, (cpus // packages - 1).bit_length())
    for cpu in range(cpus):
        place, rest = divmod(cpu, cpus // packages)
        apic_id = place << a_package | rest
        yield (f"cpu {cpu}\ncpuid 0xb.0x0 = 0x1 0x2 0x100 {apic_id:#x}\n"
               f"cpuid 0xb.0x1 = {a_package:#x} {cpus // packages:#x} 0x201 {apic_id:#x}\n")


def server(cpus, packages, forgotten=None, about=None):
    """The recording of a server, of which that CPU was left locked and disabled."""
    before, after = _REGISTERS.read_text().split(_ALL + "\n")
    after = "".join(line for line in after.splitlines(True) if not line.startswith("msr 0x3a "))
    meta = "".join(f"meta {key} = {value}\n" for key, value in {**_ABOUT, **(about or {})}.items())
    switch = "msr 0x3a = 0x16ff07\n"
    if forgotten is not None:
        others = _all_but(forgotten, cpus)
        switch = f"cpu {others}\n{switch}" if others else ""
        switch += f"cpu {forgotten}\nmsr 0x3a = {LOCKED_OFF:#x}\n"
    everyone = f"cpu 0-{cpus - 1}\n" if cpus > 1 else "cpu 0\n"
    return before + meta + everyone + after + switch + "".join(_places(cpus, packages))


def all_different(cpus, packages):
    """One whose CPUs have each a value of its own in every MSR: no page holds all."""
    before, after = _REGISTERS.read_text().split(_ALL + "\n")
    lines = after.splitlines()
    leaves = "".join(line + "\n" for line in lines if line.startswith("cpuid"))
    registers = [line.split() for line in lines if line.startswith("msr")]
    each = "".join(
        f"cpu {cpu}\n" + "".join(f"msr {address} = {int(value, 16) ^ cpu * 0x0010001000100011:#x}\n"
                                 for _, address, _, value in registers)
        for cpu in range(cpus))
    return f"{before}cpu 0-{cpus - 1}\n{leaves}{each}" + "".join(_places(cpus, packages))
