"""Slurm itself: a controller and sixteen nodes on this machine, which it sends our
health check to and lets record.
"""

import contextlib
import json
import os
import re
import socket
import subprocess
import time

from bed.tools import Failed, check, need, need_programs, run, stop

_NODES = 16
_PATIENCE = 60  # seconds until something that Slurm does by itself has happened

# [intel/sdm-vol4] table 2-2, IA32_FEATURE_CONTROL: LOCK and VMX_OUTSIDE_SMX, or LOCK alone.
_GOOD, _BAD = "0x5", "0x1"
_RECORDING = """vtprobe-dump 1
cpu 0-1
cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69
cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff
msr 0x3a = {}
"""
_PROFILE = 'name = "lab"\ntitle = "Lab"\n[rules."virtualization.usable"]\n'

# Nodes that are no machines of their own: what would be theirs is below a folder, and
# what would need a cgroup or a user's right is left out.
_CONFIGURATION = """ClusterName=bed
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={work}/munge.socket
CredType=cred/munge
CryptoType=crypto/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
ReturnToService=1
SlurmdParameters=config_overrides
StateSaveLocation={work}/state
SlurmdSpoolDir={work}/spool/%n
SlurmctldPidFile={work}/controller.pid
SlurmdPidFile={work}/node-%n.pid
SlurmctldLogFile={work}/controller.log
SlurmdLogFile={work}/node-%n.log
HealthCheckProgram={work}/health
HealthCheckInterval=3
HealthCheckNodeState=ANY
NodeName=n[1-{nodes}] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{first}-{last}] CPUs=1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=10 State=UP
"""


def _free_ports(count):
    """The first of so many in a row that nobody listens on."""
    for first in range(17100, 60000, count):
        with contextlib.ExitStack() as opened:
            try:
                for port in range(first, first + count):
                    one = opened.enter_context(socket.socket())
                    one.bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
    raise Failed("no ports are free")


class _Cluster:
    """Slurm, while it is in a with statement."""

    def __init__(self, context):
        self.work = context.work
        self._source = context.source
        self._vtprobe = context.vtprobe
        self._ends = contextlib.ExitStack()
        self.environment = {**os.environ, "SLURM_CONF": str(self.work / "slurm.conf"),
                            "PATH": f"{self.work}/bin:/usr/sbin:/sbin:{os.environ['PATH']}"}

    def machine(self, node, switch):
        """From now on that node's registers are so."""
        beside = self.work / "machines" / f".{node}"
        beside.write_text(_RECORDING.format(switch))
        beside.rename(self.work / "machines" / f"{node}.dump")

    def _script(self, path, text):
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def _start(self, *words):
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True,
                                   env=self.environment)
        self._ends.callback(stop, process)

    def __enter__(self):
        for folder in ("bin", "machines", "state", "spool"):
            (self.work / folder).mkdir()
        first = _free_ports(_NODES + 1)
        (self.work / "slurm.conf").write_text(_CONFIGURATION.format(
            host=socket.gethostname().partition(".")[0], work=self.work, nodes=_NODES,
            port=first, first=first + 1, last=first + _NODES))
        (self.work / "profile.toml").write_text(_PROFILE)
        # What a node checks is a recording of its own; what it records is this machine.
        self._script(self.work / "bin" / "vtprobe", f"""case $1 in
  check) exec "{self._vtprobe}" "$@" --replay "{self.work}/machines/$SLURMD_NODENAME.dump" ;;
  *) exec "{self._vtprobe}" "$@" ;;
esac""")
        self._script(self.work / "health", f"""PATH={self.work}/bin:$PATH
export PATH SLURM_CONF={self.work}/slurm.conf VTPROBE_PROFILE={self.work}/profile.toml
exec {self._source}/tools/integrations/slurm/vtprobe-health""")
        (self.work / "munge.key").write_bytes(os.urandom(1024))
        (self.work / "munge.key").chmod(0o400)
        self._start("munged", "--foreground", "--force", f"--socket={self.work}/munge.socket",
                    f"--key-file={self.work}/munge.key", f"--pid-file={self.work}/munge.pid",
                    f"--log-file={self.work}/munge.log", f"--seed-file={self.work}/munge.seed")
        for number in range(1, _NODES + 1):
            self.machine(f"n{number}", _GOOD)
        return self

    def start(self):
        self._start("slurmctld", "-D")
        for number in range(1, _NODES + 1):
            self._start("slurmd", "-D", "-N", f"n{number}")

    def __exit__(self, *_):
        self._ends.close()

    def slurm(self, *words, status=0, timeout=60):
        return run(words, env=self.environment, status=status, timeout=timeout).stdout

    def node(self, name):
        """Its state and reason."""
        text = self.slurm("scontrol", "--oneliner", "show", "node", name)
        reason = re.search(r" Reason=(.*?) \[", text)
        return re.search(r" State=(\S+)", text)[1], reason[1] if reason else ""

    def wait(self, what, is_so):
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(Failed):
                if is_so():
                    return
            time.sleep(0.5)
        raise Failed(f"not within {_PATIENCE} s: {what}\n"
                     + run(["sinfo", "-R", "-N", "-o", "%N %T %E"], env=self.environment).stdout)


def case(context):
    """A node that does not meet the profile is drained by Slurm, and all are recorded."""
    need(os.geteuid() == 0, "needs root, as which Slurm's nodes run")
    need_programs("munged", "slurmctld", "slurmd", "srun", "sbatch", "scontrol", "sinfo")
    with _Cluster(context) as cluster:
        cluster.machine("n3", _BAD)
        cluster.start()
        is_ready = lambda name: cluster.node(name)[0] in ("IDLE", "MIXED", "ALLOCATED")  # noqa: E731
        others = [f"n{number}" for number in range(1, _NODES + 1) if number != 3]
        cluster.wait("all other nodes are up", lambda: all(map(is_ready, others)))
        cluster.wait("n3 is drained", lambda: "DRAIN" in cluster.node("n3")[0])
        reason = cluster.node("n3")[1]
        check(reason.startswith("vtprobe: CRITICAL - ") and "OFF" in reason,
              f"n3 is drained for: {reason}")
        check(all(map(is_ready, others)), "another node was drained, too")

        # What a person drained stays so, whatever the check says.
        cluster.slurm("scontrol", "update", "NodeName=n5", "State=DRAIN", "Reason=disk")
        cluster.machine("n3", _GOOD)
        cluster.wait("n3 is resumed", lambda: is_ready("n3"))
        state, reason = cluster.node("n5")
        check("DRAIN" in state and reason == "disk", f"n5 is {state} for: {reason}")
        cluster.slurm("scontrol", "update", "NodeName=n5", "State=RESUME")
        cluster.wait("n5 is resumed", lambda: is_ready("n5"))

        recordings = context.work / "recordings"
        script = context.source / "tools/integrations/slurm/vtprobe-record.sbatch"
        cluster.slurm("sbatch", "--wait", f"--nodes={_NODES}", f"--output={context.work}/job.log",
                      script, recordings, timeout=300)
        names = sorted(file.name for file in recordings.iterdir())
        wanted = sorted(f"n{number}.dump" for number in range(1, _NODES + 1))
        check(names == wanted, f"recorded are {names}: {(context.work / 'job.log').read_text()}")
        counted = json.loads(
            run([context.vtprobe, "corpus", recordings, "--format", "json"], status=0).stdout)
        check(sum(counted["states"].values()) == _NODES and counted["malformed"] == 0,
              f"of the recordings is said: {counted}")
    return {}
