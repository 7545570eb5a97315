"""The codes that stand on tables: each is the secret of an address which a guest's telephone reads from a card."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event
from events.core.db import Base
from events.core.i18n import gettext as _
from events.seating.models import DiningTable


class TableCode(Base):
    """The code of one table, or of the whole room (for the screen and for whoever stands at the bar).

    `name` makes it one for each: `table:7`, `room:3`. A table that is taken out of the plan leaves its code behind,
    with the label it had: the card was printed, and what was given with it stays given.
    """

    __tablename__ = "table_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    table_id: Mapped[int | None] = mapped_column(ForeignKey("dining_table.id", ondelete="SET NULL"), index=True)
    label_then: Mapped[str]  # as the table was called when a card was last printed; empty for the room
    token: Mapped[str] = mapped_column(unique=True)  # the secret of /p/<token>
    made_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    table: Mapped[DiningTable | None] = relationship(lazy="joined")

    @property
    def is_room(self) -> bool:
        """Whether it stands for the whole room."""
        return self.name.startswith("room:")

    @property
    def label(self) -> str:
        """The table as the plan calls it now, or as it was called; empty for the room."""
        return self.table.label if self.table else self.label_then

    @property
    def words(self) -> str:
        """Table 4 · Jasmine, or the whole room, in the reader's language."""
        return _("The whole room") if self.is_room else _("Table %(table)s", table=self.label)
