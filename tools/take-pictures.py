#!/usr/bin/env python3
"""Pictures of pages, as a browser shows them.

    tools/take-pictures.py FOLDER     of 1, 64 and 1,024 CPUs, of a difference and of a
                                      sequence: light and dark, wide and narrow, printed
    tools/take-pictures.py --readme   those that README shows, into probes/report/pictures

    --vtprobe FILE                    else build/release/bin/vtprobe

Needs what tools/setup.sh --packages-only --with-browser installs. Letters come from
the fonts that are there: on another system a picture is another, bit by bit.
"""

import argparse
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/browser"))
import machines  # noqa: E402
from devtools import Browser, NoBrowser  # noqa: E402

# CPUs, packages, the one that firmware forgot.
SIZES = ((1, 1, 0), (64, 2, 17), (1024, 4, 617))
WIDE, NARROW = 1280, 390


def recording(folder, name, *machine, **about):
    Path(folder, name).write_text(machines.server(*machine, about=about), encoding="utf-8")
    return name


def written(folder, name, *command):
    page = Path(folder, name)
    done = subprocess.run([*command, "--format", "html", "-o", name],
                          cwd=folder, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1, done
    return page.as_uri()


def page_of(vtprobe, folder, cpus, packages, forgotten):
    file = recording(folder, f"{cpus}.dump", cpus, packages, forgotten)
    return written(folder, f"{cpus}.html", vtprobe, file)


def difference(vtprobe, folder):
    """One build of a firmware and the next, which forgets a CPU."""
    files = [recording(folder, "bios-2.1.dump", 64, 2),
             recording(folder, "bios-2.2.dump", 64, 2, 17,
                       **{"firmware.version": "2.2", "firmware.date": "2024-07-30"})]
    return written(folder, "difference.html", vtprobe, "diff", *files)


def sequence(vtprobe, folder):
    files = [recording(folder, "cold-boot.dump", 64, 2),
             recording(folder, "after-s3.dump", 64, 2, 17)]
    return written(folder, "sequence.html", vtprobe, "check", "--replay", files[0],
                   "--replay", files[1])


def save(folder, name, data):
    file = Path(folder, name)
    file.write_bytes(data)
    print(file)


def take_all(browser, vtprobe, folder):
    with tempfile.TemporaryDirectory() as work:
        addresses = {str(size[0]): page_of(vtprobe, work, *size) for size in SIZES}
        addresses["difference"] = difference(vtprobe, work)
        addresses["sequence"] = sequence(vtprobe, work)
        for (name, address), width, dark in itertools.product(
                addresses.items(), (WIDE, NARROW), (False, True)):
            page = browser.open(address, width=width, dark=dark)
            look = f"{'wide' if width == WIDE else 'narrow'}-{'dark' if dark else 'light'}"
            save(folder, f"{name}-{look}.png", page.picture())
            save(folder, f"{name}-{look}-whole.png", page.picture(whole=True))
            page.close()
        for name, address in addresses.items():
            page = browser.open(address)
            save(folder, f"{name}.pdf", page.pdf())
            page.close()


def take_those_of_readme(browser, vtprobe, folder):
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        address = page_of(vtprobe, work, *SIZES[-1])
        page = browser.open(address, width=1100, height=860)
        save(folder, "1024-cpus.png", page.picture())
        page.close()
        page = browser.open(difference(vtprobe, work), width=1100, height=800, dark=True)
        save(folder, "difference-dark.png", page.picture())
        page.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--vtprobe", type=Path, default=ROOT / "build/release/bin/vtprobe")
    arguments = parser.parse_args()
    if (arguments.folder is None) != arguments.readme:
        parser.error("name a folder, or say --readme")
    vtprobe = str(arguments.vtprobe.resolve())
    try:
        with Browser() as browser:
            if arguments.readme:
                take_those_of_readme(browser, vtprobe, ROOT / "probes/report/pictures")
            else:
                arguments.folder.mkdir(parents=True, exist_ok=True)
                take_all(browser, vtprobe, arguments.folder)
    except NoBrowser as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
