"""Tokens: made by staff and shown once, found by their digest, ended by whoever could have made them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from events.core import clock, tokens, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.team.models import Membership
from payments.api.models import ApiToken
from payments.api.scopes import SCOPES

PREFIX = "bonsoir_"
"""So that a token that lies where it should not is recognised."""
MOST = 50
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Holder:
    """Who asks: a token that is good now, as plain values."""

    token_id: int
    organisation_id: int
    event_id: int | None
    scopes: frozenset[str]
    account_id: int

    @property
    def actor(self) -> str:
        """How the trail names it: token:3."""
        return f"token:{self.token_id}"


@dataclass(frozen=True)
class Draft:
    """What a new token is to be."""

    organisation_id: int
    event_id: int | None
    name: str
    scopes: Sequence[str]
    expires_at: datetime


def make(draft: Draft, account_id: int) -> tuple[ApiToken, str]:
    """The row, and the token itself, which nobody can read again. In the caller's transaction.

    Raises Refusal: no_scope, scope_not_yours, too_many.
    """
    if not draft.scopes:
        raise Refusal("no_scope", _("Choose at least one thing the program may do."), field="scopes")
    allowed = allowed_scopes(account_id, draft.organisation_id, draft.event_id)
    if not allowed.issuperset(draft.scopes):
        sentence = _("You cannot let a program do what you may not do yourself: %(scopes)s.")
        more = ", ".join(scope for scope in draft.scopes if scope not in allowed)
        raise Refusal("scope_not_yours", sentence % {"scopes": more}, field="scopes")
    if len(good(draft.organisation_id)) >= MOST:
        raise Refusal("too_many", _("There are %(most)d tokens already: end some first.", most=MOST), field="name")
    secret = PREFIX + tokens.new_token(32)
    token = ApiToken(
        organisation_id=draft.organisation_id,
        event_id=draft.event_id,
        account_id=account_id,
        name=draft.name,
        scopes=[scope for scope in SCOPES if scope in draft.scopes],
        digest=tokens.digest(secret),
        ending=secret[-4:],
        created_at=clock.now(),
        expires_at=draft.expires_at,
    )
    db.session.add(token)
    db.session.flush()
    trail.note(f"account:{account_id}", "token.made", f"token:{token.id}", token.organisation_id, scopes=token.scopes)
    return token, secret


def find(secret: str) -> Holder | None:
    """Who holds this token, if it is good: not ended, not over, and no more than its maker is today."""
    if not secret.startswith(PREFIX):
        return None
    token = db.session.scalar(select(ApiToken).where(ApiToken.digest == tokens.digest(secret)))
    if token is None or token.revoked_at is not None or token.expires_at <= clock.now():
        return None
    scopes = allowed_scopes(token.account_id, token.organisation_id, token.event_id).intersection(token.scopes)
    if not scopes:
        return None
    return Holder(token.id, token.organisation_id, token.event_id, frozenset(scopes), token.account_id)


def seen(token_id: int) -> None:
    """Remember that it was used, to the minute; in the caller's transaction."""
    now = clock.now()
    long_ago = ApiToken.last_used_at.is_(None) | (ApiToken.last_used_at < now - SEEN_EVERY)
    changed(update(ApiToken).where(ApiToken.id == token_id, long_ago).values(last_used_at=now))


def allowed_scopes(account_id: int, organisation_id: int, event_id: int | None) -> set[str]:
    """What an account may let a program do, there."""
    held = select(Membership.role).where(
        Membership.account_id == account_id,
        Membership.organisation_id == organisation_id,
        Membership.event_id.is_(None) | (Membership.event_id == event_id),
    )
    roles = set(db.session.scalars(held))
    return {name for name, scope in SCOPES.items() if roles.intersection(scope.roles)}


def good(organisation_id: int) -> Sequence[ApiToken]:
    """An organisation's tokens that were not ended, the newest first; those whose time is over among them."""
    query = select(ApiToken).where(ApiToken.organisation_id == organisation_id, ApiToken.revoked_at.is_(None))
    whole = (joinedload(ApiToken.event), joinedload(ApiToken.account))
    return db.session.scalars(query.order_by(ApiToken.id.desc()).options(*whole)).all()


def end(token_id: int, organisation_ids: Collection[int], account_id: int) -> None:
    """It opens nothing any more, from the next request on; in the caller's transaction.

    Whoever runs the organisation may end any token, the others their own. Raises NotFound.
    """
    mine = ApiToken.organisation_id.in_(organisation_ids) | (ApiToken.account_id == account_id)
    token = db.session.scalar(select(ApiToken).where(ApiToken.id == token_id, mine))
    if token is None:
        raise NotFound(_("There is no such token."))
    still_good = update(ApiToken).where(ApiToken.id == token.id, ApiToken.revoked_at.is_(None))
    if changed(still_good.values(revoked_at=clock.now())):
        trail.note(f"account:{account_id}", "token.ended", f"token:{token.id}", token.organisation_id)
