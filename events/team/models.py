"""Staff: accounts, what they may see (memberships), what they sign in and prove themselves with, and where they are in.

Secrets are kept as digests; the one that must be read again, an authenticator's, is sealed under the service's own.
"""

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

    account: Mapped[Account] = relationship()


class StaffSession(Base):
    """A browser in which an account is signed in, until it is ended or nobody has used it for long.

    The browser holds a random token, kept here as a digest. `proved_at`: when the person last showed that it is them;
    `place` is half of the network address at most. `reusable`: signed in with the demonstration's key.
    """

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str]
    place: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reusable: Mapped[bool] = mapped_column(default=False)

    account: Mapped[Account] = relationship()


class Passkey(Base):
    """A key pair whose private half never leaves the person's device; the device asks for finger, face or PIN."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)  # base64url, as browsers write it
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class Authenticator(Base):
    """An app that shows six digits, new ones every half minute. Counts once a first code of it was typed."""

    __tablename__ = "authenticator"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    sealed: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # half minutes since 1970: no code counts twice


class RecoveryCode(Base):
    """One of the printed codes for the day on which phone and passkey are lost; each good once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WrongProof(Base):
    """A code of an authenticator, or a printed one, that did not fit: too many of late, and none is read any more."""

    __tablename__ = "wrong_proof"
    __table_args__ = (Index("ix_wrong_proof_of", "account_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class SecondFactorRule(Base):
    """This organisation wants more than a letter from its owners and treasurers, from `since` on."""

    __tablename__ = "second_factor_rule"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    since: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))  # who decided it
