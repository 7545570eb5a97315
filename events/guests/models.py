"""Who comes: the party of one order, and the guest of each ticket."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event
from events.core import tokens
from events.core.db import Base
from events.tickets.models import Ticket

DIETS = ("", "vegetarian", "vegan", "no_pork", "halal", "kosher", "gluten_free", "child")
"""What is cooked for somebody: codes, so that the kitchen reads them in its own language. "" is the menu as it is."""

ALLERGENS = (
    *("gluten", "crustaceans", "eggs", "fish", "peanuts", "soya", "milk", "nuts", "celery", "mustard", "sesame"),
    *("sulphites", "lupin", "molluscs"),
)
"""The fourteen that kitchens in Europe must know of (Regulation (EU) No 1169/2011, annex II)."""

QUESTION_KINDS = ("choice", "yes_no", "text")
SCOPES = ("ticket", "order")
NEEDS = ("", "later", "now")
"""Whether an answer may be left out, may come later, or must be there with the order (or with the guest's name)."""


class Party(Base):
    """The people who come on one order, and how to reach whoever booked for them."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    phone: Mapped[str]
    language: Mapped[str]
    booking: Mapped[str] = mapped_column(default="")  # the order's code, as payments tells it: what people read out
    invitation: Mapped[str] = mapped_column(unique=True, default=tokens.new_token)  # the secret of the link for guests
    title: Mapped[str] = mapped_column(default="")  # as the host calls it: the table of the choir
    source: Mapped[str] = mapped_column(default="")  # the word in the link they came by (?from=newsletter)
    opened_at: Mapped[datetime | None]  # when the order's page was last opened by whoever has its link
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    guests: Mapped[list["Guest"]] = relationship(back_populates="party", order_by="Guest.id")
    tables: Mapped[list["HostedTable"]] = relationship(back_populates="party", order_by="HostedTable.id")

    @property
    def letter_to(self) -> dict[str, str]:
        """Name, address and language of whoever booked, as the outbox takes them."""
        return {"name": self.name, "email": self.email, "language": self.language}


class HostedTable(Base):
    """One of several tables of a party, with a name and a link of its own for its guests. A party with one table alone,
    or with seats alone, does with its own."""

    __tablename__ = "hosted_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    bundle_id: Mapped[str] = mapped_column(unique=True)  # as its tickets have it
    invitation: Mapped[str] = mapped_column(unique=True, default=tokens.new_token)  # as a party's
    title: Mapped[str] = mapped_column(default="")

    party: Mapped[Party] = relationship(back_populates="tables")


class Guest(Base):
    """What the house knows of the person on one ticket (the name stands on the ticket): diet, needs, table."""

    __tablename__ = "guest"
    __table_args__ = (CheckConstraint(f"diet IN {DIETS}", name="diet"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    note: Mapped[str] = mapped_column(default="")  # what kitchen and door must know, in the guest's own words
    table_name: Mapped[str | None] = mapped_column(index=True)  # as people call it; the plan of tables keeps it
    alias: Mapped[str] = mapped_column(default="")  # the name on cards and lists that others see
    diet: Mapped[str] = mapped_column(default="")
    allergies: Mapped[list[Any]] = mapped_column(default=list)  # of ALLERGENS
    mark: Mapped[str] = mapped_column(default="")  # a word of the organiser's own: press, board, speaker
    staff_note: Mapped[str] = mapped_column(default="")  # for the office alone
    email: Mapped[str] = mapped_column(default="")  # the guest's own, if it was left
    answered_at: Mapped[datetime | None]  # when the guest last wrote down name and wishes

    party: Mapped[Party] = relationship(back_populates="guests")
    ticket: Mapped[Ticket] = relationship()


class Question(Base):
    """Something that guests of an evening are asked: each of them, or whoever orders, once.

    `choices` are the answers to choose from: [{"en": ..., "fr": ...}]; none where people write in their own words. An
    answer is a place in that list, so neither text nor choices change once the question is asked; a question that was
    wrong is ended (`ended_at`) and asked anew. `at_door`: whoever has not answered is asked at the entrance.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(f"kind IN {QUESTION_KINDS}", name="kind"),
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        CheckConstraint(f"need IN {NEEDS}", name="need"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    position: Mapped[int]
    text: Mapped[dict[str, str]]
    choices: Mapped[list[Any]]
    kind: Mapped[str] = mapped_column(default="choice")
    scope: Mapped[str] = mapped_column(default="ticket")
    need: Mapped[str] = mapped_column(default="")
    at_door: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]


class Answer(Base):
    """What the guest on a ticket chose (`choice` counts from 0) or wrote (`words`).

    `given_to` is who wrote it down: device:3, account:7, guest.
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("ticket_id", "question_id"),
        CheckConstraint("choice >= 0", name="choice"),
        CheckConstraint("(choice IS NULL) <> (words = '')", name="one_of_both"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    choice: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    given_to: Mapped[str]


class PartyAnswer(Base):
    """The same of whoever ordered, for all who come with them."""

    __tablename__ = "party_answer"
    __table_args__ = (
        UniqueConstraint("party_id", "question_id"),
        CheckConstraint("choice >= 0", name="choice"),
        CheckConstraint("(choice IS NULL) <> (words = '')", name="one_of_both"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    choice: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    given_to: Mapped[str]
