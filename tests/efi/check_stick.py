"""What tools/make-stick makes: a disk that firmware starts from.

    check_stick.py MAKE_STICK

The GPT is read here as the specification has it, beside what sfdisk, which made it, thinks of
it. Ends with 77 where mtools or sfdisk is not installed.
"""

import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid
import zlib

MAKE_STICK = sys.argv[1]
SECTOR = 512
MIB = 1 << 20
# [uefi/spec] 5.3.3, table 5.7
SYSTEM_PARTITION = uuid.UUID("C12A7328-F81F-11D2-BA4B-00C04FC93EC8")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
wrong = []


def check(condition, message):
    if not condition:
        wrong.append(message)


def run(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False, timeout=60, env={**os.environ, "PATH": PATH}, **options)


def header(image, lba):
    """[uefi/spec] 5.3.2, table 5.5: the header at that sector, whose CRCs are right."""
    sector = image[lba * SECTOR:(lba + 1) * SECTOR]
    check(sector[:8] == b"EFI PART", f"no GPT begins at sector {lba}")
    size, crc = struct.unpack_from("<II", sector, 12)
    check(size == 92, f"the header at {lba} says that it has {size} bytes")
    check(zlib.crc32(sector[:16] + bytes(4) + sector[20:size]) == crc,
          f"the CRC of the header at {lba} is wrong")
    names = ("here", "other", "first", "last")
    found = dict(zip(names, struct.unpack_from("<QQQQ", sector, 24)))
    found["entries"], found["count"], found["size"], entries_crc = struct.unpack_from(
        "<QIII", sector, 72)
    entries = image[found["entries"] * SECTOR:][:found["count"] * found["size"]]
    check(zlib.crc32(entries) == entries_crc, f"the CRC of the entries of {lba} is wrong")
    check(found["here"] == lba, f"the header at {lba} says that it lies at {found['here']}")
    return found, entries


def check_image(stick, size_mib, program):
    image = stick.read_bytes()
    sectors = len(image) // SECTOR
    check(len(image) == size_mib * MIB, f"it has {len(image)} bytes")
    # [uefi/spec] 5.2.3: one record of type EEh over the whole disk protects it.
    check(image[510:512] == b"\x55\xaa" and image[450] == 0xee, "there is no protective MBR")
    check(struct.unpack_from("<II", image, 454) == (1, sectors - 1),
          "the protective record is not of the whole disk")
    first, entries = header(image, 1)
    second, copies = header(image, sectors - 1)
    check(first["other"] == sectors - 1 and second["other"] == 1, "the two do not name each other")
    check(entries == copies, "the two have other partitions")
    used = [entries[at:at + first["size"]] for at in range(0, len(entries), first["size"])
            if any(entries[at:at + 16])]
    check(len(used) == 1, f"there are {len(used)} partitions")
    begin, end, attributes = struct.unpack_from("<QQQ", used[0], 32)
    check(uuid.UUID(bytes_le=used[0][:16]) == SYSTEM_PARTITION, "it is no UEFI system partition")
    check(any(used[0][16:32]), "the partition has no GUID of its own")
    check(begin * SECTOR == MIB and first["first"] <= begin < end <= first["last"],
          f"the partition is {begin}-{end} of {first['first']}-{first['last']}")
    # Bit 1 would have firmware pass over it. [uefi/spec] table 5.8
    check(attributes == 0, f"its attributes are {attributes:#x}")

    # The file system fills the partition and no more. [Microsoft's FAT specification] BPB
    boot = image[begin * SECTOR:(begin + 1) * SECTOR]
    hidden, total = struct.unpack_from("<II", boot, 28)
    check(boot[82:90] == b"FAT32   " and boot[510:512] == b"\x55\xaa", "it is no FAT32")
    check((hidden, total) == (begin, end - begin + 1),
          f"FAT says {hidden} hidden sectors and {total} of its own, of {begin}-{end}")
    reserved, fats = struct.unpack_from("<HB", boot, 14)
    per_fat = struct.unpack_from("<I", boot, 36)[0]
    clusters = (total - reserved - fats * per_fat) // boot[13]
    # Fewer would be FAT16, whatever the name says.
    check(clusters >= 65525, f"it has {clusters} clusters")

    verified = run("sfdisk", "--verify", stick)
    check(verified.returncode == 0 and "No errors detected" in verified.stdout,
          f"sfdisk says: {verified.stdout}{verified.stderr}")
    listed = run("mdir", "-/", "-b", "-i", f"{stick}@@1M", "::").stdout.split()
    check(listed == ["::/EFI/", "::/EFI/BOOT/", "::/EFI/BOOT/BOOTX64.EFI"], f"on it are {listed}")
    back = stick.with_suffix(".efi")
    run("mcopy", "-n", "-i", f"{stick}@@1M", "::/EFI/BOOT/BOOTX64.EFI", back)
    check(back.exists() and back.read_bytes() == program.read_bytes(), "the program is another")


def check_mistakes(folder, program):
    there = folder / "there.img"
    there.write_text("recordings")
    for arguments, status, said in (
            ([], 64, "which image?"), (["a", "b"], 64, "one image at a time"),
            (["--size", "35", "--efi", program, folder / "a"], 64, "from 36 on"),
            (["--size", "x", folder / "a"], 64, "from 36 on"), (["--size"], 64, "lacks its value"),
            (["--sise", "64"], 64, "unknown argument"),
            (["--efi", folder / "none", folder / "a"], 66, "can't be read"),
            (["--efi", program, there], 74, "is there already"),
            (["--efi", program, folder / "none" / "a"], 74, "can't be written")):
        ended = run(MAKE_STICK, *arguments)
        check(ended.returncode == status and said in ended.stderr,
              f"{arguments}: {ended.returncode}, {ended.stderr}")
    check(there.read_text() == "recordings", "what was there is gone")
    left = sorted(file.name for file in folder.iterdir())
    check(left == ["program", "there.img"], f"left behind: {left}")
    check(run(MAKE_STICK, "--help").stdout.startswith("Makes the image of a stick"), "no help")


missing = [name for name in ("mformat", "sfdisk") if shutil.which(name, path=PATH) is None]
if missing:
    print(f"skipped: {', '.join(missing)} is not installed")
    sys.exit(77)
with tempfile.TemporaryDirectory() as work:
    work = pathlib.Path(work)
    program = work / "program"
    program.write_bytes(os.urandom(123_457))
    check_mistakes(work, program)
    for more, size in (([], 64), (["--size", "36"], 36), (["--size", "0100"], 100)):
        stick = work / f"stick{size}.img"
        made = run(MAKE_STICK, "--efi", program, *more, stick)
        check(made.returncode == 0 and re.search(r"vtprobe-1\.dump", made.stdout),
              f"{more}: {made.returncode}, {made.stderr}")
        if stick.exists():
            check_image(stick, size, program)
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
