"""Long files: the worker writes them, the page shows how far it is, and after a day they are gone.

A file has a random name; whoever asked for it may fetch it, as long as the money is theirs. It lies in the database,
where every web server finds what any worker wrote (storing.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from events.catalogue.models import Event
from events.core import clock, jobs, tokens
from events.core.db import changed, db, transaction
from events.core.i18n import gettext as _
from events.core.i18n import in_language
from events.core.refusal import NotFound, Refusal
from payments.exports import exporting, storing
from payments.exports.models import ExportFile
from payments.exports.offer import get_export
from payments.exports.rows import Scope, Told, scope_of
from payments.orders.models import Order

WRITE, FORGET = "write_export", "forget_export"
KEPT = timedelta(days=1)
LARGE = 5_000
"""Orders; below that a file is there within seconds."""
TOLD_EVERY = timedelta(seconds=1)


def is_large(scope: Scope) -> bool:
    """Whether files of this scope are better written by the worker."""
    query = select(func.count(Order.id)).where(Order.paid_at.is_not(None), scope.condition(Order.paid_at.expression))
    return (db.session.scalar(query) or 0) > LARGE


def ask(what: str, form: str, scope: Scope, language: str, actor: str) -> ExportFile:
    """A file that the worker will write, in the caller's transaction. Raises Refusal for what is not offered."""
    export = get_export(what)
    if form not in export.formats:
        raise NotFound(_("There is no such format."))
    choice = {
        "organisations": sorted(scope.zones),
        "event": scope.event_id,
        "from": scope.date_from.isoformat() if scope.date_from else None,
        "to": scope.date_to.isoformat() if scope.date_to else None,
        "language": language,
    }
    file = ExportFile(
        name=tokens.new_token(), actor=actor, what=what, format=form, choice=choice, created_at=clock.now(),
        download_name=exporting.name_of(export, form, exporting.checked(export, scope)),
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    jobs.put(WRITE, f"export:{file.id}", file=file.id)
    exporting.note(export, form, scope, actor)
    return file


def mine(actor: str) -> Sequence[ExportFile]:
    """What this account asked for and can still fetch or wait for, the newest first."""
    query = select(ExportFile).where(ExportFile.actor == actor, ExportFile.state != "gone")
    return db.session.scalars(query.order_by(ExportFile.id.desc()).limit(50)).all()


def get_file(name: str, actor: str) -> ExportFile:
    """A file that is there. Raises NotFound for another's, and for what is not ready or gone."""
    file = db.session.scalars(select(ExportFile).filter_by(name=name, actor=actor, state="ready")).one_or_none()
    if file is None:
        raise NotFound(_("This file is not here, or no longer: files are kept for one day."))
    return file


def write(args: Mapping[str, Any]) -> None:
    """Job: write the file, and show it when it is whole. What is refused is said on the page."""
    file_id = int(args["file"])
    file = db.session.get_one(ExportFile, file_id)
    if file.state not in ("waiting", "writing"):
        return
    language = str(file.choice["language"])
    export, scope = get_export(file.what), _scope(file.choice)
    draft = storing.begin(file_id)
    with in_language(language):
        try:
            _set(file_id, state="writing", total=exporting.count_rows(export, scope, language))
            made = exporting.export_file(file.what, file.format, scope, language, _telling(file_id))
            storing.save(file_id, draft, made.pieces)
        except Refusal as refusal:
            _set(file_id, state="failed", refusal=refusal.sentence)
            return
    with transaction():
        done = {"state": "ready", "ready_at": clock.now(), "done": ExportFile.total}
        mine = update(ExportFile).where(ExportFile.id == file_id, ExportFile.draft == draft)
        if not changed(mine.values(**done)):
            return  # another worker took it over
        jobs.put(FORGET, f"forget-export:{file_id}", clock.now() + KEPT, file=file_id)


def forget(args: Mapping[str, Any]) -> None:
    """Job: a day later."""
    file = db.session.get_one(ExportFile, int(args["file"]))
    _set(file.id, state="gone")
    storing.drop(file.id)


def _scope(choice: Mapping[str, Any]) -> Scope:
    event = db.session.get_one(Event, choice["event"]) if choice["event"] else None
    days = [date.fromisoformat(choice[key]) if choice[key] else None for key in ("from", "to")]
    return scope_of(choice["organisations"], event, *days)


def _telling(file_id: int) -> Told:
    """Write down how far it is, about once a second."""
    last = clock.now()

    def told(done: int) -> None:
        nonlocal last
        if clock.now() - last >= TOLD_EVERY:
            last = clock.now()
            _set(file_id, done=done)

    return told


def _set(file_id: int, **values: Any) -> None:
    with transaction():
        changed(update(ExportFile).where(ExportFile.id == file_id).values(**values))


JOBS = {WRITE: write, FORGET: forget}
