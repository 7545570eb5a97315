"""Amounts in words, as people write them."""

import pytest

from payments.receipts.spelling import spell


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "words"),
    [
        (0, "EUR", "fr", "zéro euro"),
        (100, "EUR", "fr", "un euro"),
        (2_100, "EUR", "fr", "vingt et un euros"),
        (7_100, "EUR", "fr", "soixante et onze euros"),
        (8_000, "EUR", "fr", "quatre-vingts euros"),
        (8_000_000, "EUR", "fr", "quatre-vingt mille euros"),
        (20_000, "EUR", "fr", "deux cents euros"),
        (130_000, "EUR", "fr", "mille trois cents euros"),
        (100_000_000, "EUR", "fr", "un million d’euros"),
        (100_000_000, "THB", "fr", "un million de bahts"),
        (120_000_000, "EUR", "fr", "un million deux cent mille euros"),
        (2_100, "GBP", "fr", "vingt et une livres sterling"),
        (6_575, "EUR", "fr", "soixante-cinq euros et soixante-quinze centimes"),
        (101, "THB", "fr", "un baht et un satang"),
        (130_000, "THB", "en", "one thousand three hundred baht"),
        (101, "USD", "en", "one dollar and one cent"),
        (6_575, "GBP", "en", "sixty-five pounds and seventy-five pence"),
        (1_234_500, "JPY", "en", "one million two hundred and thirty-four thousand five hundred Japanese yen"),
        (130_000, "THB", "th", "หนึ่งพันสามร้อยบาทถ้วน"),
        (2_100, "THB", "th", "ยี่สิบเอ็ดบาทถ้วน"),
        (123_456_789, "THB", "th", "หนึ่งล้านสองแสนสามหมื่นสี่พันห้าร้อยหกสิบเจ็ดบาทแปดสิบเก้าสตางค์"),
        (25, "THB", "th", "ยี่สิบห้าสตางค์"),
        (101, "THB", "th", "หนึ่งบาทหนึ่งสตางค์"),
        (0, "THB", "th", "ศูนย์บาทถ้วน"),
        (10_000, "EUR", "th", "หนึ่งร้อยยูโรถ้วน"),
    ],
)
def test_amounts_are_spelt_as_people_write_them(amount: int, currency: str, lang: str, words: str) -> None:
    assert spell(amount, currency, lang) == words
