"""The configuration doctor: every problem as a sentence with its mend. Prints no secret, changes nothing."""

from collections.abc import Callable, Iterator, Mapping

from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from events.core import migrating
from events.core.settings import TO_SERVE, TO_START, Settings, SettingsError, environment, load
from payments.checking import machine, outside, records

Look = Callable[[Settings], Iterator[str]]

OUTSIDE_A_DATABASE: tuple[Look, ...] = (
    machine.secrets, machine.files, machine.disk, machine.papers, machine.catalogues, machine.wallets_of,
    outside.address, outside.certificate, outside.mail,
)  # fmt: skip
WITH_A_DATABASE: tuple[Look, ...] = (
    records.schema, records.prices, records.worker, records.backups_made, outside.stripe,
)  # fmt: skip


def given() -> Mapping[str, str]:
    """What the environment says."""
    return environment()


def problems(factory: Callable[..., Flask], values: Mapping[str, str]) -> list[str]:
    """One sentence per problem; an empty list is good news."""
    try:
        settings = load(values)
    except SettingsError as error:
        return [str(error), *_also_missing(values, str(error))]
    found = [sentence for look in OUTSIDE_A_DATABASE for sentence in look(settings)]
    if migrating.never_made(url := make_url(settings.database_url)):
        return [*found, f"There is no database at {url.database} yet: `bonsoir migrate` makes it."]
    try:
        app = factory(values)
    except SettingsError:  # told already: a wallet's files
        return found
    with app.app_context():
        for look in WITH_A_DATABASE:
            try:
                found += look(settings)
            except SQLAlchemyError as error:
                found.append(
                    f"The database cannot be read ({type(error).__name__}): does it run? Look at DATABASE_URL."
                )
                break
    return found


def _also_missing(values: Mapping[str, str], told: str) -> list[str]:
    """Settings that nothing starts without, beside the one that was told first."""
    return [f"{name} is not set." for name in (*TO_START, *TO_SERVE) if not values.get(name) and name not in told]
