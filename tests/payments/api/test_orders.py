"""Orders that programs enter: as the treasurer's page enters them, and once, however often they are asked for."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from events.core.db import db, transaction
from payments.api import repeating
from payments.api.models import ApiRequest
from payments.offline import arranging
from payments.orders.models import Order, OrderStatus
from tests.payments.api.conftest import Asking, Program, trailed


def entered(app: Flask) -> int:
    """How many orders were entered by programs."""
    with app.app_context():
        mine = OrderStatus.actor.startswith("token:") & (OrderStatus.to_status == "held")
        return db.session.scalar(select(func.count()).select_from(OrderStatus).where(mine)) or 0


def test_an_invitation_has_its_ticket_at_once(app: Flask, program: Asking) -> None:
    every = program()
    answer = every.order("k1", tickets=[{"type": "seat-dinner", "count": 2}])
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert (made["status"], made["way"], made["total"]) == ("paid", "comp", 0)
    assert [line["ticket_type"] for line in made["lines"]] == ["seat-dinner"] * 2
    assert answer.headers["Location"] == f"/api/v1/orders/{made['code']}"
    assert every.get(f"/orders/{made['code']}") == made
    ticket = every.get(f"/tickets/{made['lines'][0]['ticket']}")
    assert (ticket["status"], ticket["order"]) == ("valid", made["code"])
    assert every.get(f"/orders/{made['code']}/buyer")["email"] == "ann@example.org"
    assert [note["actor"] for note in trailed(app, "order.comp")] == [f"token:{every.token_id}"]


def test_a_transfer_waits_and_cash_is_there(program: Asking) -> None:
    every = program()
    waits = every.order("k1", way="transfer", keep_days=3, gift=10_000).json
    assert (waits["status"], waits["total"], waits["paid_at"]) == ("held", 260_000, None)
    assert every.order("k2", way="cash").json["status"] == "paid"
    assert [one["provider"] for one in every.get("/payments")["data"]] == ["stripe", "cash"]


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("unknown_ticket_type", {"tickets": [{"type": "seat-nowhere", "count": 1}]}),
    ("empty", {"tickets": []}),
    ("sold_out", {"tickets": [{"type": "seat-dinner", "count": 50}] * 3}),
    ("gift_of_guest", {"gift": 5}),
    ("name_needed", {"name": " "}),
    ("bad_email", {"email": "x@localhost.invalid"}),
    ("bad_request", {"email": "x@-"}),
    ("bad_request", {"count": 1}),
    ("bad_request", {"way": "stripe"}),
]


def test_what_the_house_cannot_do_is_said_and_leaves_nothing(app: Flask, program: Asking) -> None:
    every = program()
    for code, body in REFUSED:
        answer = every.order("k1", **body)
        assert (answer.status_code, answer.json["code"]) == (422 if code == "bad_request" else 409, code)
    assert entered(app) == 0
    assert every.order("k1").status_code == 201  # the key was not used up


def test_a_key_is_needed(app: Flask, program: Asking) -> None:
    every = program()
    body = {"event": "dinner", "way": "comp", "name": "Ann", "email": "ann@example.org", "gift": 0}
    for headers in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 101}, {"Idempotency-Key": "with space"}):
        answer = every.ask("POST", "/orders", json=body, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (422, "key_needed")
    assert entered(app) == 0


def test_the_same_key_and_body_are_answered_the_same(app: Flask, program: Asking) -> None:
    every = program()
    first, second = every.order("k1"), every.order("k1")
    assert (second.status_code, second.json) == (201, first.json)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert entered(app) == 1


def test_the_same_key_with_another_body_is_refused(app: Flask, program: Asking) -> None:
    every = program()
    every.order("k1")
    answer = every.order("k1", name="Somebody Else")
    assert (answer.status_code, answer.json["code"]) == (422, "key_reused")
    assert entered(app) == 1
    assert program().order("k1", name="Somebody Else").status_code == 201  # keys are each program's own


def test_keys_are_forgotten_after_a_day(app: Flask, program: Asking, turn_clock: Callable[[timedelta], None]) -> None:
    every = program()
    every.order("k1")
    turn_clock(timedelta(days=1, minutes=1))
    assert every.order("k1").headers.get("Idempotency-Replayed") is None
    assert entered(app) == 2


def test_a_request_that_is_being_worked_on_is_a_conflict(
    app: Flask, program: Asking, turn_clock: Callable[[timedelta], None]
) -> None:
    every = program()
    every.order("k0")
    with app.app_context(), transaction():
        db.session.scalars(select(ApiRequest)).one().status = None  # somebody is at it, or died at it
    answer = every.order("k0")
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (409, "in_progress", "1")
    turn_clock(repeating.LONGEST_WORK + timedelta(seconds=1))
    assert every.order("k0").status_code == 201


@pytest.mark.both_engines
def test_of_many_that_ask_at_once_one_is_heard(app: Flask, program: Asking) -> None:
    every, barrier = program(), Barrier(6)

    def ask(_number: int) -> tuple[int, str]:
        barrier.wait(30)
        answer = every.order("k1")
        return answer.status_code, str(answer.json["code"])

    with ThreadPoolExecutor(6) as pool:
        answers = Counter(pool.map(ask, range(6)))
    made = [code for status, code in answers if status == 201]
    assert len(made) == 1, answers
    assert set(answers) <= {(201, made[0]), (409, "in_progress")}
    assert entered(app) == 1
    assert every.order("k1").json["code"] == made[0]


def test_whoever_lost_the_key_undoes_its_work(app: Flask, program: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    every, enter = program(), arranging.enter

    def slow(*args: Any) -> Order:
        order = enter(*args)
        db.session.execute(update(ApiRequest).values(status=201, answer={}))  # another was faster, after a minute
        return order

    monkeypatch.setattr(arranging, "enter", slow)
    assert every.order("k1").status_code == 409
    assert entered(app) == 0


def test_a_reader_enters_nothing(app: Flask, program: Asking) -> None:
    reader: Program = program("orders:read")
    assert reader.order("k1").status_code == 403
    assert entered(app) == 0
