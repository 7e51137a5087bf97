"""What the kernel thinks of the machine's virtualization, beside the verdict.

The kernel is the oracle: KVM for this CPU loads exactly where the verdict says
that virtualization is usable. Where the verdict is "unknown", KVM's answer must
have a reason that the case states.
"""

import json

from bed.dump import cpus
from bed.results import words
from bed.tools import Failed, check, run

# In the script of a guest: kvm.ko and both of its drivers, after everything
# that a person would do before.
LOAD_KVM = """
insmod /irqbypass.ko
insmod /kvm.ko
section kvm_intel insmod /kvm-intel.ko
insmod /ccp.ko
section kvm_amd insmod /kvm-amd.ko
section log sh -c "dmesg | grep -E 'x86/cpu:|kvm|VMX|lock(ed )?down|Brought up|DMI:'"
"""
# After LOAD_KVM: an ordinary user who may open /dev/kvm has guests run on every CPU.
PROVE = """
[ ! -e /dev/kvm ] || chmod 666 /dev/kvm
section prove su -s /bin/sh nobody -c 'vtprobe prove --format json'
"""
KVM_MODULES = ("irqbypass", "kvm", "kvm-intel", "ccp", "kvm-amd")

_WORDS = (r"x86/cpu: [^\n]*(?:VMX|SVM)[^\n]*", r"kvm: support for '\w+' disabled by bios",
          r"kvm: [^\n]*disabled \(by BIOS\)[^\n]*", r"kvm: Nested Virtualization enabled",
          r"kvm: no hardware support for '\w+'", r"kvm: CPU \d+ feature inconsistency!")


def document(text, whose):
    """JSON that the program printed. What is none is shown: in a guest's, a line of the
    kernel's may stand."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Failed(f"{whose} is no JSON ({error}):\n{text}") from error


def report(vtprobe, *recordings):
    """What `vtprobe check` says of the recordings, as its JSON report."""
    words = [word for file in recordings for word in ("--replay", str(file))]
    ended = run([str(vtprobe), "check", "--format", "json", *words])
    check(ended.stdout, f"vtprobe check {' '.join(words)} ended with {ended.returncode} and no "
                        f"report:\n{ended.stderr}")
    return document(ended.stdout, "the report")


class Verdict:
    def __init__(self, said, section="json"):
        self._report = document(said[section], "the report")
        virtualization = self._report["virtualization"]
        self.state = virtualization["state"]
        self.usable = virtualization["usable"]
        self.attribution = virtualization["attribution"]
        self.technology = virtualization["technology"]
        self.exit_code = self._report["exit_code"]
        self.online = self._report["subject"]["cpus_online"]
        self.offline = self._report["subject"]["cpus_offline"]
        self.groups = virtualization["groups"]
        check(said.status(section) == self.exit_code,
              f"vtprobe ended with {said.status(section)}, its report says {self.exit_code}")

    def attribution_of(self, cpu):
        return next(group["attribution"] for group in self.groups if cpu in cpus(group["cpus"]))

    @property
    def who(self):
        if len(self.groups) == 1:
            return self.attribution
        return ", ".join(f"{group['cpus']}: {group['attribution']}" for group in self.groups)

    @property
    def switch(self):
        """The switch register's value by CPUs, as the evidence has it."""
        values = []
        for group in self.groups:
            for evidence in group["evidence"]:
                if evidence["register"] in ("IA32_FEATURE_CONTROL", "VM_CR"):
                    value = evidence.get("value", evidence.get("error"))
                    values.append(value if len(self.groups) == 1 else f"{group['cpus']}: {value}")
        return ", ".join(values)

    def __str__(self):
        text = self.state
        if len(self.groups) > 1:
            text += " (" + ", ".join(f"{group['cpus']}: {group['state']}"
                                     for group in self.groups) + ")"
        return f"{text}; usable: {self.usable}; exit {self.exit_code}"


class Kernel:
    """The kernel's own word."""

    def __init__(self, said):
        self.loads = said.status("kvm_intel") == 0 or said.status("kvm_amd") == 0
        self._words = words(said["log"], *_WORDS)

    def __str__(self):
        # One of the two drivers is another vendor's, and has nothing to say.
        said = [word for word in self._words if "no hardware support" not in word]
        if not said and not self.loads:
            said = ["kvm: no hardware support"]
        return "; ".join(said + ["KVM loads" if self.loads else "KVM does not load"])


def agree(verdict, kernel, why_unknown=None):
    if verdict.usable == "unknown":
        check(why_unknown and not (kernel.loads and verdict.state == "hidden_by_hypervisor"),
              f"the kernel says “{kernel}”, the verdict is unknown: {verdict}")
        return
    check(kernel.loads == (verdict.usable == "yes"),
          f"the kernel says “{kernel}”, the verdict is: {verdict}")


def proof_agrees(said, oracle, online):
    """Where KVM loads, guests run on all CPUs; where it does not, nothing is
    claimed."""
    proof = document(said["prove"], "the proof")
    groups = [(group["outcome"], group["cpus"]) for group in proof["proof"]["groups"]]
    expected = ((0, True, [("ran", online)]) if oracle.loads
                else (2, False, [("not_asked", online)]))
    check((proof["exit_code"], proof["proof"]["hardware"], groups) == expected,
          f"expected {expected}, the proof is: {proof}")
    check(said.status("prove") == proof["exit_code"],
          f"prove ended with {said.status('prove')}, it says {proof['exit_code']}")
