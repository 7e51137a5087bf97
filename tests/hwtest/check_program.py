"""vtprobe-hwtest as a laboratory runs it: listed, run here, over a recording, filtered, in
shards, again and again, and as XML for Jenkins.

    check_program.py VTPROBE_HWTEST DUMPS XSD

Ends with 77 where xmllint is not installed.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

PROGRAM, DUMPS, XSD = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
MISMATCH = str(DUMPS / "synthetic/mismatch-cpu-17-of-64/machine.dump")
ENABLED = str(DUMPS / "synthetic/enabled-linux-6.1/machine.dump")
wrong = []


def check(condition, message):
    if not condition:
        wrong.append(message)


def run(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False,
                          timeout=250, env={**os.environ, **environment})


def names(listing):
    """Full names, of what --gtest_list_tests prints."""
    found, suite = [], ""
    for line in listing.splitlines():
        word = line.split("#")[0].rstrip()
        if line.startswith("  "):
            found.append(suite + word.strip())
        else:
            suite = word.strip()
    return found


def results(xml_text):
    """By full name: passed, failed or skipped, and what was said."""
    found = {}
    for case in xml.etree.ElementTree.fromstring(xml_text).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        child = next(iter(case), None)
        said = "" if child is None else child.get("message")
        outcome = {None: "passed", "failure": "failed", "skipped": "skipped"}
        found[name] = (outcome[None if child is None else child.tag], said)
    return found


def run_as_xml(folder, *arguments):
    file = pathlib.Path(folder, "report.xml")
    ended = run(*arguments, f"--gtest_output=xml:{file}")
    checked = subprocess.run(["xmllint", "--noout", "--schema", XSD, str(file)],
                             capture_output=True, text=True, check=False)
    check(checked.returncode == 0, f"{arguments}: {checked.stderr}")
    return ended, results(file.read_text(encoding="utf-8"))


def check_this_machine(folder):
    listed = names(run("--gtest_list_tests").stdout)
    cpus = len(os.sched_getaffinity(0))
    for name in ("Rules/virtualization.usable", "Rules/intel.smrr.enabled",
                 "Proof/cpu0.RunsGuests", "Backends/affinity.BindsToEveryCpu",
                 "Backends/LiveMsrContract/msr_driver.AnswersOnEveryCpu",
                 "Backends/LiveCpuidContract/cpuid_instruction.AnswersForTheCpuAsked"):
        check(name in listed, f"{name} is not listed")
    proofs = sum(name.startswith("Proof/") for name in listed)
    check(proofs >= cpus, f"{proofs} proofs of {cpus} CPUs")
    # What a build machine can do is its own: the backends must pass, or say why they can't.
    ended, found = run_as_xml(folder, "--gtest_filter=Backends/*:Unchanged/*:Proof/*",
                              "--gtest_repeat=2")
    check(ended.returncode == 0, f"here, {ended.returncode}:\n{ended.stdout}")
    check(found.get("Backends/LiveCpuidContract/cpuid_instruction.NamesAVendorOnEveryCpu",
                    ("",))[0] == "passed", "the instruction's contract was not run")
    for name, (outcome, said) in found.items():
        check(outcome != "skipped" or said.strip() not in ("", "Skipped"),
              f"{name} is skipped without a reason")


def check_recording(folder):
    ended, found = run_as_xml(folder, "--replay", MISMATCH)
    check(ended.returncode == 1, f"a machine that fails ends with {ended.returncode}")
    outcome, said = found["Rules/virtualization.usable"]
    check(outcome == "failed" and "CPU 17" in said and "IA32_FEATURE_CONTROL (0x3a) = 0x1" in said,
          f"it is {outcome} and says: {said}")
    outcome, said = found["Rules/amd.smm.locked" if "Rules/amd.smm.locked" in found
                          else next(name for name in found if name.startswith("Rules/amd."))]
    check(outcome == "skipped" and "not_applicable" in said, f"AMD's rule is {outcome}: {said}")
    check(all(name.startswith("Rules/") for name in found), f"not of the recording: {found.keys()}")

    ended, found = run_as_xml(folder, "--replay", ENABLED)
    check(ended.returncode == 0, f"a machine that is enabled ends with {ended.returncode}")
    check(found["Rules/virtualization.usable"][0] == "passed", "it is not usable")

    # The profile says what counts.
    ended, found = run_as_xml(folder, "--replay", ENABLED, "--profile", "hardened")
    check(ended.returncode == 1, f"hardened: {ended.returncode}")


def check_choices():
    every = names(run("--replay", MISMATCH, "--gtest_list_tests").stdout)
    some = run("--replay", MISMATCH, "--gtest_filter=Rules/intel.smrr*-*.valid")
    check("intel.smrr" in some.stdout and "virtualization" not in some.stdout
          and "smrr.valid" not in some.stdout, f"the filter chose otherwise:\n{some.stdout}")
    ran = []
    for shard in range(3):
        ended = run("--replay", MISMATCH, GTEST_TOTAL_SHARDS="3", GTEST_SHARD_INDEX=str(shard))
        ran += [line.split("] ")[1] for line in ended.stdout.splitlines()
                if line.startswith("[ RUN ")]
    every = [name for name in every if not name.startswith("Backends/")]
    check(sorted(ran) == sorted(every), "three shards are not the whole, each test once")


def check_mistakes():
    for arguments, status, said in ((["--relpay", ENABLED], 64, "--relpay"),
                                    (["--replay", "/nowhere.dump"], 66, "/nowhere.dump"),
                                    (["--profile", "kvm-hots", "--replay", ENABLED], 64,
                                     "kvm-host")):
        ended = run(*arguments)
        check(ended.returncode == status and said in ended.stderr,
              f"{arguments}: {ended.returncode}, {ended.stderr}")
    ended = run("--help")
    check(ended.returncode == 0 and "--replay FILE" in ended.stdout
          and "--gtest_filter" in ended.stdout, f"help: {ended.returncode}\n{ended.stdout}")


if shutil.which("xmllint") is None:
    print("skipped: xmllint is not installed")
    sys.exit(77)
with tempfile.TemporaryDirectory() as work:
    check_this_machine(work)
    check_recording(work)
check_choices()
check_mistakes()
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
