"""Who may ask what: tokens, scopes, reach; how long lists are read, and how the API says no."""

from flask import Flask
from sqlalchemy import delete, select, update

from events.core.db import db, transaction
from events.team.models import Membership
from payments.api.models import ApiToken
from payments.api.scopes import SCOPES
from payments.api.table import OPERATIONS
from payments.orders.models import Order
from tests.payments.api.conftest import Asking, trailed
from tests.support.staff import Staff, sell

LISTS = [one for one in OPERATIONS if one.method == "GET" and "{" not in one.path]
NAMES = ("Dora", "Paul", "Hugo", "Stella", "dine1@example.org")


def test_without_a_good_token_nothing_is_there(app: Flask, program: Asking) -> None:
    good = program()
    for token in ("", "Bearer", "Bearer nonsense", f"Bearer {good.token}x", f"Basic {good.token}"):
        for one in OPERATIONS:
            path = one.path.replace("{", "").replace("}", "")
            answer = app.test_client().open(f"/api/v1{path}", method=one.method, headers={"Authorization": token})
            assert (answer.status_code, (answer.json or {})["code"]) == (401, "token_needed"), one.name
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.mimetype == "application/problem+json"


def test_a_session_of_staff_is_no_token(staff: Staff) -> None:
    with staff.signed_in("owner") as browser:
        assert browser.get("/api/v1/events").status_code == 401


def test_each_operation_wants_its_own_scope(program: Asking) -> None:
    others = {name: program(*(scope for scope in SCOPES if scope != name)) for name in SCOPES}
    for one in OPERATIONS:
        path = one.path.replace("{event}", "dinner").replace("{code}", "DINE1")
        path = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
        answer = others[one.scope].ask(one.method, path, json={})
        assert (answer.status_code, answer.json["code"], answer.json["needs"]) == (403, "scope_missing", one.scope)


def test_a_token_of_another_organisation_finds_nothing_of_ours(program: Asking) -> None:
    ours, theirs = program(), program(of="stranger")
    for path in ("/events/dinner", "/events/dinner/ticket-types", "/orders/DINE1", "/orders/DINE1/buyer"):
        assert ours.ask("GET", path).status_code == 200, path
        assert theirs.ask("GET", path).status_code == 404, path
    for kind in ("tickets", "guests", "payments", "receipts"):
        row_id = ours.get(f"/{kind}")["data"][0]["id"]
        if kind != "receipts":
            assert theirs.get(f"/{kind}")["data"][0]["id"] != row_id
        assert theirs.ask("GET", f"/{kind}/{row_id}").status_code == 404, kind
    guest = ours.get("/guests")["data"][0]["id"]
    assert theirs.ask("PATCH", f"/guests/{guest}", json={"name": "Thief"}).status_code == 404
    assert theirs.order("k1").status_code == 404


def test_lists_hold_ones_own_alone(program: Asking) -> None:
    theirs = program(of="stranger")
    for one in LISTS:
        text = theirs.ask("GET", one.path).text
        assert not any(word in text for word in ("dinner", "DINE", "Dora"))
        if "event" in one.query:
            assert theirs.ask("GET", f"{one.path}?event=dinner").status_code == 404


def test_a_token_of_one_evening_sees_no_other(staff: Staff, program: Asking) -> None:
    narrow = program(event="dinner")
    with staff.app.app_context(), transaction():
        event_id = db.session.scalars(select(ApiToken.event_id)).one()
        ball = sell("ball", "BALL2", "Berta", [("Berta", "")])
        house = select(Membership.organisation_id).where(Membership.account_id == staff.accounts["owner"])
        ball.event.organisation_id = ball.organisation_id = db.session.scalars(house).one()
        assert event_id is not None
    assert [one["slug"] for one in program().get("/events")["data"]] == ["dinner", "ball"]
    assert [one["slug"] for one in narrow.get("/events")["data"]] == ["dinner"]
    assert narrow.ask("GET", "/orders/BALL2").status_code == 404
    assert program().ask("GET", "/orders/BALL2").status_code == 200


def test_names_stand_where_guests_are_read_and_nowhere_else(program: Asking) -> None:
    every = program()
    for one in LISTS:
        told = every.ask("GET", one.path).text
        assert any(name in told for name in NAMES) == (one.scope == "guests:read"), one.path
    for path in ("/orders/DINE1", "/payments/1", "/receipts/1", "/tickets/1"):
        assert not any(name in every.ask("GET", path).text for name in NAMES), path


def test_what_opens_the_door_is_told_to_nobody(staff: Staff, program: Asking) -> None:
    every = program()
    with staff.app.app_context():
        secrets = secrets_of("DINE1")
    for one in LISTS:
        told = every.ask("GET", one.path).text
        assert not any(secret in told for secret in secrets), one.path


def secrets_of(code: str) -> list[str]:
    """The secrets of an order and its tickets."""
    order = db.session.scalars(select(Order).where(Order.code == code)).one()
    tickets = [line.ticket for line in order.lines if line.ticket]
    return [order.token, order.party.invitation, *(one.code for one in tickets), *(one.token for one in tickets)]


def test_every_look_at_guests_is_in_the_trail_with_its_count(app: Flask, program: Asking) -> None:
    reader = program("guests:read")
    reader.get("/guests?limit=1")
    reader.get("/guests?event=dinner")
    reader.get("/guests/1")
    reader.get("/orders/DINE1/buyer")
    looks = trailed(app, "guests.read")
    assert [look["guests"] for look in looks] == [1, 2, 1]
    assert {look["actor"] for look in looks} == {f"token:{reader.token_id}"}
    assert [look["subject"] for look in trailed(app, "buyer.read")] == ["DINE1"]


def test_a_token_ends_with_its_day_its_revocation_and_its_makers_role(
    app: Flask, staff: Staff, program: Asking
) -> None:
    over, ended, fired = program(days=-1), program(), program("events:read", of="organiser")
    assert over.ask("GET", "/events").status_code == 401
    with app.app_context(), transaction():
        db.session.execute(update(ApiToken).where(ApiToken.id == ended.token_id).values(revoked_at=ApiToken.created_at))
    assert ended.ask("GET", "/events").status_code == 401
    assert fired.ask("GET", "/events").status_code == 200
    with app.app_context(), transaction():
        db.session.execute(delete(Membership).where(Membership.account_id == staff.accounts["organiser"]))
    assert fired.ask("GET", "/events").status_code == 401


def test_that_it_was_used_is_remembered(app: Flask, program: Asking) -> None:
    used = program()
    with app.app_context():
        assert db.session.get_one(ApiToken, used.token_id).last_used_at is None
    used.get("/events")
    with app.app_context():
        assert db.session.get_one(ApiToken, used.token_id).last_used_at is not None


def test_too_many_requests_are_told_when_to_go_on(app: Flask, program: Asking) -> None:
    app.config["API_REQUESTS_A_MINUTE"] = 2
    hasty, other = program(), program()
    assert [hasty.ask("GET", "/events").status_code for _ in range(3)] == [200, 200, 429]
    answer = hasty.ask("GET", "/events")
    assert answer.json["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert other.ask("GET", "/events").status_code == 200


def test_a_long_list_is_read_page_by_page_whatever_comes_meanwhile(staff: Staff, program: Asking) -> None:
    reader, seen, cursor = program(), [], ""
    with staff.app.app_context(), transaction():
        for number in range(7):
            sell("dinner", f"MORE{number}", "Mona", [("Mona", "")])
    while True:
        page = reader.get(f"/orders?limit=3{cursor}")
        seen += [order["code"] for order in page["data"]]
        assert len(page["data"]) <= 3
        if page["next_cursor"] is None:
            break
        with staff.app.app_context(), transaction():
            if len(seen) < 6:
                sell("dinner", f"LATE{len(seen)}", "Lena", [("Lena", "")])
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["DINE1", "DINE2", *(f"MORE{number}" for number in range(7)), "LATE3"]


def test_an_address_that_is_not_as_described_is_refused(program: Asking) -> None:
    every = program()
    for query in (
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1&limit=2",
        "cursor=short",
        "status=odd",
        "more=1",
        "limit=１",
    ):
        answer = every.ask("GET", f"/orders?{query}")
        assert (answer.status_code, answer.json["code"]) == (422, "bad_request"), query
        assert answer.json["field"] == query.partition("=")[0]


def test_other_methods_media_and_languages_are_refused_as_http_says(program: Asking) -> None:
    every = program()
    wrong = every.ask("PUT", "/orders")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert wrong.mimetype == "application/problem+json"
    assert every.ask("GET", "/orders", headers={"Accept": "text/html"}).status_code == 406
    assert every.ask("GET", "/orders", headers={"Accept": "*/*"}).status_code == 200
    assert every.ask("POST", "/webhooks", data="url=x").status_code == 415
    odd = every.ask("POST", "/webhooks", data=b"{", content_type="application/json")
    assert (odd.status_code, odd.json["code"]) == (400, "bad_json")
    deep = every.ask("POST", "/webhooks", data=b"[" * 60_000, content_type="application/json")
    assert deep.status_code == 400
    large = every.ask("POST", "/webhooks", data=b" " * 70_000, content_type="application/json")
    assert large.status_code == 413
    half = every.ask("PATCH", "/guests/1", data=b'{"name": "\\ud800"}', content_type="application/json")
    assert half.status_code == 422
    assert every.ask("GET", "/nothing").json["code"] == "not_found"


def test_other_sites_may_not_ask_from_a_browser(program: Asking) -> None:
    answer = program().ask("OPTIONS", "/orders", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert program().ask("GET", "/guests").headers["Cache-Control"] == "no-store"


def test_a_guests_name_and_diet_are_changed_and_the_rest_stays(app: Flask, program: Asking) -> None:
    editor = program("guests:read", "guests:write")
    guest = editor.get("/guests")["data"][1]
    assert (guest["name"], guest["note"]) == ("Paul Guest", "no nuts")
    change = {"name": "  Paula\u00a0Guest ", "diet": "vegan", "allergies": ["nuts", "eggs"]}
    answer = editor.ask("PATCH", f"/guests/{guest['id']}", json=change)
    assert answer.status_code == 200
    assert answer.json == {**guest, "name": "Paula Guest", "diet": "vegan", "allergies": ["eggs", "nuts"]}
    assert editor.get(f"/guests/{guest['id']}") == answer.json
    assert [note["subject"] for note in trailed(app, "guests.edited")] == [f"ticket:{guest['ticket']}"]
    for wrong in ({}, {"diet": "air"}, {"name": 1}, {"email": "x@example.org"}, {"allergies": ["nuts", "nuts"]}):
        assert editor.ask("PATCH", f"/guests/{guest['id']}", json=wrong).status_code == 422, wrong


def test_money_is_listed_as_it_came(program: Asking) -> None:
    reader = program("money:read", of="treasurer")
    assert [(one["order"], one["amount"]) for one in reader.get("/payments")["data"]] == [("DINE1", 550_000)]
    gifts = reader.get("/gifts?event=dinner")["data"]
    assert [(one["kind"], one["amount"]) for one in gifts] == [
        ("ticket", 130_000),
        ("ticket", 130_000),
        ("gift", 50_000),
    ]
    (receipt,) = reader.get("/receipts")["data"]
    assert (receipt["number"], receipt["paid"], receipt["benefit"]) == ("R-2026-000001", 550_000, 240_000)
    assert reader.get("/refunds") == {"data": [], "next_cursor": None}
