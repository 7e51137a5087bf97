"""Validates what vtprobe writes for other programs, for every recorded machine.

    check_formats.py FORMAT VTPROBE DUMPS SCHEMA

FORMAT is json, sarif or fleet (SCHEMA is a JSON Schema), junit (an XSD), tap (no
schema: the rules of TAP 14 that matter are stated here), nagios, openmetrics and nfd
(the same; metrics are shown to promtool, too, where it is installed), ocptv (by the
schema of the Open Compute Project where VTPROBE_CORPUS has it) or html (a page that is
well-formed XML, too, of which tidy has no warning where it is installed, and needs
nothing that is not in it). JUnit and TAP also have
to say what the exit status says, with and without a profile. Exits with 77,
which the test's list takes for "skipped", where a validator is not installed.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

SKIPPED = 77


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def reports(vtprobe, form, dumps, profiles=()):
    """(name, text, exit status) of each machine's report, this machine's, and the one of all."""
    machines = sorted(dumps.glob("*/*/machine.dump"))
    assert machines, f"no machine in {dumps}"
    yield "this machine", *vtprobe_says(vtprobe, form, [])
    for machine in machines:
        name = str(machine.relative_to(dumps))
        # What was recorded of it before, if it was.
        replay = [word for file in [*sorted(machine.parent.glob("earlier-*.dump")), machine]
                  for word in ("--replay", str(file))]
        yield name, *vtprobe_says(vtprobe, form, replay)
        for profile in profiles:
            yield f"{name} as {profile}", *vtprobe_says(
                vtprobe, form, [*replay, "--profile", profile])
    yield "all", *vtprobe_says(vtprobe, form, [str(dumps)])


def vtprobe_says(vtprobe, form, arguments):
    done = subprocess.run([vtprobe, "check", "--format", form, *arguments],
                          capture_output=True, check=False)
    assert done.returncode in (0, 1, 2, 3), f"{arguments}: {done.returncode} {done.stderr}"
    return done.stdout.decode("utf-8"), done.returncode


# One that every machine's answer counts in, and one whose rules are other ones.
PROFILES = ("kvm-host", "hardened")


def disagreement(status, failures, errors):
    """What is wrong with as many of them beside that exit status; None: nothing."""
    right = {0: failures == errors == 0, 1: failures > 0, 2: failures == 0 < errors,
             3: failures > 0}
    return None if right[status] else (
        f"exit status {status} with {failures} failures and {errors} errors")


def check_json(vtprobe, form, dumps, schema):
    try:
        import jsonschema
    except ImportError:
        skip("python3-jsonschema is not installed")
    rules = json.loads(schema.read_text())
    jsonschema.Draft202012Validator.check_schema(rules)
    validator = jsonschema.Draft202012Validator(rules)
    wrong = []
    seen = set()
    for name, text, _ in reports(vtprobe, form, dumps):
        document = json.loads(text)
        for part in document if isinstance(document, list) else [document]:
            for error in validator.iter_errors(unseen(part, seen)):
                wrong.append(f"{name}: {error.json_path}: {error.message}")
    if form == "json":
        unread = schema.with_name("vtprobe-unread-1.schema.json")
        validator = jsonschema.Draft202012Validator(json.loads(unread.read_text()))
        for part in unreadable(vtprobe):
            wrong += [f"unread: {error.message}" for error in validator.iter_errors(part)]
    return wrong


def unseen(value, seen, place=()):
    """The document without the elements of its arrays that were there in others already, at
    the same place: equal ones are valid alike, and most machines have most findings in
    common. The first of an array stays, so that none gets empty."""
    if isinstance(value, dict):
        return {key: unseen(part, seen, (*place, key)) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    kept = []
    for part in value:
        key = place, json.dumps(part, sort_keys=True)
        if key not in seen or not kept:
            kept.append(unseen(part, seen, place) if isinstance(part, (dict, list)) else part)
        seen.add(key)
    return kept


def unreadable(vtprobe):
    """What is said of a malformed recording and of one that is not there."""
    with tempfile.TemporaryDirectory() as folder:
        malformed = pathlib.Path(folder, "malformed.dump")
        malformed.write_text("vtprobe-dump 1\ncpu x\n")
        done = subprocess.run(
            [vtprobe, "check", "--format", "json", str(malformed), f"{folder}/missing.dump"],
            capture_output=True, check=False)
        parts = json.loads(done.stdout)
        assert [part["exit_code"] for part in parts] == [65, 66], parts
        return parts


def check_junit(vtprobe, form, dumps, schema):
    if shutil.which("xmllint") is None:
        skip("xmllint is not installed")
    with tempfile.TemporaryDirectory() as folder:
        files = []
        wrong = []
        for name, text, status in reports(vtprobe, form, dumps, PROFILES):
            suites = xml.etree.ElementTree.fromstring(text)
            told = disagreement(status, int(suites.get("failures")), int(suites.get("errors")))
            if told:
                wrong.append(f"{name}: {told}")
            file = pathlib.Path(folder, name.replace("/", "+").replace(" ", "-") + ".xml")
            file.write_text(text)
            files.append(str(file))
        done = subprocess.run(["xmllint", "--noout", "--schema", str(schema), *files],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return wrong
        return wrong + [line for line in done.stderr.splitlines()
                        if not line.endswith(" validates")]


POINT = re.compile(r"(?P<status>ok|not ok) (?P<number>\d+) - (?P<what>(?:[^#\\]|\\.)+?)"
                   r"(?: # (?P<directive>SKIP|TODO) .+)?")


def check_tap(vtprobe, form, dumps, _):
    wrong = []
    for name, text, status in reports(vtprobe, form, dumps, PROFILES):
        lines = text.splitlines()
        plan = re.fullmatch(r"1\.\.(\d+)", lines[1])
        if lines[0] != "TAP version 14" or plan is None:
            wrong.append(f"{name}: begins with {lines[:2]}")
            continue
        number, in_yaml = 0, False
        if name == "all":
            lines = [line for line in lines if not line.startswith("    ")]
        for line in lines[2:]:
            if line == "  ---" or line == "  ...":
                if in_yaml == (line == "  ---"):
                    wrong.append(f"{name}: {line} out of place after point {number}")
                in_yaml = line == "  ---"
            elif not in_yaml and line.startswith("# "):
                continue
            elif not in_yaml:
                point = POINT.fullmatch(line)
                number += 1
                if point is None or int(point["number"]) != number:
                    wrong.append(f"{name}: not test point {number}: {line}")
            elif not line.startswith("  "):
                wrong.append(f"{name}: not indented: {line}")
        if ("\nnot ok " in text) != (status != 0):
            wrong.append(f"{name}: exit status {status} with other points")
        if number != int(plan[1]) or in_yaml:
            wrong.append(f"{name}: {number} points, planned {plan[1]}")
    return wrong


def untidy(pages):
    """What tidy warns of in the pages, by their names; it reads HTML, of which XML's rules
    are half. It says of several files what it says of each, without its name."""
    if shutil.which("tidy") is None or not pages:
        return []
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder, f"{number}.html") for number in range(len(pages))]
        for file, (_, page) in zip(files, pages):
            file.write_text(page, encoding="utf-8")
        done = subprocess.run(
            ["tidy", "-quiet", "-errors", "-utf8", "--drop-empty-elements", "no", *files],
            capture_output=True, text=True, check=False)
    warnings = [line for line in done.stderr.splitlines() if line.strip()]
    if not warnings or len(pages) == 1:
        return [f"{name}: {warning}" for name, _ in pages for warning in warnings]
    return [warning for one in pages for warning in untidy([one])]


XHTML = "{http://www.w3.org/1999/xhtml}"


def check_html(vtprobe, form, dumps, _):
    wrong = []
    pages = []
    for name, text, _ in reports(vtprobe, form, dumps, PROFILES):
        try:
            page = xml.etree.ElementTree.fromstring(text)
        except xml.etree.ElementTree.ParseError as error:
            wrong.append(f"{name}: {error}")
            continue
        ids = [element.get("id") for element in page.iter() if element.get("id")]
        if len(ids) != len(set(ids)):
            wrong.append(f"{name}: an id is there twice")
        for element in page.iter():
            place = element.get("href", element.get("src", "data:"))
            if not (place.startswith("data:") or place.removeprefix("#") in ids):
                wrong.append(f"{name}: {place} is not in the page")
        pages.append((name, text))
        if len(pages) == 100 or name == "all":
            wrong += untidy(pages)
            pages = []
        if len(page.findall(f".//{XHTML}script")) != 1 or page.find(f".//{XHTML}h1") is None:
            wrong.append(f"{name}: not one script and an answer")
    return wrong


def check_fleet(vtprobe, form, dumps, schema):
    """All recorded machines as a fleet, and in it what each list of the report is for."""
    try:
        import jsonschema
    except ImportError:
        skip("python3-jsonschema is not installed")
    rules = json.loads(schema.read_text())
    jsonschema.Draft202012Validator.check_schema(rules)
    validator = jsonschema.Draft202012Validator(rules)
    wrong = []
    filled = set()
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in (("all", [str(dumps)]), ("made up", made_up_fleet(folder))):
            done = subprocess.run([vtprobe, "fleet", "report", "--format", "json", *arguments],
                                  capture_output=True, check=False)
            document = json.loads(done.stdout)
            if document["exit_code"] != done.returncode:
                wrong.append(f"{name}: exit status {done.returncode}")
            filled |= {key for key, part in document.items() if part}
            page = subprocess.run([vtprobe, "fleet", "report", "--format", "html", *arguments],
                                  capture_output=True, text=True, check=False).stdout
            xml.etree.ElementTree.fromstring(page)
            wrong += untidy([(name, page)])
            wrong += [f"{name}: {error.json_path}: {error.message}"
                      for error in validator.iter_errors(document)]
    empty = {key for key, part in rules["properties"].items() if part.get("type") == "array"} - filled
    return wrong + [f"{key} was empty each time" for key in sorted(empty)]


def made_up_fleet(folder):
    """Arguments for machines, of each some boots, of which a report has everything to say."""
    def machine(name, boots, firmware, register):
        for boot, value in enumerate(boots):
            file = pathlib.Path(folder, name, f"{boot}.dump")
            file.parent.mkdir(exist_ok=True)
            file.write_text(
                "vtprobe-dump 1\nmeta board = X\n"
                f"meta time = 2026-11-0{boot + 1}T00:00:00Z\nmeta firmware.version = {firmware}\n"
                "cpu 0-3\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n"
                f"msr 0x3a = {value}\nmsr 0x1f2 = 0x7b000006\n{register}")
    for number in range(4):
        machine(f"old{number}", ["0x5"], "1", "msr 0xfe = 0xd08\n")
    machine("off", ["0x1"], "1", "msr 0xfe ! general-protection\n")
    machine("new0", ["0x1", "0x5", "0x5"], "2", "msr 0xfe = 0xd0a\n")
    machine("new1", ["0x5", "0x5", "0x5", "0x4", "0x5", "0x1"], "2", "msr 0xfe = 0xd0a\n")
    machine("other0", ["0x5"], "3", "msr 0x17 = 0x1\n")
    machine("other1", ["0x5"], "3", "msr 0x17 = 0x2\ncpu 4 offline\n")
    pathlib.Path(folder, "bad").mkdir()
    pathlib.Path(folder, "bad", "a.dump").write_text("vtprobe-dump 1\ncpu x\n")
    return ["--machines", "folders", folder]


def status_of_plugin(status, has_profile):
    """What a plugin ends with where the command ends with that status."""
    return {0: 0, 1: 2, 2: 3, 3: 2 if has_profile else 0}[status]


FIRST_LINE = re.compile(r"(?P<told>VTPROBE (?P<state>OK|CRITICAL|UNKNOWN) - [ -{}~]*) \| "
                        r"(?:[a-z]+=\d+ ?)+")
STATES = {0: "OK", 2: "CRITICAL", 3: "UNKNOWN"}


def check_nagios(vtprobe, form, dumps, _):
    wrong = []
    ours = {name: status for name, _, status in reports(vtprobe, "tap", dumps, PROFILES)}
    for name, text, status in reports(vtprobe, form, dumps, PROFILES):
        first = FIRST_LINE.fullmatch(text.split("\n")[0])
        if not first or len(first["told"]) > 80 or not text.isascii() or text.count("|") != 1:
            wrong.append(f"{name}: {text.splitlines()[0]}")
        elif first["state"] != STATES[status]:
            wrong.append(f"{name}: says {first['state']} and ends with {status}")
        if name != "all" and status != status_of_plugin(ours[name], " as " in name):
            wrong.append(f"{name}: ends with {status} where the command does with {ours[name]}")
    return wrong


SAMPLE = re.compile(r'(?P<name>vtprobe_[a-z_]+)(?P<labels>\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"'
                    r'(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})? \d+')


def check_openmetrics(vtprobe, form, dumps, _):
    wrong = []
    promtool = shutil.which("promtool")
    for number, (name, text, _) in enumerate(reports(vtprobe, form, dumps, PROFILES)):
        if not text.endswith("\n# EOF\n"):
            wrong.append(f"{name}: does not end in # EOF")
        families, samples = [], set()
        for line in text.splitlines()[:-1]:
            if line.startswith("# HELP "):
                families.append(line.split()[2])
            elif line.startswith("# TYPE "):
                if line != f"# TYPE {families[-1]} gauge":
                    wrong.append(f"{name}: {line}")
            else:
                sample = SAMPLE.fullmatch(line)
                series = line.rpartition(" ")[0]
                if not sample or sample["name"] != families[-1] or series in samples:
                    wrong.append(f"{name}: {line}")
                samples.add(series)
        if len(families) != len(set(families)):
            wrong.append(f"{name}: a family is there twice")
        # It takes longer than the report.
        if promtool and (number % 20 == 0 or name == "all"):
            done = subprocess.run([promtool, "check", "metrics"], input=text, text=True,
                                  capture_output=True, check=False)
            wrong += [f"{name}: promtool: {line}" for line in done.stderr.splitlines()]
    return wrong


# [kubernetes] concepts/overview/working-with-objects/labels, "Syntax and character set"
LABEL = re.compile(r"feature\.node\.kubernetes\.io/[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
                   r"=(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def check_nfd(vtprobe, form, dumps, _):
    wrong = []
    for name, text, _ in reports(vtprobe, form, dumps, PROFILES):
        if name != "all" and len(text) > 65536:
            wrong.append(f"{name}: larger than a feature file may be")
        lines = [line for line in text.splitlines() if not line.startswith("# ")]
        wrong += [f"{name}: {line}" for line in lines if not LABEL.fullmatch(line)]
        if name != "all" and len({line.split("=")[0] for line in lines}) != len(lines):
            wrong.append(f"{name}: a label is there twice")
    return wrong


def ocptv_validator():
    """By the schema of the Open Compute Project; nothing where that is not at hand."""
    folder = pathlib.Path(os.environ.get("VTPROBE_CORPUS", "nowhere"), "ocptv")
    if not folder.is_dir():
        return None
    try:
        import jsonschema
    except ImportError:
        return None
    schemas = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    root = next(one for one in schemas if one["title"] == "OutputArtifact")
    try:
        import referencing
    except ImportError:  # jsonschema before 4.18
        return jsonschema.Draft202012Validator(root, resolver=jsonschema.RefResolver(
            root["$id"], root, store={one["$id"]: one for one in schemas}))
    resources = map(referencing.Resource.from_contents, schemas)
    return jsonschema.Draft202012Validator(
        root, registry=referencing.Registry().with_resources((r.id(), r) for r in resources))


ENDINGS = {0: ("COMPLETE", "PASS"), 1: ("COMPLETE", "FAIL"), 2: ("ERROR", "NOT_APPLICABLE"),
           3: ("SKIP", "NOT_APPLICABLE")}


def check_ocptv(vtprobe, form, dumps, _):
    wrong = []
    validator = ocptv_validator()
    seen = set()
    for name, text, status in reports(vtprobe, form, dumps):
        lines = [json.loads(line) for line in text.splitlines()]
        if [line["sequenceNumber"] for line in lines] != list(range(len(lines))):
            wrong.append(f"{name}: sequence numbers")
        if "schemaVersion" not in lines[0]:
            wrong.append(f"{name}: begins with {lines[0]}")
        end = lines[-1]["testRunArtifact"]["testRunEnd"]
        if name != "all" and (end["status"], end["result"]) != ENDINGS[status]:
            wrong.append(f"{name}: ends with {end}, the command with {status}")
        steps = [line["testStepArtifact"] for line in lines if "testStepArtifact" in line]
        begun = [step["testStepId"] for step in steps if "testStepStart" in step]
        ended = [step["testStepId"] for step in steps if "testStepEnd" in step]
        if begun != ended or len(begun) != len(set(begun)):
            wrong.append(f"{name}: steps that begin and end are not the same")
        failed = any(step.get("diagnosis", {}).get("type") == "FAIL" for step in steps)
        if name != "all" and failed != (status == 1):
            wrong.append(f"{name}: exit status {status} with other diagnoses")
        if validator:
            wrong += [f"{name}: {error.message}" for line in lines if is_new(line, seen)
                      for error in validator.iter_errors(line)]
    return wrong


def is_new(line, seen):
    """Whether a line is valid by another reason than one before: its number in the sequence
    is looked at above, and of its time the schema looks at no digit's value."""
    key = json.dumps({**line, "sequenceNumber": type(line["sequenceNumber"]).__name__,
                      "timestamp": re.sub(r"\d", "0", line["timestamp"])}, sort_keys=True)
    new = key not in seen
    seen.add(key)
    return new


CHECKS = {"fleet": check_fleet, "html": check_html, "json": check_json, "junit": check_junit,
          "nagios": check_nagios, "nfd": check_nfd, "ocptv": check_ocptv,
          "openmetrics": check_openmetrics, "sarif": check_json, "tap": check_tap}


def main():
    form, vtprobe, dumps = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    schema = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
    wrong = CHECKS[form](vtprobe, form, dumps, schema)
    print("\n".join(wrong[:50]))
    sys.exit(1 if wrong else 0)


main()
