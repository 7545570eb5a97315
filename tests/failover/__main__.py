"""What must be there, a folder, and namespaces in which all of it happens: nothing is left, however this ends.

Everything inside runs in network, process and mount namespaces of its own. When the first process in them ends, the
kernel ends all others, and with them go addresses and mounts; the folder is removed here.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from events.core.settings import ROOT

TOOLS = {
    "patroni": "patroni",
    "etcd": "etcd-server",
    "ip": "iproute2",
    "unshare": "util-linux",
    "setpriv": "util-linux",
}
"""Programs, and Debian's packages that have them."""
NAMESPACES = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def missing() -> Iterator[str]:
    """A sentence for each thing that must be there and is not."""
    if sys.platform != "linux":
        yield "This needs Linux: the hosts are network namespaces."
        return
    if os.geteuid() != 0:
        yield "This needs root: it makes network namespaces, and runs PostgreSQL as the user postgres."
    packages = {package for tool, package in TOOLS.items() if shutil.which(tool) is None}
    packages |= set() if binaries() else {"postgresql"}
    if packages:
        yield f"Not installed: {', '.join(sorted(packages))}. On Debian: apt-get install {' '.join(sorted(packages))}"


def binaries() -> Path | None:
    """The folder of PostgreSQL's own programs as Debian installs them, the newest."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def main(arguments: list[str]) -> int:
    """0: nothing was lost and selling went on in time; 1: it was not so; 2: something is missing here."""
    if sentences := list(missing()):
        print("make failover cannot run here.", *sentences, sep="\n")  # noqa: T201
        return 2
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # as Ctrl-C: what is below runs
    folder = Path(tempfile.mkdtemp(prefix="bonsoir-failover-", dir="/var/tmp"))  # a disk, not memory
    folder.chmod(0o755)  # PostgreSQL and etcd, who are not root, have folders of their own in it
    story = [sys.executable, "-m", "tests.failover.story", str(folder), str(binaries()), *arguments]
    try:
        return subprocess.run(["unshare", *NAMESPACES, *story], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        for _try in range(20):  # what wrote there may be dying just now
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
