"""Hosts that are network namespaces: each with an address of its own, all of them on one wire."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

USER = "postgres"
HERE = "10.77.0.1"
"""Where the web servers, the workers and everybody else are."""


@dataclass(frozen=True)
class Host:
    """A machine of the database's: a name, an address, a folder that survives its death."""

    name: str
    address: str
    folder: Path

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Run a program on it, as the user postgres, its words going to a file."""
        inside = ["ip", "netns", "exec", self.name, "setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
        with (self.folder / f"{name}.log").open("ab") as log:
            subprocess.Popen(
                [*inside, *command],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, *, silently: bool = False) -> None:
        """Every program on it ends at once. `silently`: its cable is pulled first, and nobody hears of its end."""
        if silently:
            run("ip", "-n", self.name, "link", "set", "wire", "down")
        found = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True, check=True)
        for pid in found.stdout.split():
            os.kill(int(pid), signal.SIGKILL)

    def plug_in(self) -> None:
        """The cable is back."""
        run("ip", "-n", self.name, "link", "set", "wire", "up")


def make(names: Sequence[str], folder: Path) -> list[Host]:
    """New hosts on a wire on which we are, too. For a network and mount namespace of our own."""
    run("mount", "-t", "tmpfs", "tmpfs", "/run")  # names of namespaces stand there: this tmpfs ends with us
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "wire", "type", "bridge")
    run("ip", "address", "add", f"{HERE}/24", "dev", "wire")
    run("ip", "link", "set", "wire", "up")
    return [_host(name, f"10.77.0.{number}", folder) for number, name in enumerate(names, 11)]


def run(*command: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, check=True)


def _host(name: str, address: str, folder: Path) -> Host:
    run("ip", "netns", "add", name)
    run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "wire", "netns", name)
    run("ip", "link", "set", f"to-{name}", "master", "wire", "up")
    run("ip", "-n", name, "link", "set", "lo", "up")
    run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "wire")
    run("ip", "-n", name, "link", "set", "wire", "up")
    own = folder / name
    own.mkdir(mode=0o700)
    shutil.chown(own, USER, USER)
    return Host(name, address, own)
