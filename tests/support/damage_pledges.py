"""What damage can be done to gifts in the room, and which rule of the audit sees it."""

TABLE_CODE = (
    "INSERT INTO table_code (id, event_id, name, label_then, token, made_at) "
    "VALUES (1, 1, 'room:1', '', '{}', '2020-01-01 00:00:00.000000')"
)
CARD = TABLE_CODE.format("a" * 22)
PLEDGE = (
    "INSERT INTO pledge (id, event_id, code_id, token, form_key, status, amount, currency, name, email, phone, "
    "language, paddle, is_shown, made_by, made_at, reminders, withdrawn_why, order_id) VALUES (1, 1, 1, "
    "'bbbbbbbbbbbbbbbbbbbbbb', 'key', 'promised', 7, 'THB', '', '', '', 'en', '27', 0, 'guest', "
    "'2020-01-01 00:00:00.000000', 0, '', {})"
)
PLEDGED = (
    "INSERT INTO pledge_status (pledge_id, to_status, at, trigger, actor) "
    "VALUES (1, 'promised', '2020-01-01 00:00:00.000000', 'promised', 'guest')"
)
TABLE_GIFT = "INSERT INTO table_gift (order_id, code_id, is_shown) VALUES (2, 1, 0)"
UNCHECKED = "PRAGMA ignore_check_constraints = ON"

PLEDGES: list[tuple[str, list[str], str]] = [
    ("pledge_money", [CARD, PLEDGE.format(2), PLEDGED, TABLE_GIFT], "asks for 150000 THB"),
    (
        "pledge_money pledge_courses",
        [CARD, PLEDGE.format("NULL"), PLEDGED, UNCHECKED, "UPDATE pledge SET status = 'paid'"],
        "pledge 1 is paid, its order is none unpaid",
    ),
    ("pledge_courses", [CARD, PLEDGE.format("NULL")], "its course ends with None"),
    ("table_gifts pledge_money", [CARD, PLEDGE.format(2), PLEDGED], "is not credited to the table"),
    ("table_secrets", [TABLE_CODE.format("abc")], "1 addresses of a card can be guessed"),
]
