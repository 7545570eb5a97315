"""Sign-in without passwords: a letter with a link and a code, each good once, for a quarter of an hour.

What the letter says is drawn when it is written (`letters.sign_in`), so that no secret is ever stored: a key begins
with digests of something nobody knows.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import joinedload

from events.core import clock, tokens, trail
from events.core.db import changed, db
from events.mail import outbox
from events.team.models import Account, SignInKey

LIFETIME = timedelta(minutes=15)
MOST_LETTERS = 5
"""Letters to one account within LIFETIME: more would only be somebody's game."""
MOST_TRIES = 5
"""Codes that may be typed for one key."""


def ask(email: str, browser: str) -> None:
    """Put a sign-in letter if the address belongs to staff; tells nobody whether it does.

    `browser` is a secret kept in the asking browser's session; the code is good there alone.
    """
    account = find_account(email)
    if account is not None and _put("sign_in", account, browser):
        trail.note("stranger", "asked for a sign-in letter", f"account:{account.id}")


def ask_again(account: Account, browser: str) -> bool:
    """Put a letter with a code for somebody who is signed in and does something grave; False after too many letters."""
    return _put("proof_code", account, browser)


def find_account(email: str) -> Account | None:
    """The account of this address, however it is written in capitals."""
    return db.session.scalars(select(Account).where(Account.email == normalised(email))).first()


def normalised(email: str) -> str:
    """Addresses are compared without capitals and stray spaces."""
    return email.strip().lower()


def new_key(
    account: Account, expires_at: datetime, *, browser_digest: str | None = None, reusable: bool = False
) -> SignInKey:
    """A key whose link and code nobody knows yet: `draw` makes them."""
    key = SignInKey(
        account_id=account.id,
        link_digest=tokens.digest(tokens.new_token()),
        code_digest=tokens.digest(tokens.new_token()),
        browser_digest=browser_digest,
        created_at=clock.now(),
        expires_at=expires_at,
        reusable=reusable,
    )
    db.session.add(key)
    db.session.flush()
    return key


def draw(key: SignInKey) -> tuple[str, str]:
    """A fresh link token and code for the key; the ones before, if any, are worth nothing any more."""
    token, code = tokens.new_token(), tokens.new_digits()
    key.link_digest = tokens.digest(token)
    key.code_digest = _code_digest(key, code)
    return token, code


def use_link(token: str) -> SignInKey | None:
    """The key of the link, with its account, or None: unknown, used or too old."""
    mine = select(SignInKey).where(SignInKey.link_digest == tokens.digest(token))
    key = db.session.scalars(mine.options(joinedload(SignInKey.account))).first()
    return _use(key) if key else None


def use_code(browser: str, code: str) -> SignInKey | None:
    """The key of the typed code, or None. Commit either way: the try is counted before it is judged."""
    mine = (SignInKey.browser_digest == tokens.digest(browser), _alive(), SignInKey.failures < MOST_TRIES)
    keys = list(db.session.scalars(select(SignInKey).where(*mine).order_by(SignInKey.id.desc()).with_for_update()))
    changed(update(SignInKey).where(*mine).values(failures=SignInKey.failures + 1))
    fitting = [key for key in keys if tokens.same(key.code_digest, _code_digest(key, code))]
    return _use(fitting[0]) if fitting else None


def demo_key(account: Account) -> str:
    """A link token that may be used again and again. For the demonstration alone."""
    changed(update(SignInKey).where(SignInKey.account_id == account.id, SignInKey.reusable).values(reusable=False))
    token, _code = draw(new_key(account, clock.now() + timedelta(days=3660), reusable=True))
    return token


def _put(kind: str, account: Account, browser: str) -> bool:
    if _letters_of_late(account) >= MOST_LETTERS:
        return False
    key = new_key(account, clock.now() + LIFETIME, browser_digest=tokens.digest(browser))
    outbox.put(
        kind,
        f"sign-in:{key.id}",
        name=account.name,
        email=account.email,
        language=account.language,
        key_id=key.id,
    )
    return True


def _letters_of_late(account: Account) -> int:
    since = clock.now() - LIFETIME
    count = select(func.count()).where(
        SignInKey.account_id == account.id, SignInKey.created_at > since, SignInKey.browser_digest.is_not(None)
    )
    return db.session.scalar(count) or 0


def _use(key: SignInKey) -> SignInKey | None:
    """First come, first served: the conditional update tells."""
    first = changed(update(SignInKey).where(SignInKey.id == key.id, _alive()).values(used_at=clock.now()))
    return key if first else None


def _alive() -> ColumnElement[bool]:
    return or_(SignInKey.used_at.is_(None), SignInKey.reusable) & (SignInKey.expires_at > clock.now())


def _code_digest(key: SignInKey, code: str) -> str:
    return tokens.digest(f"{key.id}:{code}")
