"""What is asked twice is done once: a program's own key, kept for a day with what it was answered.

The key is taken in a transaction of its own, so that a second request sees at once that somebody is at it; the answer
is written in the transaction of the work. Where we die in between nothing was done, and after a minute the key may be
taken over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from events.core import clock, tokens
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.api.models import ApiRequest

KEPT = timedelta(days=1)
LONGEST_WORK = timedelta(minutes=1)


@dataclass(frozen=True)
class Told:
    """What was answered the first time."""

    status: int
    answer: Mapping[str, Any]


def fingerprint(method: str, path: str, body: object) -> str:
    """The same for the same request, however its JSON is laid out."""
    return tokens.digest(json.dumps([method, path, body], sort_keys=True))


def take(token_id: int, key: str, asked: str) -> Told | None:
    """Make the key this request's own, in a transaction of its own; what was answered, if it was used before.

    Raises Refusal: key_reused (422, for something else), in_progress (409).
    """
    now = clock.now()
    over = ApiRequest.begun_at < now - KEPT
    changed(delete(ApiRequest).where(ApiRequest.token_id == token_id, over))
    row = {"token_id": token_id, "key": key, "fingerprint": asked, "begun_at": now, "answer": {}}
    if insert_once(ApiRequest, row, ["token_id", "key"]):
        return None
    known = db.session.scalars(_of(token_id, key), execution_options={"populate_existing": True}).one_or_none()
    if known is not None and not tokens.same(known.fingerprint, asked):
        sentence = _("This Idempotency-Key was used for something else. Use a new one.")
        raise Refusal("key_reused", sentence, field="Idempotency-Key")
    if known is not None and known.status is not None:
        return Told(known.status, known.answer)
    stuck = (ApiRequest.status.is_(None), ApiRequest.begun_at < now - LONGEST_WORK)
    mine = (ApiRequest.token_id == token_id, ApiRequest.key == key)
    if changed(update(ApiRequest).where(*mine, *stuck).values(begun_at=now)):
        return None
    raise Refusal("in_progress", _("The same request is being worked on. Ask again in a moment."), status=409, after=1)


def finish(token_id: int, key: str, told: Told) -> None:
    """Keep the answer, in the transaction of the work. Raises Refusal in_progress: somebody has taken the key over."""
    mine = (ApiRequest.token_id == token_id, ApiRequest.key == key, ApiRequest.status.is_(None))
    if not changed(update(ApiRequest).where(*mine).values(status=told.status, answer=dict(told.answer))):
        raise Refusal("in_progress", _("The same request is being worked on. Ask again in a moment."), status=409)


def forget(token_id: int, key: str) -> None:
    """Nothing was done: the same key may be used for a better request."""
    mine = (ApiRequest.token_id == token_id, ApiRequest.key == key, ApiRequest.status.is_(None))
    changed(delete(ApiRequest).where(*mine))


def _of(token_id: int, key: str) -> Any:  # noqa: ANN401 - a select of one entity
    return select(ApiRequest).where(ApiRequest.token_id == token_id, ApiRequest.key == key)
