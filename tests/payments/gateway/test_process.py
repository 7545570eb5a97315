import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from payments.gateway.sandbox.remote import control
from payments.gateway.sandbox.server import LiveKeyRefused, start
from payments.gateway.stripe_api import Gateway
from tests.payments.gateway.conftest import params

COMMAND = [sys.executable, "-m", "payments.gateway.sandbox"]


def test_the_stand_in_does_not_start_beside_a_live_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_x")
    with pytest.raises(LiveKeyRefused):
        start()


def test_the_process_says_where_it_serves_and_ends_when_told() -> None:
    env = {name: value for name, value in os.environ.items() if name != "STRIPE_SECRET_KEY"}
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout
        name, url = process.stdout.readline().split()
        assert name == "stand-in"
        assert control(url, "books")["charge"] == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_the_process_refuses_a_live_key_with_a_sentence() -> None:
    env = {**os.environ, "STRIPE_SECRET_KEY": "rk_live_x"}
    done = subprocess.run(COMMAND, capture_output=True, text=True, env=env, timeout=30, check=False)
    assert done.returncode == 1
    assert "live key" in done.stderr


def test_the_books_are_taken_up_where_they_were_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    state, same = tmp_path / "stand-in.json", params()
    first = start(state=state)
    gateway = Gateway("sk_test_x", "", first.url, assert_idle=lambda: None, retries=0)
    session = gateway.create_session(same, "kept")
    other = gateway.create_session(params(order_id="ord_2"), "other")
    first.control("pay", session=session.id)
    first.stop()
    second = start(state=state)
    gateway = Gateway("sk_test_x", "", second.url, assert_idle=lambda: None, retries=0)
    try:
        assert gateway.get_session(session.id).is_paid
        assert gateway.create_session(same, "kept").id == session.id
        assert (gateway.get_session(other.id).url or "").startswith(second.url)
        assert gateway.expire_session(other.id).status == "expired"
        assert gateway.get_balance().pending == {"THB": 700000}
    finally:
        second.stop()
