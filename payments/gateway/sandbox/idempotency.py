"""One answer per idempotency key, whatever it was: replayed for the same request, refused for another."""

from dataclasses import dataclass

from payments.gateway.sandbox.books import Books
from payments.gateway.sandbox.errors import ApiError


@dataclass
class Answer:
    """Status and JSON body, with the request id it was first given under."""

    status: int
    body: bytes
    request_id: str


@dataclass
class Record:
    """What a key stands for; `answer` is None while its first request is under way."""

    fingerprint: str
    answer: Answer | None = None


def begin(books: Books, key: str, fingerprint: str) -> Answer | None:
    """The saved answer, or None when this request is the first and must be `finished` or `forgotten`."""
    if len(key) > 255:
        raise ApiError("Idempotency keys are at most 255 characters long.", saved=False)
    with books.saved_lock:
        record = books.saved.get(key)
        if record is None:
            books.saved[key] = Record(fingerprint)
            return None
        if record.fingerprint != fingerprint:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
                saved=False,
            )
        if record.answer is None:
            raise ApiError(
                f"There is currently another in-progress request using this idempotency key ('{key}').",
                status=409,
                code="idempotency_key_in_use",
                saved=False,
            )
        answer: Answer = record.answer
        return answer


def finish(books: Books, key: str, answer: Answer) -> None:
    with books.saved_lock:
        books.saved[key].answer = answer


def forget(books: Books, key: str) -> None:
    with books.saved_lock:
        books.saved.pop(key, None)
