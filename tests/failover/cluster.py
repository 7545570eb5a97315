"""PostgreSQL with a standby under Patroni, which agree through etcd on three hosts who is the primary."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.failover.hosts import Host

DATABASE = "bonsoir"
SETTINGS = {
    # A primary that is not heard of for 20 s is one no longer: the gap is at most that and a few seconds more.
    **{"ttl": 20, "loop_wait": 2, "retry_timeout": 5, "maximum_lag_on_failover": 1048576},
    "synchronous_mode": True,  # what was acknowledged stands on two hosts
    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 100, "shared_buffers": "64MB"}},
}


class NotThere(Exception):  # noqa: N818 - said in one sentence
    """Something did not come about in time."""


@dataclass(frozen=True)
class Cluster:
    """Two hosts with a database, and one more that votes."""

    data: Sequence[Host]
    witness: Host
    binaries: Path

    @property
    def url(self) -> str:
        """The address as DATABASE_URL takes it, with both hosts in it."""
        hosts = ",".join(f"{host.address}:5432" for host in self.data)
        return f"postgresql://postgres@{hosts}/{DATABASE}"

    def start(self) -> None:
        """Begin, and wait for a primary with a standby that has everything; then make the database."""
        for host in (*self.data, self.witness):
            self._start_etcd(host, "new")
        for host in self.data:
            self._start_patroni(host)
        wait("the cluster does not come up", lambda: self.primary() is not None and self.standby() is not None)
        name = self.url.replace(f"/{DATABASE}", "/postgres?target_session_attrs=read-write")
        with psycopg.connect(name, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")

    def primary(self) -> Host | None:
        """The host that takes writes, as its Patroni says."""
        return next((host for host in self.data if _says(host, "primary")), None)

    def standby(self) -> Host | None:
        """The host that has whatever was acknowledged."""
        return next((host for host in self.data if _says(host, "sync")), None)

    def bring_back(self, host: Host) -> None:
        """The host that died is switched on again, with its disk as it was; wait until it is the standby."""
        host.plug_in()
        self._start_etcd(host, "existing")
        self._start_patroni(host)
        wait("the host that died does not become the standby", lambda: self.standby() == host)

    def _others(self, host: Host) -> list[Host]:
        return [one for one in (*self.data, self.witness) if one != host]

    def _start_etcd(self, host: Host, state: str) -> None:
        peers = ",".join(f"{one.name}=http://{one.address}:2380" for one in (*self.data, self.witness))
        peer, client = f"http://{host.address}:2380", f"http://{host.address}:2379"
        options = {
            **{"name": host.name, "data-dir": str(host.folder / "etcd"), "logger": "zap"},
            **{"listen-peer-urls": peer, "initial-advertise-peer-urls": peer},
            **{"listen-client-urls": client, "advertise-client-urls": client},
            **{"initial-cluster": peers, "initial-cluster-state": state},
            **{"heartbeat-interval": "120", "election-timeout": "1200"},  # milliseconds; all of them share one machine
        }
        host.start("etcd", ["etcd", *(f"--{name}={value}" for name, value in options.items())])

    def _start_patroni(self, host: Host) -> None:
        file = host.folder / "patroni.yml"
        file.write_text(json.dumps(self._configuration(host), indent=1), encoding="utf-8")  # which is YAML, too
        file.chmod(0o644)
        host.start("patroni", ["patroni", str(file)])

    def _configuration(self, host: Host) -> dict[str, object]:
        trusted = [f"host {what} all 10.77.0.0/24 trust" for what in ("all", "replication")]
        return {
            "scope": "bonsoir",
            "name": host.name,
            "restapi": {"listen": f"{host.address}:8008", "connect_address": f"{host.address}:8008"},
            "etcd3": {"hosts": [f"{one.address}:2379" for one in (host, *self._others(host))]},  # its own first
            "bootstrap": {
                "dcs": SETTINGS,
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
                "pg_hba": ["local all all trust", *trusted],
            },
            "postgresql": {
                "listen": f"{host.address}:5432",
                "connect_address": f"{host.address}:5432",
                "data_dir": str(host.folder / "data"),
                "bin_dir": str(self.binaries),
                "pgpass": str(host.folder / "pgpass"),
                "parameters": {"unix_socket_directories": str(host.folder)},
                "authentication": {"superuser": {"username": "postgres"}, "replication": {"username": "postgres"}},
            },
        }


def wait(sentence: str, come_about: Callable[[], bool], seconds: float = 120) -> None:
    """Return when it has come about. Raises NotThere."""
    deadline = time.monotonic() + seconds
    while not come_about():
        if time.monotonic() > deadline:
            raise NotThere(f"{sentence}, in {seconds:.0f} s")
        time.sleep(0.2)


def _says(host: Host, role: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host.address}:8008/{role}", timeout=2) as answer:  # noqa: S310  ours
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False
