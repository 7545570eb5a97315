"""Outgoing webhooks: who wants to hear of what, and every message that was meant for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event
from events.core.db import Base

STATES = ("waiting", "delivered", "failed")


class Endpoint(Base):
    """An address that wants to hear of an organisation's facts, or of one evening's. Its secret is kept nowhere.

    The secret is made of `nonce` and the service's own key. `failures` counts those in a row, over all its messages;
    `rests_until` is when the next one is tried; `off_at` says that nothing is sent any more until a person looks.
    """

    __tablename__ = "hook_endpoint"
    __table_args__ = (UniqueConstraint("organisation_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    url: Mapped[str]
    kinds: Mapped[list[Any]]
    nonce: Mapped[str]
    made_by: Mapped[str]  # account:7, token:3
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    off_at: Mapped[datetime | None]

    event: Mapped[Event | None] = relationship()


class Delivery(Base):
    """One message for one endpoint: `body` byte for byte as it is signed and sent. Forgotten after thirty days.

    `put_at` is when it was last queued: at the fact, or when somebody asked for it again. `code` is the HTTP status of
    the last answer, `error` what went wrong where there was none.
    """

    __tablename__ = "hook_delivery"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_hook_delivery_endpoint", "endpoint_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("hook_endpoint.id"))
    message_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    created_at: Mapped[datetime]
    put_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    code: Mapped[int | None]
    error: Mapped[str] = mapped_column(default="")

    endpoint: Mapped[Endpoint] = relationship()
