"""Which fields there are: what buyers are asked beside tickets and gift, and one question of the organiser's own."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.core.i18n import lazy_gettext as _l
from events.editor.fields import Item
from events.editor.sheets import Group

ASKING = (
    Group(
        _l("With a gift"),
        (
            Item(
                "asks_dedication", _l("A gift may be dedicated"), "tick", unset=False,
                hint=_l("In honour of somebody, or in memory. You read it; nothing is made public by itself."),
            ),
            Item(
                "names_givers", _l("Donors are thanked by name"), "tick", unset=False,
                hint=_l("In a speech, on a screen or in print. Whoever would rather not be named ticks a box."),
            ),
        ),
    ),
    Group(
        _l("News afterwards"),
        (
            Item(
                "asks_news", _l("Ask buyers whether you may write to them"), "tick", unset=False,
                hint=_l("A box that is never ticked beforehand. What was agreed to is kept, word for word."),
            ),
            Item(
                "co_organiser", _l("Co-organiser"),
                hint=_l("Its name, if it asks as well: with a box and a list of its own. Empty: it does not ask."),
            ),
        ),
    ),
)  # fmt: skip

KINDS: Mapping[str, Any] = {
    "text": _l("In their own words"),
    "yes_no": _l("Yes or no"),
    "choice": _l("One of several answers"),
}
SCOPES: Mapping[str, Any] = {"ticket": _l("Every guest"), "order": _l("Whoever orders, once")}
NEEDS: Mapping[str, Any] = {
    "": _l("May stay open"),
    "later": _l("Is needed, but may come later"),
    "now": _l("Is needed at once"),
}


def _of(words: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an Item's options
    def options() -> Iterable[tuple[str, Any]]:
        return words.items()

    return options


QUESTION = (
    Item("text", _l("Question"), translated=True, needed=True),
    Item(
        "scope", _l("Who is asked"), "choice", needed=True, options=_of(SCOPES),
        hint=_l("Guests are asked on their own page; whoever orders, on the order form."),
    ),
    Item("kind", _l("How it is answered"), "choice", needed=True, options=_of(KINDS)),
    Item(
        "choices", _l("Answers to choose from"), "long", translated=True,
        hint=_l("One on each line, in the same order in every language. Only where there are several."),
    ),
    Item("need", _l("The answer"), "choice", options=_of(NEEDS), unset=""),
    Item(
        "at_door", _l("Ask at the entrance, too"), "tick", unset=False,
        hint=_l("Whoever has not answered by then. Only guests, and only with answers to choose from."),
    ),
)  # fmt: skip
