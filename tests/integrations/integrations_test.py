#!/usr/bin/env python3
"""Runs what tools/integrations ships, each file by the rules of the system it is for.

    integrations_test.py VTPROBE FOLDER [TEST...]

Slurm's and Ansible's commands are stood for by scripts that write down how they were
called; vtprobe is itself, asked of a recording in place of this machine.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

# [intel/sdm-vol4] table 2-2, IA32_FEATURE_CONTROL: LOCK and VMX_OUTSIDE_SMX, or LOCK alone.
_RECORDING = ("vtprobe-dump 1\ncpu 0-1\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
              "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n")
_ON, _OFF, _UNREAD = "msr 0x3a = 0x5\n", "msr 0x3a = 0x1\n", "msr 0x3a ! no-driver\n"
_PROFILE = 'name = "lab"\ntitle = "Lab"\n[rules."virtualization.usable"]\n'


class IntegrationsTest(unittest.TestCase):
    vtprobe = ""
    folder = pathlib.Path()

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.tree = pathlib.Path(kept.name)
        (self.tree / "bin").mkdir()
        self.profile = self.tree / "lab.toml"
        self.profile.write_text(_PROFILE)
        self.calls = self.tree / "calls"
        self.calls.write_text("")

    def command(self, name, body):
        file = self.tree / "bin" / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)

    def machine(self, switch):
        """From now on vtprobe answers for a machine of that switch."""
        recording = self.tree / "machine.dump"
        recording.write_text(_RECORDING + switch)
        self.command("vtprobe", f'exec "{self.vtprobe}" "$@" --replay "{recording}"')

    def run_script(self, name, *arguments, **environment):
        return subprocess.run(
            [self.folder / name, *arguments], capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": f"{self.tree}/bin:{os.environ['PATH']}",
                 "VTPROBE_PROFILE": str(self.profile), **environment})

    # Slurm

    def node(self, state, reason=None):
        about = f"NodeName=n1 Arch=x86_64 State={state} ThreadsPerCore=2"
        if reason:
            about += f" Reason={reason} [root@2026-01-01T00:00:00]"
        self.command("scontrol", f'case "$*" in\n  *show*) echo "{about}" ;;\n'
                                 f'  *) printf "%s\\n" "$*" >>"{self.calls}" ;;\nesac')
        self.command("logger", "")

    def updates(self):
        done = self.run_script("slurm/vtprobe-health", SLURMD_NODENAME="n1")
        self.assertEqual(done.returncode, 0, done.stderr)
        calls = self.calls.read_text().splitlines()
        self.calls.write_text("")
        return calls

    def test_slurm_drains_a_node_that_does_not_meet_the_profile(self):
        self.machine(_OFF)
        self.node("IDLE")
        (update,) = self.updates()
        self.assertRegex(update, r"^update NodeName=n1 State=DRAIN Reason=vtprobe: CRITICAL - .*OFF")
        self.assertNotIn("|", update)

    def test_slurm_says_anew_why_a_node_is_drained_that_it_drained(self):
        self.machine(_OFF)
        self.node("IDLE+DRAIN", "vtprobe: CRITICAL - another reason")
        self.assertEqual(len(self.updates()), 1)

    def test_slurm_leaves_a_node_alone_that_others_drained(self):
        self.node("IDLE+DRAIN", "disk: replaced on monday")
        for switch in (_ON, _OFF, _UNREAD):
            self.machine(switch)
            self.assertEqual(self.updates(), [])

    def test_slurm_resumes_only_what_it_drained(self):
        self.machine(_ON)
        self.node("IDLE+DRAIN", "vtprobe: CRITICAL - VT-x is OFF")
        self.assertEqual(self.updates(), ["update NodeName=n1 State=RESUME"])
        self.node("IDLE")
        self.assertEqual(self.updates(), [])

    def test_slurm_changes_nothing_where_it_can_not_tell(self):
        self.machine(_UNREAD)
        for node in (("IDLE",), ("IDLE+DRAIN", "vtprobe: CRITICAL - VT-x is OFF")):
            self.node(*node)
            self.assertEqual(self.updates(), [])

    def test_slurm_records_each_node_by_its_name(self):
        self.command("vtprobe", f'printf "%s\\n" "$*" >>"{self.calls}"; exit $STATUS')
        self.command("srun", 'while case "$1" in -*) true ;; *) false ;; esac; do shift; done\n'
                             'SLURMD_NODENAME=n1 "$@" && SLURMD_NODENAME=n2 "$@"')
        recordings = self.tree / "shared" / "recordings"
        for status, ends in (("0", 0), ("2", 0), ("74", 1)):
            self.calls.write_text("")
            done = self.run_script("slurm/vtprobe-record.sbatch", str(recordings), STATUS=status)
            self.assertEqual(done.returncode, ends, done.stderr)
            nodes = ["n1", "n2"] if ends == 0 else ["n1"]
            self.assertEqual(self.calls.read_text().splitlines(),
                             [f"record -q -o {recordings}/{node}.dump" for node in nodes])
        self.assertTrue(recordings.is_dir())

    # Kubernetes

    def test_nfd_gets_labels_that_expire(self):
        self.machine(_ON)
        features = self.tree / "features.d"
        features.mkdir()
        done = self.run_script("kubernetes/vtprobe-labels", str(features))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([file.name for file in features.iterdir()], ["vtprobe"])
        self.assertEqual((features / "vtprobe").stat().st_mode & 0o777, 0o644)
        lines = (features / "vtprobe").read_text().splitlines()
        ends = re.fullmatch(r"# \+expiry-time=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", lines[0])
        left = (datetime.datetime.strptime(ends[1], "%Y-%m-%dT%H:%M:%SZ") -
                datetime.datetime.utcnow())
        self.assertGreater(left, datetime.timedelta(hours=1))
        self.assertLess(left, datetime.timedelta(hours=3))
        self.assertIn("feature.node.kubernetes.io/vtprobe.usable=yes", lines)
        self.assertIn("feature.node.kubernetes.io/vtprobe.profile-met=true", lines)

    def test_nfd_keeps_its_labels_where_there_is_no_answer(self):
        features = self.tree / "features.d"
        features.mkdir()
        (features / "vtprobe").write_text("as before\n")
        self.command("vtprobe", "echo no; exit 64")
        self.assertNotEqual(self.run_script("kubernetes/vtprobe-labels", str(features)).returncode, 0)
        self.assertEqual([file.name for file in features.iterdir()], ["vtprobe"])
        self.assertEqual((features / "vtprobe").read_text(), "as before\n")

    def test_npd_gets_a_short_line_and_a_status(self):
        for switch, status, told in ((_ON, 0, "lab is met"), (_OFF, 1, "VT-x is OFF"),
                                     (_UNREAD, 2, "Cannot tell")):
            self.machine(switch)
            done = self.run_script("kubernetes/vtprobe-npd")
            self.assertEqual(done.returncode, status)
            (line,) = done.stdout.splitlines()
            self.assertLess(len(line), 80)
            self.assertNotIn("|", line)
            self.assertIn(told, line)

    def test_npd_is_configured_for_conditions_that_it_has(self):
        npd = json.loads((self.folder / "kubernetes/vtprobe-npd.json").read_text())
        self.assertEqual(npd["plugin"], "custom")
        kinds = {one["type"] for one in npd["conditions"]}
        for rule in npd["rules"]:
            self.assertEqual(rule["type"], "permanent")
            self.assertIn(rule["condition"], kinds)
            self.assertEqual(pathlib.Path(rule["path"]).name, "vtprobe-npd")

    def test_the_daemon_set_mounts_what_it_names(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        (daemons,) = yaml.safe_load_all((self.folder / "kubernetes/daemonset.yaml").read_text())
        self.assertEqual((daemons["apiVersion"], daemons["kind"]), ("apps/v1", "DaemonSet"))
        template = daemons["spec"]["template"]
        self.assertEqual(template["metadata"]["labels"], daemons["spec"]["selector"]["matchLabels"])
        volumes = {one["name"] for one in template["spec"]["volumes"]}
        for container in template["spec"]["containers"]:
            self.assertEqual({one["name"] for one in container["volumeMounts"]}, volumes)

    # The others

    def test_maas_gets_its_results(self):
        result = self.tree / "result.yaml"
        for switch, status, told in ((_ON, 0, ("passed", "yes", "0")),
                                     (_OFF, 1, ("failed", "no", "1")),
                                     (_UNREAD, 2, ("degraded", "unknown", "0"))):
            self.machine(switch)
            self.command("modprobe", "")
            done = self.run_script("maas/vtprobe.sh", f"--profile={self.profile}",
                                   RESULT_PATH=str(result))
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertEqual(result.read_text(), 'status: %s\nresults:\n  usable: "%s"\n'
                                                 '  failing: "%s"\n' % told)

    def test_maas_finds_its_metadata(self):
        text = (self.folder / "maas/vtprobe.sh").read_text()
        head = re.search(r"^# --- Start MAAS 1\.0 script metadata ---\n(.*?)"
                         r"^# --- End MAAS 1\.0 script metadata ---$", text, re.M | re.S)
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        about = yaml.safe_load("".join(line[2:] + "\n" for line in head[1].splitlines()))
        self.assertEqual(about["script_type"], "testing")
        self.assertEqual(set(about["results"]), {"usable", "failing"})

    def test_units_are_right_for_systemd(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd is not installed")
        units = sorted((self.folder / "systemd").iterdir())
        self.assertEqual(len(units), 3)
        done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True,
                              text=True, check=False)
        # The package, which brings the page, may not be installed.
        self.assertEqual([line for line in done.stderr.splitlines()
                          if "man vtprobe(1)" not in line and "vtprobe" in line], [])

    def test_a_boot_is_recorded_by_time_and_boot_id(self):
        unit = (self.folder / "systemd/vtprobe-record.service").read_text()
        command = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.M)[1]
        for of_systemd, of_shell in (("$$", "$"), ("%%", "%"), ("%b", "boot-id")):
            command = command.replace(of_systemd, of_shell)
        self.command("vtprobe", 'echo "$@"')
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True,
                              check=True, env={"PATH": f"{self.tree}/bin:{os.environ['PATH']}"})
        self.assertRegex(done.stdout, r"^record -q -o /var/lib/vtprobe/boots/"
                                      r"\d{8}T\d{6}Z-boot-id\.dump\n$")

    def test_the_role_is_yaml_of_known_modules(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        for file in self.folder.glob("ansible/**/*.yml"):
            yaml.safe_load(file.read_text())
        tasks = yaml.safe_load((self.folder / "ansible/roles/vtprobe/tasks/main.yml").read_text())
        modules = {key for task in tasks for key in task if "." in key}
        self.assertEqual(modules, {"ansible.builtin.copy", "ansible.builtin.command"})

    def test_shell_scripts_have_no_known_mistake(self):
        if shutil.which("shellcheck") is None:
            self.skipTest("shellcheck is not installed")
        scripts = [file for file in self.folder.glob("*/*")
                   if file.is_file() and file.read_text().startswith("#!")]
        self.assertEqual(len(scripts), 5)
        done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, "")

    def test_the_page_names_each_file(self):
        page = (self.folder / "README.md").read_text()
        for file in self.folder.glob("*/*"):
            if file.is_file() and file.name != "record.yml":
                self.assertIn(f"{file.parent.name}/{file.name}".removesuffix(".timer"), page)


if __name__ == "__main__":
    IntegrationsTest.vtprobe = sys.argv[1]
    IntegrationsTest.folder = pathlib.Path(sys.argv[2])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
