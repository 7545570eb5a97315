"""What the configuration doctor says on the first day, before anything is set up."""

from pathlib import Path

from app import create_app
from payments.checking import outside
from tests.payments.test_checking import problems, seen
from tests.support import world


def test_values_of_another_kind_are_told_before_anybody_is_asked() -> None:
    with create_app(world.SETTINGS).app_context():
        said = seen(outside.stripe, STRIPE_SECRET_KEY="pk_test_abc", STRIPE_WEBHOOK_SECRET="whsec_put_yours_here")
    assert "STRIPE_SECRET_KEY begins with neither sk_ nor rk_" in said
    assert "is still the example's" in said
    assert "MAIL_DEFAULT_SENDER has no address in it" in seen(outside.mail, MAIL_DEFAULT_SENDER="Tickets")


def test_all_that_nothing_starts_without_is_named_at_once(sqlite_url: str) -> None:
    said = problems(sqlite_url, SECRET_KEY="", PUBLIC_URL="", MAIL_SERVER="")
    assert "SECRET_KEY is not set: set it to a long random text, such as python3 -c" in said
    for name in ("PUBLIC_URL", "STRIPE_SECRET_KEY", "MAIL_SERVER"):
        assert f"{name} is not set." in said
    assert said.count("SECRET_KEY is not set") == 2  # ours, and Stripe's


def test_a_database_that_was_never_made_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    said = problems(f"sqlite:///{tmp_path}/new.sqlite")
    assert "There is no database at" in said
    assert "`bonsoir migrate` makes it" in said
    assert not (tmp_path / "new.sqlite").exists()
