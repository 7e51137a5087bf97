"""Ansible itself runs our role, on this machine as its only host."""

import os

from bed.tools import check, need_programs, run


def case(context):
    """The role copies the program, records the host and gathers what it recorded."""
    need_programs("ansible-playbook")
    recordings = context.work / "recordings"
    recordings.mkdir()
    told = {"ansible_become": "false", "vtprobe_binary": context.vtprobe,
            "vtprobe_path": context.work / "vtprobe", "vtprobe_recordings": recordings}
    words = ["ansible-playbook", "-i", "localhost,", "-c", "local",
             context.source / "tools/integrations/ansible/record.yml"]
    for name, value in told.items():
        words += ["-e", f"{name}={value}"]
    # Its own temporary files belong into the case's folder.
    environment = {**os.environ, "ANSIBLE_HOME": str(context.work / "ansible"),
                   "ANSIBLE_LOCAL_TEMP": str(context.work / "local"),
                   "ANSIBLE_REMOTE_TEMP": str(context.work / "remote")}
    ended = run(words, timeout=120, status=0, env=environment)
    check("failed=0" in ended.stdout, ended.stdout)
    check([file.name for file in recordings.iterdir()] == ["localhost.dump"], ended.stdout)
    # A recording that lost its last line would be refused: it is sealed.
    answer = run([context.vtprobe, "check", recordings / "localhost.dump"])
    check(answer.returncode in (0, 1, 2, 3), answer.stderr)
    return {}
