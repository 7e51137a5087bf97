"""spectre-meltdown-checker, which compares the CPUs of a machine (--cpu all).

Where rdmsr is installed, it asks rdmsr without saying of which CPU, and so
compares CPU 0 with itself; without, it opens each CPU's own file. CPUID it
reads on in one go from a file, which the driver's answers and a FUSE file's do
not do alike, so leaf 7 is given to it by its own means for tests.
"""


from bed import judge
from bed.results import row
from bed.served import Served, in_namespace, need_served
from bed.tools import check, need, need_programs, run

_ARCH_CAPABILITIES = "0x10a"
_RULE = "uniform.ia32_arch_capabilities"
_LEAF_7 = (0x0, 0x239ca7eb, 0x98c027ac, 0xfc1c0410)

# The first CPU has RDCL_NO (bit 0) and IBRS_ALL (bit 1), the second IBRS_ALL.
_DUMP = f"""\
vtprobe-dump 1
meta provenance = synthetic
meta stage = os
cpu 0-1
cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69
cpuid 0x1.0x0 = 0x606a6 0x800 0x7ffafbff 0xbfebfbff
cpuid 0x7.0x0 = {' '.join(map(hex, _LEAF_7))}
msr 0x3a = 0x5
cpu 0
msr {_ARCH_CAPABILITIES} = 0x3
cpu 1
msr {_ARCH_CAPABILITIES} = 0x2
"""

_CHECKER = f"""
export SMC_MOCK_CPUID_7_0='{' '.join(map(str, _LEAF_7))}'
export SMC_MOCK_CPU_VENDOR=GenuineIntel SMC_MOCK_CPU_FAMILY=6 SMC_MOCK_CPU_MODEL=106
export SMC_MOCK_CPU_STEPPING=6 SMC_MOCK_CPU_UCODE=1
peer with_rdmsr spectre-meltdown-checker --hw-only --cpu all --no-color
export SMC_NO_RDMSR=1
peer without_rdmsr spectre-meltdown-checker --hw-only --cpu all --no-color
"""


def _word_on_rdcl_no(text):
    line = next((line for line in text.splitlines() if "(RDCL_NO)" in line), "")
    return line.rpartition(": ")[2]


def case(context):
    """Two CPUs that differ, and a program that says it compares them."""
    need_served()
    need_programs("spectre-meltdown-checker", "perl")
    need(run(["nproc"]).stdout.strip() not in ("", "1"), "it takes the number of CPUs from nproc")
    dump = context.work / "machine.dump"
    dump.write_text(_DUMP)
    with Served(context.vtprobe, dump, context.work / "cpu"):
        in_namespace(context.work, _CHECKER)
    said = {name: _word_on_rdcl_no((context.work / f"{name}.out").read_text(errors="replace"))
            for name in ("with_rdmsr", "without_rdmsr")}
    report = judge.report(context.vtprobe, dump)
    ours = [f"{finding['outcome']} on CPU {finding['cpus']}" for finding in report["findings"]
            if finding["rule"] == _RULE]
    check(ours == ["fail on CPU 0-1"], f"vtprobe says of {_RULE}: {ours}")
    check(said["without_rdmsr"] != said["with_rdmsr"],
          f"it has learned which CPU to ask rdmsr for: {said}")
    return {"self-comparison": [row(said["with_rdmsr"], said["without_rdmsr"],
                                    f"{_RULE}: {', '.join(ours)}")]}
