"""A small disk of a test's own, that can be filled, freed, and made read-only as the kernel does after a fault."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_BLOCK = b"\0" * 4096


@dataclass(frozen=True)
class Disk:
    """An ext4 file system in a file."""

    path: Path

    def fill(self) -> None:
        """Leave not one block."""
        with (self.path / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(_BLOCK)
            except OSError:
                return

    def free(self) -> None:
        """Take away what fills it."""
        (self.path / "filler").unlink()

    def stop_writing(self) -> None:
        """Read-only from now on, for files that are open as well: what ext4 does when it meets an error."""
        _run("mount", "-o", "remount,abort", str(self.path))

    def mend(self) -> None:
        """As after fsck: writable again. Nobody may have a file of it open."""
        image = self.path.with_suffix(".image")
        _run("umount", str(self.path))
        subprocess.run(["fsck.ext4", "-p", "-f", str(image)], check=False, capture_output=True)
        _run("mount", "-o", "loop", str(image), str(self.path))


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mounted in the folder; skips the test where that is not allowed."""
    disk, image = Disk(folder / "disk"), folder / "disk.image"
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("only root can mount a small disk, with e2fsprogs")
    disk.path.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    _run("mkfs.ext4", "-q", "-m", "0", str(image))
    try:
        _run("mount", "-o", "loop", str(image), str(disk.path))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"this machine mounts no loop device: {error.stderr.decode(errors='replace').strip()}")
    try:
        yield disk
    finally:
        _run("umount", "--lazy", str(disk.path))
        image.unlink()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
