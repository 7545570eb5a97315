"""Damage to the world of the audit's tests: what is done behind the application's back, and which rule must name it.

Each is (rules, statements, words): the first rule says the words, and no rule that is not listed says anything. Ids are
those of the rows that the tests make: order 1 is paid, 2 is held, 4 is on its way; the payment due back is `late`.
"""

from tests.support.damage_pledges import PLEDGES
from tests.support.damaged_lines import LINES

ADMISSION = (
    "INSERT INTO admission (event_id, ticket_id, check_list, scan_id, device_id, gate, at, offline) "
    "VALUES (1, 1, 'entrance', '{}', 1, 'main', '2020-01-01 00:00:00.000000', 0)"
)
DEVICE = (
    "INSERT INTO device (id, event_id, gate, check_list, may_sell, may_comp, name, token_digest, paired_at, "
    "expires_at) VALUES (1, 1, 'main', 'entrance', 1, 0, 'phone', 'digest', '2020-01-01 00:00:00.000000', "
    "'2020-01-01 00:00:00.000000')"
)
PRESENT = "INSERT INTO presence (ticket_id, check_list, scan_id) VALUES (1, 'entrance', 'first')"
CODE = (
    "INSERT INTO discount_code (id, event_id, code, uses, opens_hidden, note, created_at, amount) "
    "VALUES (1, 1, 'LANTERN', 1, 0, '', '2020-01-01 00:00:00.000000', 1)"
)
POSTINGS = (
    "INSERT INTO posting (entry_id, account, currency, amount) "
    "VALUES (1, '{}', 'THB', 5), (1, 'income:donations', 'THB', -5)"
)
DOOR_SALE = (
    "INSERT INTO door_sale (event_id, sale_id, device_id, order_id, way, seller, at) "
    "VALUES (1, 'one', 1, {}, 'cash', 'Noi', '2020-01-01 00:00:00.000000')"
)
DRAWER = (
    "INSERT INTO drawer (event_id, status, round, currency, float_amount, opened_at, closed_at, expected, counted, "
    "explanation) VALUES (1, 'closed', 1, 'THB', 7, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', 7, {}, "
    "'why')"
)
ACCOUNT = (
    "INSERT INTO account (id, email, name, language, created_at) "
    "VALUES (1, 'one@example.org', 'One', 'en', '2020-01-01 00:00:00.000000')"
)
COUNTED = (
    "INSERT INTO drawer_count (event_id, round, place, account_id, pieces, total, at) "
    "VALUES (1, 1, 1, 1, '{}', 7, '2020-01-01 00:00:00.000000')"
)
DRAWER_PAPER = (
    "INSERT INTO drawer_paper (event_id, pdf, sha256, issued_at) "
    "VALUES (1, x'00', 'another', '2020-01-01 00:00:00.000000')"
)
DEPOSIT = (
    "INSERT INTO cash_deposit (event_id, key, amount, banked_on, carrier, entered_by, entered_at) "
    "VALUES (1, 'one', 5, '2020-01-01', 'Thida', 'account:1', '2020-01-01 00:00:00.000000')"
)
PAYOUT = (
    "INSERT INTO payout (id, organisation_id, status, amount, currency, automatic, reconciliation, arrival_at, "
    "created_at, members_at) VALUES ('po_1', 1, 'paid', 100, 'THB', 1, 'completed', '2020-01-01 00:00:00.000000', "
    "'2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000')"
)
MOVEMENT = (
    "INSERT INTO balance_transaction (id, organisation_id, category, type, amount, fee, net, currency, created_at, "
    "available_on, booked) VALUES ('txn_1', 1, 'fee', 'stripe_fee', -9, 0, -9, 'THB', '2020-01-01 00:00:00.000000', "
    "'2020-01-01 00:00:00.000000', 'itself')"
)

PAPER = (
    "INSERT INTO receipt_paper (receipt_id, pdf, sha256, made_at) "
    "VALUES (2, X'25504446', 'of the first', '2020-01-01 00:00:00.000000')"
)

CLOSED = (
    "INSERT INTO closed_period (id, organisation_id, kind, until, closed_at, closed_by, balances) VALUES "
    "(1, 1, 'month', '2020-01-31', '2020-02-01 00:00:00.000000', 'account:1', '[[\"assets:cash\", \"THB\", 5]]')"
)

DAMAGE: list[tuple[str, list[str], str]] = [
    ("quotas", ["UPDATE quota SET held = held + 1 WHERE id = 1"], "its holds say"),
    ("quotas", ["UPDATE quota SET size = 3 WHERE id = 1"], "is overbooked: 18 of 3"),
    (
        "holds",
        ["UPDATE quota SET held = held - 1", "UPDATE hold SET status = 'released' WHERE party_id = 2"],
        "is held, but its seats are released",
    ),
    (
        "places",
        [
            "UPDATE quota SET held = held + 10, sold = sold - 10",
            "UPDATE hold SET status = 'held' WHERE party_id = 1",
        ],
        "has 0 seats of quota 1, and 10 tickets for them",
    ),
    ("tickets places", ["UPDATE order_line SET ticket_id = NULL WHERE id = 1"], "has a line without its ticket"),
    ("tickets places", ["UPDATE order_line SET ticket_id = NULL WHERE id = 1"], "ticket 1 is valid without a paid"),
    ("admissions", [DEVICE, ADMISSION.format("first"), ADMISSION.format("second"), PRESENT], "is admitted 2 times"),
    ("admissions", [PRESENT], "presence and admissions on entrance differ"),
    ("admissions", [DEVICE, ADMISSION.format("first")], "presence and admissions on entrance differ"),
    ("secrets", ["UPDATE ticket SET code = 'ABC' WHERE id = 1"], "ticket 1 has a secret that can be guessed"),
    ("secrets", ["UPDATE ticket SET token = 'abc' WHERE id = 1"], "ticket 1 has a secret that can be guessed"),
    ("secrets", ["UPDATE orders SET token = 'abc' WHERE id = 2"], "has a secret that can be guessed"),
    ("payments", ["UPDATE payment SET outcome = 'needs_review' WHERE id = 1"], "without a payment"),
    ("payments", ["UPDATE payment SET outcome = 'fulfilled' WHERE why = 'late'"], "fulfilled it"),
    ("payments refunds", ["UPDATE payment SET refunded = 0 WHERE why = 'late'"], "and nobody gives it back"),
    (
        "captured_equals_ledger",
        ["UPDATE payment SET amount = amount + 1 WHERE outcome = 'needs_review'"],
        "our entries left",
    ),
    ("refunds", ["UPDATE refund SET amount = amount + 1 WHERE why = 'late'"], "is refunded by 600001"),
    ("refunds", ["UPDATE payment SET refunded = 5 WHERE id = 1"], "counts 5 refunded, its refunds sum to 0"),
    (
        "postings",
        ["UPDATE posting SET amount = amount + 7 WHERE account = 'income:fee_cover'"],
        "is off by 7 THB",
    ),
    ("postings traced", ["UPDATE journal_entry SET ext_id = 'another' WHERE id = 1"], "is not in the books"),
    ("sums", ["UPDATE orders SET total = total + 1 WHERE id = 2"], "its lines sum to 150000"),
    (
        "sums standing_receipts",
        [
            "UPDATE order_line SET amount = amount + 1 WHERE order_id = 1 AND kind = 'fee_cover'",
            "UPDATE orders SET total = total + 1 WHERE id = 1",
        ],
        "was charged",
    ),
    ("raised", ["UPDATE raised SET gifts = gifts + 1"], "of gifts"),
    ("raised", ["DELETE FROM raised"], "event 1 shows 0 of gifts and 0 of meals"),
    ("receipts", ["UPDATE receipt_series SET last = last + 1"], "but holds 2 receipts up to 2"),
    ("receipts", ["UPDATE receipt SET sequence = 9 WHERE sequence = 2"], "but holds 2 receipts up to 9"),
    (
        "attempts",
        ["UPDATE attempt SET expires_at = '2020-01-01 00:00:00.000000', polled_at = NULL WHERE order_id = 2"],
        "nobody asked",
    ),
    ("held_orders", ["UPDATE attempt SET status = 'closed' WHERE order_id = 2"], "no attempt to pay it is alive"),
    ("histories", ["UPDATE orders SET status = 'waiting' WHERE id = 4"], "history ends with processing"),
    ("histories", ["UPDATE order_status SET from_status = 'refunded' WHERE id = 1"], "went from refunded to held"),
    ("letters", ["DELETE FROM letter WHERE key = 'order-paid:1'"], "is paid and has no letter"),
    (
        "leases",
        ["UPDATE job SET status = 'leased', leased_until = '2020-01-01 00:00:00.000000' WHERE id = 1"],
        "is leased past its lease",
    ),
    ("leases", ["UPDATE job SET status = 'dead' WHERE id = 1"], "was given up"),
    ("triggers", ["DROP TRIGGER posting_no_update"], "table posting can be changed"),
    ("triggers", ["DROP TRIGGER trail_no_delete"], "table trail can be changed"),
    ("code_uses", [CODE], "code LANTERN counts 1 uses; its orders say 0"),
    (
        "used_codes",
        [CODE, "INSERT INTO discount_use (order_id, code_id, amount, status) VALUES (2, 1, 1, 'kept')"],
        "is held, but the use of its code is kept",
    ),
    (
        "held_orders",
        ["UPDATE orders SET way = 'free', held_until = '2020-01-01 00:00:00.000000' WHERE id = 2"],
        "keeps its seats past its time",
    ),
    ("offline_money", [POSTINGS.format("assets:cash")], "cash brought 0, assets:cash holds 5"),
    ("door_cash", [POSTINGS.format("assets:cash:door")], "took and kept 0 in cash, the books hold 5"),
    ("door_sales", [DEVICE, DOOR_SALE.format("NULL")], "sale one at the door has no order"),
    ("door_sales", [DEVICE, DOOR_SALE.format("1")], "was cash, its order says stripe"),
    ("door_sales arrangements", ["UPDATE orders SET way = 'door' WHERE id = 1"], "and no phone sold it"),
    ("drawers", [DRAWER.format(7)], "two people did not count 7"),
    ("drawers", [DRAWER.format(7), ACCOUNT, COUNTED], "not all who counted have signed"),
    ("drawers door_cash", [DRAWER.format(9)], "differed by 2, 0 is booked"),
    ("drawer_papers drawers", [DRAWER.format(7), DRAWER_PAPER], "is not the one that was issued"),
    ("deposits door_cash drawers", [DRAWER.format(7), DEPOSIT], "deposit:1 of 5 is not in the books"),
    ("comps", [POSTINGS.format("expenses:comps")], "the books say 5"),
    ("arrangements", ["UPDATE orders SET way = 'cash' WHERE id = 1"], "is paid by cash, and nobody entered it"),
    ("invoices", ["INSERT INTO invoice_series (organisation_id, year, last) VALUES (1, 2026, 3)"], "holds 0 invoices"),
    (
        "invoices",
        ["INSERT INTO credit_note_series (organisation_id, year, last) VALUES (1, 2026, 3)"],
        "holds 0 up to 0",
    ),
    (
        "fulfilling",
        ["DROP INDEX uq_payment_fulfilling", "UPDATE payment SET outcome = 'fulfilled' WHERE order_id = 1"],
        "is fulfilled by 2 payments",
    ),
    ("entries", ["UPDATE journal_counter SET last = 7"], "ends at 7, but holds 5 entries up to 5"),
    ("entries", ["UPDATE journal_entry SET seq = 9 WHERE id = 5"], "ends at 5, but holds 5 entries up to 9"),
    ("payouts", [PAYOUT], "payout po_1 is 100, its movements sum to 0"),
    ("clearing traced", [MOVEMENT], "Stripe's balance is"),
    (
        "untold",
        ["UPDATE journal_entry SET posted_at = '2020-01-01 00:00:00.000000' WHERE id = 1"],
        "nothing speaks of it",
    ),
    ("returned_lines raised standing_receipts", ["UPDATE order_line SET back_gift = 1 WHERE id = 1"], "went back"),
    (
        "refund_sums refunds",
        ["UPDATE refund SET why = 'lines', payment_id = 1 WHERE id = 1"],
        "gives back 1402180, its lines sum to 0",
    ),
    (
        "owed payments",
        [
            "UPDATE refund SET status = 'failed' WHERE id = 2",
            "UPDATE refund_status SET to_status = 'failed' WHERE refund_id = 2",
            "UPDATE payment SET refunded = 0 WHERE why = 'late'",
        ],
        "are still owed to the buyer",
    ),
    ("void_tickets", ["UPDATE ticket SET status = 'void' WHERE id = 1"], "and nothing was given back for it"),
    (
        "standing_receipts receipt_records",
        ["UPDATE receipt SET benefit = 0 WHERE id = 2"],
        "says 150000 with 0 of benefit",
    ),
    ("receipt_records", ["UPDATE receipt SET seal = 'another' WHERE id = 2"], "no longer says what it said"),
    ("receipt_records", ["DELETE FROM receipt_record WHERE receipt_id = 2"], "no longer says what it said"),
    ("receipt_records", [PAPER], "is not the one that was issued"),
    ("contested", ["UPDATE receipt SET state = 'contested' WHERE id = 2"], "a dispute is not open"),
    ("refund_histories", ["UPDATE refund_status SET to_status = 'pending' WHERE id = 1"], "ends with pending"),
    ("links", ["UPDATE guest SET ticket_id = 999 WHERE id = 1"], "name a ticket that is gone"),
    (
        "traced postings",
        ["UPDATE journal_entry SET ext_id = 'another' WHERE id = 1"],
        "another: row missing",
    ),
    ("traced", ["UPDATE books SET closed_until = '2020-01-31'"], "period lost"),
    ("closed", ["UPDATE books SET closed_until = '2020-01-31'", CLOSED], "are not what they were"),
    (
        "closed",
        ["UPDATE journal_entry SET happened_on = '2031-01-01' WHERE id = 1"],
        "before it happened",
    ),
    *LINES,
    *PLEDGES,
]
