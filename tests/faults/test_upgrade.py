"""Code and schema of neighbouring releases: old programs go on beside new ones while a release is put in place."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from events.core import migrating


@pytest.mark.parametrize(
    ("there", "fits"), [("0001", True), ("0002", True), ("0002a", True), ("0003", False), ("0000", False), ("x", False)]
)
def test_code_runs_on_its_own_schema_and_on_the_next_releases(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, there: str, fits: bool
) -> None:
    engine = create_engine(sqlite_url, poolclass=NullPool)
    own = str(migrating.revision(engine))
    assert (own[:4].isdigit(), migrating.fits(engine)) == (True, True)
    number = f"{int(own[:4]) + int(there[:4]) - 1:04}{there[4:]}" if there[:4].isdigit() else there
    monkeypatch.setattr(migrating, "revision", lambda _engine: number)
    assert migrating.fits(engine) is fits
