"""Damage to waiting lists and to seats given back, as tests/support/damage.py has it."""

IN_LINE = (
    "INSERT INTO waiting (event_id, ticket_type_id, count, name, email, language, status, asked_at, joined_at, passed, "
    "offers, party_id, offered_until) VALUES (1, 1, 1, 'Noi', 'noi@example.org', 'en', '{}', "
    "'2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', 0, 1, {}, '2020-01-01 00:00:00.000000')"
)

LINES: list[tuple[str, list[str], str]] = [
    ("offers", [IN_LINE.format("waiting", 2)], "is waiting, and holds seats"),
    ("offers", [IN_LINE.format("offered", 1)], "is offered, and holds none"),
    ("offers", [IN_LINE.format("offered", 2)], "is over, and nobody else has been asked"),
    ("lines", ["UPDATE quota SET keeper_id = 1 WHERE id = 1"], "is kept by nobody's line"),
    ("lines", ["INSERT INTO waiting_line (event_id, party_id, offer_hours) VALUES (1, 2, 24)"], "does not keep it"),
    (
        "seats_given",
        ["UPDATE order_line SET turned = 1, seat_given_at = '2020-01-01 00:00:00.000000' WHERE order_id = 2"],
        "1 THB of meals became gifts",
    ),
]
