"""Keys of programs that ask the API, and what they asked to be done once."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event
from events.core.db import Base
from events.team.models import Account


class ApiToken(Base):
    """A program may do what `scopes` say, for one organisation or one evening of it, until a day. Kept as a digest.

    It is never more than the account that made it: see `payments.api.keys`. `ending` are its last letters, so that
    people can tell one from another.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    scopes: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(unique=True)
    ending: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    event: Mapped[Event | None] = relationship()
    account: Mapped[Account] = relationship()


class ApiRequest(Base):
    """Something a program wants done once: its own key, a digest of what it asked, and what it was answered.

    Without a `status` it is being worked on. A refused one is forgotten, the others are after a day.
    """

    __tablename__ = "api_request"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    begun_at: Mapped[datetime]
    status: Mapped[int | None]
    answer: Mapped[dict[str, Any]]
