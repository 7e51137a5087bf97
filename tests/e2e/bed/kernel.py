"""Debian's kernel, unpacked and not installed.

The package linux-image-amd64 names the current one; its unsigned twin holds the
same kernel with modules that are not compressed. It is kept in the cache, so
that a run without network uses the one that is there.
"""

import re
import shutil

from bed.tools import Failed, need, run


class Kernel:
    def __init__(self, root):
        self.image = next(root.glob("boot/vmlinuz-*"))
        self.release = self.image.name.removeprefix("vmlinuz-")
        self.config = root / "boot" / f"config-{self.release}"
        self._modules = root / "lib/modules" / self.release / "kernel"

    def module(self, name):
        return next(self._modules.rglob(f"{name}.ko"))


def unpacked(cache):
    folders = sorted((cache / "kernel").glob("*/boot/vmlinuz-*"))
    need(folders, "no kernel is unpacked (tools/setup.sh --packages-only --with-beds)")
    return Kernel(folders[-1].parent.parent)


def fetch(cache):
    """Downloads and unpacks the kernel, unless it is there. Returns its package."""
    try:
        return _fetch(cache)
    except Failed:
        # The package lists are missing, or name a version that has gone.
        run(["apt-get", "-q", "-o", "Acquire::Retries=3", "update"], timeout=300)
        return _fetch(cache)


def _fetch(cache):
    depends = run(["apt-cache", "depends", "linux-image-amd64"]).stdout
    found = re.search(r"Depends: (linux-image-\S+)", depends)
    if not found:
        raise Failed(f"linux-image-amd64 depends on no kernel:\n{depends}")
    package = found[1] + "-unsigned"
    folder = cache / "kernel" / package
    if list(folder.glob("boot/vmlinuz-*")):
        return package
    download = cache / "kernel" / "download"
    shutil.rmtree(download, ignore_errors=True)
    download.mkdir(parents=True)
    run(["apt-get", "-q", "-o", "Acquire::Retries=3", "download", package], cwd=download,
        timeout=900, status=0)
    run(["dpkg-deb", "-x", str(next(download.glob("*.deb"))), str(download / "root")],
        timeout=300, status=0)
    (download / "root").rename(folder)
    shutil.rmtree(download)
    return package
