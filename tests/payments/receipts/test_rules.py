"""What each country's rule makes of a payment: pure decisions, over many payments and at their edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.receipts.profiles import PROFILES, is_rna, is_siren, is_tax_id
from payments.receipts.rules import DECISIONS, Around, Decision, Given, decide
from payments.receipts.thresholds import RULES, THRESHOLDS, threshold

CURRENCIES = {"FR": "EUR", "US": "USD", "UK": "GBP", "TH": "THB", "generic": "THB"}
AUTUMN = Around(date(2025, 11, 14))
sums = st.integers(0, 10**9)


@st.composite
def payments(draw: st.DrawFn, profile: str) -> Given:
    """Seats with a benefit that is no more than their price, a gift, a fee cover."""
    seats = draw(sums)
    return Given(seats, draw(st.integers(0, seats)), draw(sums), draw(st.integers(0, 10**6)), CURRENCIES[profile])


def one(profile: str, seats: int, benefit: int, gift: int = 0, fee: int = 0, **around: object) -> Decision:
    """A decision about amounts in the profile's currency, on a day of 2025 unless told."""
    known = {"when": AUTUMN.when, **around}
    return decide(profile, Given(seats, benefit, gift, fee, CURRENCIES[profile]), Around(**known))  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", DECISIONS)
@given(data=st.data())
def test_nothing_is_receipted_that_was_not_paid(profile: str, data: st.DataObject) -> None:
    payment = data.draw(payments(profile))
    found = decide(profile, payment, AUTUMN)
    assert 0 <= found.eligible <= payment.paid
    assert 0 <= found.tolerated <= payment.benefit
    # What was received in return is never a gift, but for what a rule lets pass.
    assert found.eligible + payment.benefit - found.tolerated <= payment.paid
    assert found.eligible == 0 or not found.refused


@pytest.mark.parametrize("profile", DECISIONS)
@given(data=st.data(), more=st.integers(1, 10**6))
def test_a_larger_gift_never_lowers_what_is_eligible(profile: str, data: st.DataObject, more: int) -> None:
    payment = data.draw(payments(profile))
    larger = Given(payment.seats, payment.benefit, payment.gift + more, payment.fee, payment.currency)
    before, after = decide(profile, payment, AUTUMN), decide(profile, larger, AUTUMN)
    assert after.eligible >= before.eligible


@pytest.mark.parametrize("profile", DECISIONS)
@given(data=st.data(), more=st.integers(1, 10**6))
def test_a_larger_benefit_never_raises_what_is_eligible(profile: str, data: st.DataObject, more: int) -> None:
    payment = data.draw(payments(profile))
    richer = Given(payment.seats + more, payment.benefit, payment.gift, payment.fee, payment.currency)
    dearer = Given(payment.seats + more, payment.benefit + more, payment.gift, payment.fee, payment.currency)
    assert decide(profile, dearer, AUTUMN).eligible <= decide(profile, richer, AUTUMN).eligible


@given(so_far=st.integers(0, 20_000), more=st.integers(0, 20_000), benefit=st.integers(0, 10_000))
def test_a_donors_fuller_year_never_raises_what_is_eligible(so_far: int, more: int, benefit: int) -> None:
    before = one("FR", 100_000, benefit, 5_000, so_far=so_far)
    after = one("FR", 100_000, benefit, 5_000, so_far=so_far + more)
    assert after.eligible <= before.eligible


@pytest.mark.parametrize("profile", DECISIONS)
def test_no_receipt_where_nothing_is_left(profile: str) -> None:
    found = one(profile, 0, 0)
    assert (found.refused, [reason.code for reason in found.reasons]) == (True, ["nothing_left"])


def test_france_receipts_all_up_to_a_quarter_and_nothing_above() -> None:
    assert one("FR", 20_000, 5_000) == Decision(20_000, tolerated=5_000)
    over = one("FR", 20_000, 5_001)
    assert (over.eligible, over.refused, over.reasons[0].code) == (0, True, "benefit_share")
    assert over.reasons[0].values == {"share": 26, "limit": 25}


def test_france_receipts_a_separate_gift_in_full_beside_refused_seats() -> None:
    found = one("FR", 250_000, 120_000, gift=50_000, fee=1_000)
    assert (found.eligible, found.refused, found.tolerated) == (50_000, False, 0)
    assert [reason.code for reason in found.reasons] == ["benefit_share"]


def test_france_counts_the_donors_whole_year_up_to_73_euros() -> None:
    assert one("FR", 100_000, 7_300).eligible == 100_000
    assert one("FR", 100_000, 7_301).reasons[0].code == "benefit_cap"
    assert one("FR", 100_000, 300, so_far=7_000).eligible == 100_000
    assert one("FR", 100_000, 301, so_far=7_000).refused
    assert one("FR", 100_000, 8_000, cap=8_200).eligible == 100_000
    assert one("FR", 100_000, 20_000, company=True).eligible == 100_000


@pytest.mark.parametrize(("year", "cap"), [(2015, 6_500), (2016, 6_900), (2020, 6_900), (2021, 7_300), (2027, 7_300)])
def test_the_cap_is_that_of_the_payments_own_year(year: int, cap: int) -> None:
    assert threshold("FR", "benefit_cap", date(year, 1, 1)) == cap


def test_a_figure_before_its_first_day_is_unknown() -> None:
    with pytest.raises(LookupError):
        threshold("FR", "benefit_cap", date(1990, 1, 1))


def test_france_writes_euros_and_the_united_kingdom_pounds() -> None:
    for profile in ("FR", "UK"):
        found = decide(profile, Given(0, 0, 50_000, 0, "THB"), AUTUMN)
        assert (found.refused, found.reasons[0].code) == (True, "other_currency")


def test_the_united_kingdom_counts_only_what_is_freely_added() -> None:
    assert one("UK", 10_000, 0).refused
    assert one("UK", 10_000, 6_000, gift=5_000).eligible == 5_000
    assert one("UK", 0, 0, gift=5_000).reasons == ()


def test_the_united_states_disclose_above_75_dollars() -> None:
    assert one("US", 7_500, 2_000).notes == ("goods",)
    assert one("US", 7_501, 2_000) == Decision(5_501, notes=("goods", "quid_pro_quo"))
    assert one("US", 7_501, 7_501).notes == ("goods",)
    assert one("US", 0, 0, gift=30_000) == Decision(30_000, notes=("no_goods",))
    abroad = decide("US", Given(5_000, 2_000, 0, 0, "THB"), AUTUMN)
    assert "quid_pro_quo" in abroad.notes


def test_thailand_claims_no_deduction() -> None:
    assert one("TH", 250_000, 120_000, gift=50_000) == Decision(180_000, notes=("no_deduction",))


def test_every_profile_has_its_rule_and_every_figure_its_source() -> None:
    assert set(DECISIONS) == set(PROFILES) == set(RULES)
    assert all(row.source.startswith("https://") and row.sentence.endswith(".") for row in THRESHOLDS)
    assert all(rule.source.startswith("https://") for name, rule in RULES.items() if name != "generic")


@pytest.mark.parametrize(
    ("profile", "good", "bad"),
    [
        ("TH", "0994000158378", "0994000158379"),
        ("TH", "1101700207030", "1101700207031"),
        ("US", "91-1144442", "07-1144442"),
        ("FR", "732829320", "732829321"),
        ("UK", "AB12345", "12345AB"),
        ("generic", "anything", ""),
    ],
)
def test_numbers_of_organisations_are_checked(profile: str, good: str, bad: str) -> None:
    assert is_tax_id(profile, good)
    assert not is_tax_id(profile, bad)


def test_french_registers_are_checked() -> None:
    assert is_siren("732829320")
    assert not is_siren("732829322")
    assert is_rna("W751234567")
    assert not is_rna("W75123456")
