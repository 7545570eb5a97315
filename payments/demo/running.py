"""The demonstration from start to end: settings, servers, data, and the addresses to try."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, select

from events.catalogue.models import Event, Organisation
from events.core import migrating, tokens, trail
from events.core.db import db, end_reading, transaction
from events.core.settings import REMEMBERED, ROOT, Settings, load
from events.core.trail import TrailEntry
from events.door import pairing
from events.mail.links import absolute
from events.team import signing_in
from events.team.models import Account, Membership
from payments.demo import folder, gallery, line, office, past, pledging
from payments.demo.catalogue import add_house
from payments.demo.folder import DemoRefused
from payments.demo.messages import write_messages
from payments.demo.people import buy, purchases
from payments.demo.processes import Processes, answers, free_port, mail_ports
from payments.demo.room import set_tables

Say = Callable[[str, str], None]
SEEDED = "demo.seeded"
LOCAL_MAIL = ("", "127.0.0.1", "localhost", "::1")


def directory(given: Mapping[str, str]) -> Path:
    """Where the demonstration keeps its data."""
    return Path(given.get("BONSOIR_VAR") or ROOT / "var" / "demo")


def refuse(given: Mapping[str, str]) -> None:
    """Raise DemoRefused for a live key or a mail server elsewhere: invented people must not reach real ones."""
    if given.get("STRIPE_SECRET_KEY", "").startswith(("sk_live_", "rk_live_")):
        raise DemoRefused("STRIPE_SECRET_KEY is a live key: the demo never runs beside real money.")
    if given.get("MAIL_SERVER", "") not in LOCAL_MAIL:
        raise DemoRefused("MAIL_SERVER is not on this machine: the demo sends its invented letters nowhere else.")


def run(
    factory: Callable[[Mapping[str, str]], Flask], given: Mapping[str, str], port: int, fresh: bool, say: Say
) -> None:
    """Start everything, say the addresses, wait for SIGINT or SIGTERM, end everything."""
    refuse(given)
    var = directory(given)
    with folder.alone_in(var):
        if fresh:
            folder.empty(var)
        _run(factory, given, var, port, say)


def _run(
    factory: Callable[[Mapping[str, str]], Flask], given: Mapping[str, str], var: Path, port: int, say: Say
) -> None:
    logs = var / "logs"
    logs.mkdir(exist_ok=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    processes = Processes(logs)
    try:
        _start(factory, given, var, port, processes, say)
        while not stop.wait(0.5) and not processes.ended():
            pass
        if processes.ended():
            raise DemoRefused(f"The {processes.ended()[0]} ended by itself: see {logs}.")
    finally:
        processes.stop()


def _start(
    factory: Callable[[Mapping[str, str]], Flask],
    given: Mapping[str, str],
    var: Path,
    port: int,
    processes: Processes,
    say: Say,
) -> None:
    clock_file = var / "clock"
    clock_file.write_text("0", encoding="ascii")
    base = _chosen(_base(var, port), given)
    moved = {"BONSOIR_CLOCK_FILE": str(clock_file)}
    stand_in = _stand_in(processes, base, moved, var / "stand-in.json")
    mail_port, mailbox = mail_ports(processes.start("mailbox", ["events.mail.catcher"], {}))
    values = base | {"STRIPE_API_BASE": stand_in, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mail_port)}
    values = _chosen(values, given)
    _remember(var, values)
    _prepare(factory, load(values), values | {"STRIPE_API_BASE": stand_in}, clock_file, stand_in)
    app = factory(values)
    processes.start("web-server", ["app", "serve", "--port", str(port)], values)
    processes.start("worker", ["app", "work"], values)
    settings = load(values)  # its host is the only one that is answered, whoever stands before us
    processes.wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz", settings.host), "web-server")
    with app.app_context():
        for name, address in _addresses(mailbox, stand_in):
            say(name, address)
    say("ready", settings.public_url + "/")


def _base(var: Path, port: int) -> dict[str, str]:
    """Settings of the demonstration; secrets are drawn once and kept beside its data."""
    secret = var / "secret"
    if not secret.exists():
        secret.write_text(tokens.new_token(32), encoding="ascii")
    key = secret.read_text(encoding="ascii")
    return {
        "BONSOIR_VAR": str(var),
        "SECRET_KEY": key,
        "DATABASE_URL": f"sqlite:///{(var / 'bonsoir.sqlite').resolve()}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "STRIPE_SECRET_KEY": "sk_test_demonstration",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{tokens.digest(key)[:32]}",
        "MAIL_DEFAULT_SENDER": "Bonsoir <tickets@example.org>",
        # The mail server of an `.env` beside the code is another one: its password and TLS are not for our mailbox.
        "MAIL_USERNAME": "",
        "MAIL_PASSWORD": "",
        "MAIL_USE_TLS": "",
    }


def _chosen(values: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What the environment says wins; a test key of one's own talks to Stripe itself, not to the stand-in."""
    known = {name: given[name] for name in values if name in given}
    merged = dict(values) | known
    if "STRIPE_SECRET_KEY" in known and "STRIPE_API_BASE" not in known:
        merged["STRIPE_API_BASE"] = ""
    return merged


def _stand_in(processes: Processes, base: Mapping[str, str], environment: Mapping[str, str], state: Path) -> str:
    arguments = ["payments.gateway.sandbox", "--port", str(free_port()), "--state", str(state)]
    arguments += ["--webhook-url", f"{base['PUBLIC_URL'].rstrip('/')}/webhooks/stripe"]
    arguments += ["--webhook-secret", base["STRIPE_WEBHOOK_SECRET"], "--merchant", "Alliance Anti Trafic"]
    return processes.start("stand-in", arguments, environment).removeprefix("stand-in ")


def _remember(var: Path, values: Mapping[str, str]) -> None:
    path = var / REMEMBERED
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), encoding="utf-8")


def _prepare(
    factory: Callable[[Mapping[str, str]], Flask],
    settings: Settings,
    values: Mapping[str, str],
    clock_file: Path,
    stand_in: str,
) -> None:
    """Schema and data. A database that is neither empty nor ours is refused, untouched."""
    engine = migrating.engine_for(settings.database_url)
    has_tables = bool(inspect(engine).get_table_names())
    engine.dispose()
    with factory(values).app_context():
        if has_tables and not _is_ours():
            raise DemoRefused("DATABASE_URL names a database that is neither empty nor the demo's own.")
        migrating.upgrade(settings.database_url)
        if db.session.scalar(select(Organisation.id).limit(1)) is None:
            end_reading()
            _seed(clock_file, stand_in)
        end_reading()
        db.session.remove()
        db.engine.dispose()


def _is_ours() -> bool:
    """Whether the demonstration wrote this database, or nobody wrote anything."""
    if not inspect(db.engine).has_table(Organisation.__tablename__):
        return False
    seeded = db.session.scalar(select(TrailEntry.id).where(TrailEntry.action == SEEDED).limit(1))
    empty = db.session.scalar(select(Organisation.id).limit(1)) is None
    end_reading()
    return empty or seeded is not None


def _seed(clock_file: Path, stand_in: str) -> None:
    with _moving(clock_file) as move:
        with transaction():
            before, coming, staff = add_house()
            trail.note("service", SEEDED, "demo", before.organisation_id)
            before_id, coming_id = before.id, coming.id
            treasurer = next(account.id for account in staff if account.memberships[0].role == "treasurer")
            organiser = next(account.id for account in staff if account.memberships[0].role == "organiser")
        past.hold_evening(before_id, stand_in, move, f"account:{treasurer}")
    gallery.hang(before_id)
    for purchase in purchases():
        buy(coming_id, purchase, stand_in)
    line.fill(coming_id, stand_in)
    set_tables(coming_id)
    write_messages(coming_id, f"account:{organiser}")
    office.furnish(coming_id, organiser)
    pledging.prepare(coming_id)


@contextmanager
def _moving(clock_file: Path) -> Iterator[past.Move]:
    """Let the seeding, and the stand-in with it, live on another day for a while."""

    def move(seconds: float) -> None:
        clock_file.write_text(str(seconds), encoding="ascii")

    os.environ["BONSOIR_CLOCK_FILE"] = str(clock_file)
    try:
        yield move
    finally:
        move(0)
        del os.environ["BONSOIR_CLOCK_FILE"]


def _addresses(mailbox: str, stand_in: str) -> list[tuple[str, str]]:
    """What a person may want to open: reusable keys, drawn anew at each start."""
    with transaction():
        events = db.session.scalars(select(Event).order_by(Event.starts_at)).all()
        over, coming = events[0], events[-1]
        keys = [
            (f"sign-in-{role}", absolute("team.confirm", token=signing_in.demo_key(_account(role))))
            for role in ("owner", "organiser", "treasurer", "door")
        ]
        sells = pairing.Selling(sell=True, comp=True)
        door_code = pairing.new_code(coming.id, "Door A", None, reusable=True, selling=sells)
        return [
            ("event", absolute("catalogue.event", slug=coming.slug)),
            ("past-event", absolute("catalogue.event", slug=over.slug)),
            ("mailbox", mailbox),
            ("stand-in", stand_in),
            ("door-code", pairing.spaced(door_code)),
            *keys,
        ]


def _account(role: str) -> Account:
    return db.session.scalars(select(Account).join(Membership).where(Membership.role == role).limit(1)).one()
