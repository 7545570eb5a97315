"""Staff: accounts, what they may see (memberships), and the one-use keys they sign in with."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base

ROLES = ("owner", "organiser", "treasurer", "door")


class Account(UserMixin, Base):
    """A member of staff. Signs in by a mailed key, never by a password."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="account", lazy="selectin")


class Membership(Base):
    """An account may act for an organisation, or for one event of it, in one role."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        Index("uq_membership_scope", "account_id", "organisation_id", "event_id", "role", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    role: Mapped[str]
    created_at: Mapped[datetime]

    account: Mapped[Account] = relationship(back_populates="memberships")


class SignInKey(Base):
    """A link and a code mailed to one account; only their digests are kept.

    Used once, by a conditional update of `used_at`. The code counts only in the browser that asked for it.
    `reusable` exists in the demonstration alone.
    """

    __tablename__ = "sign_in_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    link_digest: Mapped[str] = mapped_column(unique=True)
    code_digest: Mapped[str] = mapped_column(index=True)
    browser_digest: Mapped[str | None] = mapped_column(index=True)  # of a secret in that browser's session
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    reusable: Mapped[bool] = mapped_column(default=False)
