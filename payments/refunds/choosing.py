"""What of an order goes back: pure decisions about its lines; every refusal has a test without a database."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from events.core.i18n import gettext as _
from events.core.i18n import money as in_words
from events.core.money import share
from events.core.refusal import Refusal
from payments.orders.models import OrderLine
from payments.orders.returning import Part

WHOLE = 10_000
"""All of it, in basis points."""
ALL, KEEP_GIFT = "all", "keep_gift"
"""A line goes back whole; or only the meal does, and the gift stays given. Either way its ticket is void."""


def standing_ticket(line: OrderLine) -> int | None:
    """The id of the line's ticket while somebody may come in with it."""
    return line.ticket_id if line.ticket is not None and line.ticket.status == "valid" else None


def everything(lines: Sequence[OrderLine]) -> list[Part]:
    """All that is left; every ticket becomes void."""
    return [_whole(line) for line in lines if line.left or standing_ticket(line)]


def chosen(lines: Sequence[OrderLine], wanted: Mapping[int, str], share_bp: int = WHOLE, step: int = 1) -> list[Part]:
    """These lines, each `all` or `keep_gift`; of each part so many basis points, rounded down to `step` minor units.

    Raises Refusal: nothing_chosen, unknown_line, already_back, whole_table.
    """
    known = {line.id: line for line in lines}
    if not wanted:
        raise Refusal("nothing_chosen", _("Choose what is given back."))
    if not known.keys() >= wanted.keys():
        raise Refusal("unknown_line", _("This line does not belong to the order."))
    check_bundles(lines, wanted)
    parts = [_shared(_part(known[line_id], how), share_bp, step) for line_id, how in sorted(wanted.items())]
    if not sum(part.amount for part in parts):
        raise Refusal("already_back", _("Nothing is left of what you chose."), status=409)
    return parts


def goodwill(lines: Sequence[OrderLine], amount: int, currency: str) -> list[Part]:
    """A sum while the guests still come: gifts first, meals last. Raises Refusal: no_amount, refund_too_large."""
    if amount <= 0:
        raise Refusal("no_amount", _("Type an amount above zero."), field="amount")
    most = sum(line.left for line in lines)
    if any(map(standing_ticket, lines)) and amount == most:
        raise Refusal("whole_order", _("To give everything back, choose the lines: their tickets are then void."))
    if amount > most:
        raise too_large(most, currency)
    return gift_first(lines, amount)


def gift_first(lines: Sequence[OrderLine], amount: int) -> list[Part]:
    """Take `amount` from what is left: free gifts, then the gift in each ticket, fee cover, and meals last."""
    taken: dict[int, dict[str, int]] = {}
    for name, pool in _pools(lines):
        room = [_left(line, name) for line in pool]
        piece = min(amount, sum(room))
        amount -= piece
        for line, share_of_it in zip(pool, share(piece, room) if piece else (), strict=bool(piece)):
            taken.setdefault(line.id, {})[name] = share_of_it
    return [part for line_id, names in sorted(taken.items()) if (part := Part(line_id, **names)).amount]


def too_large(most: int, currency: str) -> Refusal:
    """More was wanted than there is."""
    sentence = _("At most %(most)s can still be given back.", most=in_words(most, currency))
    return Refusal("refund_too_large", sentence, status=409, field="amount")


def _pools(lines: Sequence[OrderLine]) -> list[tuple[str, list[OrderLine]]]:
    return [
        ("gift", [line for line in lines if line.kind == "gift"]),
        ("gift", [line for line in lines if line.kind != "gift"]),
        ("fee", list(lines)),
        ("benefit", list(lines)),
    ]


def _left(line: OrderLine, name: str) -> int:
    parts = {
        "gift": line.gift_left,
        "benefit": line.benefit_left,
        "fee": line.amount - line.benefit - line.gift - line.back_fee,
    }
    return parts[name]


def _whole(line: OrderLine) -> Part:
    pieces = {name: _left(line, name) for name in ("benefit", "gift", "fee")}
    return Part(line.id, **pieces, ticket_id=standing_ticket(line))


def _part(line: OrderLine, how: str) -> Part:
    if not line.left and standing_ticket(line) is None:
        raise Refusal("already_back", _("Nothing is left of what you chose."), status=409)
    if how == KEEP_GIFT and line.kind == "ticket":
        return Part(line.id, benefit=_left(line, "benefit"), ticket_id=standing_ticket(line))
    return _whole(line)


def _shared(part: Part, share_bp: int, step: int) -> Part:
    if share_bp == WHOLE:
        return part
    pieces = {name: getattr(part, name) * share_bp // WHOLE for name in ("benefit", "gift", "fee")}
    return replace(part, **{name: amount - amount % step for name, amount in pieces.items()})


def check_bundles(lines: Sequence[OrderLine], wanted: Container[int]) -> None:
    """A table goes back whole unless the organiser lets single seats of it go. Raises Refusal whole_table."""
    split = {line.bundle_id for line in lines if line.id in wanted and line.bundle_id and not divisible(line)}
    for line in lines:
        if line.bundle_id in split and line.id not in wanted and standing_ticket(line):
            raise Refusal("whole_table", _("These seats were bought as one table, and go back together."))


def divisible(line: OrderLine) -> bool:
    """Whether a seat of a table may go back without the others."""
    return line.ticket is not None and line.ticket.ticket_type.refund_by_seat
