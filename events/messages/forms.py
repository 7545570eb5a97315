"""Fields of a message: for whom, what kind of letter, and its words language by language."""

from typing import Final

from events.catalogue.models import Event
from events.core.i18n import lazy_gettext as _
from events.editor.fields import Item
from events.messages import segments

PURPOSES: Final = {
    "news": _("News about their own ticket or order"),
    "appeal": _("Thanks or an appeal"),
}


def items(event: Event) -> tuple[Item, ...]:
    """The form of one message."""
    return (
        Item("segment", _("For whom"), "choice", options=lambda: segments.offer(event), needed=True),
        Item(
            "purpose", _("What kind of letter"), "choice", options=lambda: PURPOSES.items(), needed=True,
            hint=_("News goes to everybody. Thanks and appeals say how to object, and leave out whoever did."),
        ),
        Item("subject", _("Subject"), translated=True, needed=True),
        Item(
            "text", _("Text"), "long", translated=True, needed=True,
            hint=_("The greeting stands above it by itself. **Bold**, lists and [links](https://…) may be written so. "
                   "{name}, {table} and {link} are filled in; {link} is the page of the reader’s own order or ticket."),
        ),
    )  # fmt: skip


SEND_AT: Final = Item("send_at", _("Day and hour, where the evening is"), "moment", needed=True)
