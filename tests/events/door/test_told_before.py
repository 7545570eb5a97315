"""What the server has just said of a ticket, a phone still knows when the network goes."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from events.core.db import db, transaction
from events.tickets.models import Ticket
from tests.events.door.test_questions_offline import CARRIES
from tests.support.phones import enter, full_house, show


@pytest.mark.browser
def test_a_ticket_that_was_refused_is_not_let_in_without_a_network(sqlite_url: str, browser: Browser) -> None:
    with full_house(sqlite_url, parties=1) as cast, browser.new_page(locale="en-GB") as page:
        enter(page, cast, "Door A")
        page.wait_for_function(CARRIES)
        with transaction():
            db.session.execute(update(Ticket).where(Ticket.code == cast.codes[0]).values(status="void"))
        show(page, cast.codes[0], "Not valid")
        cast.house.close()
        page.get_by_role("button", name="Next ticket").click()
        show(page, cast.codes[0], "Not valid")
        expect(page.get_by_text("This ticket was cancelled or refunded.")).to_be_visible()
        page.get_by_role("button", name="Next ticket").click()
        show(page, cast.codes[1], "Admitted")  # it decides by itself
