"""For which houses and evenings the signed-in account may make tokens and addresses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from events.catalogue.models import Event, Organisation
from events.core.db import db
from events.office import evenings
from events.team import access
from events.team.access import MANAGERS
from payments.api import keys
from payments.api.models import ApiToken
from payments.api.scopes import MAKERS
from payments.hooks.models import Endpoint

OWNER = ("owner",)


@dataclass(frozen=True)
class Place:
    """A whole organisation, or one evening of it."""

    organisation: Organisation
    event: Event | None = None

    @property
    def key(self) -> str:
        """As a form sends it."""
        return f"evening-{self.event.id}" if self.event else f"house-{self.organisation.id}"

    @property
    def event_id(self) -> int | None:
        """None for all evenings."""
        return self.event.id if self.event else None


def of_tokens() -> list[Place]:
    """Where a token may be for."""
    return _places(MAKERS)


def of_webhooks() -> list[Place]:
    """Whose facts may be told."""
    return _places(MANAGERS)


def _places(roles: Collection[str]) -> list[Place]:
    query = select(Organisation).where(Organisation.id.in_(access.organisations(roles)))
    houses = db.session.scalars(query.order_by(Organisation.name, Organisation.id))
    single = [Place(event.organisation, event) for event in evenings.list_events(roles)]
    return [*map(Place, houses), *single]


def scopes(account_id: int, places: Sequence[Place]) -> set[str]:
    """What the account may let a program do, somewhere."""
    found: set[str] = set()
    for house_id, event_id in {(place.organisation.id, place.event_id) for place in places}:
        found |= keys.allowed_scopes(account_id, house_id, event_id)
    return found


def tokens() -> Sequence[ApiToken]:
    """Those that the signed-in account may end: its own, and all of a house it owns. The newest first."""
    mine = ApiToken.account_id == access.current_account().id
    owned = ApiToken.organisation_id.in_(access.organisations(OWNER))
    query = select(ApiToken).where(mine | owned, ApiToken.revoked_at.is_(None)).order_by(ApiToken.id.desc())
    return db.session.scalars(query.options(joinedload(ApiToken.event), joinedload(ApiToken.account))).all()


def webhooks() -> Sequence[Endpoint]:
    """Those of houses and evenings that the account runs."""
    reach = access.events_in(MANAGERS, Endpoint.organisation_id, Endpoint.event_id)  # type: ignore[arg-type]
    return db.session.scalars(select(Endpoint).where(reach).order_by(Endpoint.id)).all()
