"""What the unmodified programs print, in few words."""

from pathlib import Path

# They run in an emulator's guest as they do on the machine that has them, so
# with the grep that they were written for: busybox's finds "svm" in "svm_lock".
PROGRAMS = (Path("/usr/sbin/rdmsr"), Path("/bin/grep"))
SETPRIV = Path("/usr/bin/setpriv")
WRMSR = Path("/usr/sbin/wrmsr")
SCRIPTS = (Path("/usr/sbin/kvm-ok"), Path("/bin/egrep"))

# Both before KVM is loaded, whose /dev/kvm is all that kvm-ok would look at.
IN_A_GUEST = """
case $(grep -m1 vendor_id /proc/cpuinfo) in
  *Intel*) switch=0x3a ;;
  *) switch=0xc0010114 ;;
esac
section rdmsr rdmsr -a $switch
section kvm_ok /bin/sh /bin/kvm-ok
"""


def rdmsr(text):
    """The values of rdmsr -a, counted, and its complaint."""
    lines = text.split("\n")
    values = [line for line in lines if line and all(c in "0123456789abcdef" for c in line)]
    said = [f"{values.count(value)} × {value}" for value in dict.fromkeys(values)]
    said += [line.removeprefix("rdmsr: ") for line in lines if line.startswith("rdmsr: ")]
    return ", ".join(said) or "nothing"


def kvm_ok(text):
    if "can be used" in text:
        return "can be used"
    if "disabled by your BIOS" in text:
        return "disabled by your BIOS"
    if "does not support" in text:
        return "CPU does not support it"
    return "no word"
