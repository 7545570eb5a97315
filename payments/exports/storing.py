"""Where long files lie: in the database, in pieces, for the worker and whoever is asked for them may be two hosts."""

from collections.abc import Iterable, Iterator

from sqlalchemy import delete, insert, select, update

from events.core.db import changed, db, end_reading, plainly, table_of, transaction
from payments.exports.models import ExportFile, ExportPiece

LARGEST = 512 * 1024
"""Bytes of a piece: it is held in memory when it is written and when it is fetched."""


def begin(file_id: int) -> int:
    """The number of a new draft. What an earlier worker wrote is thrown away; one that still writes will be refused."""
    with transaction() as session:
        step = update(ExportFile).where(ExportFile.id == file_id).values(draft=ExportFile.draft + 1)
        draft = session.execute(step.returning(ExportFile.draft)).scalar_one()
        changed(delete(ExportPiece).where(ExportPiece.file_id == file_id))
        return draft


def save(file_id: int, draft: int, made: Iterable[bytes]) -> None:
    """Write a draft, each piece in a transaction of its own: nobody waits for the whole of it."""
    end_reading()  # the stream reads through a connection of its own
    for place, body in enumerate(_gathered(made)):
        with transaction():
            piece = {"file_id": file_id, "draft": draft, "place": place, "body": body}
            plainly(insert(table_of(ExportPiece)), piece)


def read(file_id: int, draft: int) -> Iterator[bytes]:
    """The pieces in their order; nothing of the database is held while somebody takes one slowly."""
    place = 0
    wanted = select(ExportPiece.body).filter_by(file_id=file_id, draft=draft)
    while (body := db.session.scalar(wanted.filter_by(place=place))) is not None:
        end_reading()
        yield body
        place += 1


def drop(file_id: int) -> None:
    """Throw a file's pieces away."""
    with transaction():
        changed(delete(ExportPiece).where(ExportPiece.file_id == file_id))


def _gathered(made: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of about one size."""
    waiting = bytearray()
    for part in made:
        waiting += part
        while len(waiting) >= LARGEST:
            yield bytes(waiting[:LARGEST])
            del waiting[:LARGEST]
    if waiting:
        yield bytes(waiting)
