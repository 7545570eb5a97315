"""What `make failover` says where it cannot run; the run itself takes minutes and root, and is started by hand."""

import os
import shutil
from pathlib import Path

import pytest

from tests.failover import __main__ as failover
from tests.failover.cluster import Cluster
from tests.failover.hosts import Host


def test_what_is_missing_is_said_with_its_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda tool: None if tool in ("patroni", "etcd") else f"/usr/bin/{tool}")
    monkeypatch.setattr(failover, "binaries", lambda: None)
    assert failover.main([]) == 2
    told = capsys.readouterr().out
    assert "This needs root" in told
    assert "apt-get install etcd-server patroni postgresql\n" in told


def test_the_address_names_both_hosts() -> None:
    hosts = [Host(f"db{number}", f"10.77.0.1{number}", Path("/nowhere")) for number in (1, 2, 3)]
    assert Cluster(hosts[:2], hosts[2], Path()).url == "postgresql://postgres@10.77.0.11:5432,10.77.0.12:5432/bonsoir"
