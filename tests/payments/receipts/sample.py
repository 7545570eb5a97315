"""Frozen facts of invented receipts, one for each profile, as `facts.freeze` writes them."""

from typing import Any

from payments.receipts.facts import Facts
from payments.receipts.spelling import spell
from payments.receipts.words import declaration

HOUSE = {
    "name": "Les Lanternes", "legal_name": "Association Les Lanternes", "address": "1 quai des Brumes\n75000 Paris",
    "tax_id": "", "email": "office@example.org", "phone": "", "purpose": "", "siren": "", "rna": "", "signatory": "",
    "signatory_role": "",
}  # fmt: skip
DONOR = {
    "name": "Claire Fontaine", "company": False, "address": ["12 rue des Lilas", "69001 Lyon"], "tax_id": "",
    "email": "claire@example.org", "declaration": "", "declared_on": "",
}  # fmt: skip
PAYMENT = {
    "order": "A7K2Q", "event": {"fr": "Dîner des lanternes", "en": "Dinner of the lanterns", "th": "งานเลี้ยงโคมไฟ"},
    "way": "stripe", "received_on": "2026-11-14", "seats": 250_000, "benefit": 120_000, "gift": 50_000, "fee": 0,
    "eligible": 180_000, "tolerated": 0,
}  # fmt: skip
FRENCH = {
    "purpose": "Protéger les enfants des rues.", "siren": "732829320", "rna": "W751234567",
    "signatory": "Jeanne Exemple", "signatory_role": "Présidente",
}  # fmt: skip
THAI = {"legal_name": "มูลนิธิโคมไฟ", "address": "1 ถนนตัวอย่าง กรุงเทพมหานคร 10500", "tax_id": "0994000000000"}


def facts(**values: Any) -> Facts:
    """A generic receipt of a dinner in Bangkok, in French, with whatever differs."""
    given: Facts = {
        "profile": "generic", "number": "R-2026-000001", "lang": "fr", "time_zone": "Asia/Bangkok",
        "issued_on": "2026-11-15", "issued_at": "2026-11-15T05:00:00+00:00", "organisation": HOUSE, "donor": DONOR,
        "payments": [PAYMENT], "benefit_description": "un dîner en quatre temps", "currency": "THB", "paid": 300_000,
        "benefit": 120_000, "eligible": 180_000, "tolerated": 0, "notes": [], "reasons": [], "replaces": None,
        "salt": "salt", **values,
    }  # fmt: skip
    return given | {"words": spell(given["eligible"], given["currency"], given["lang"])}


EUROS: dict[str, Any] = {"profile": "FR", "currency": "EUR", "organisation": {**HOUSE, **FRENCH}}

SAMPLES: dict[str, Facts] = {
    "generic-fr": facts(),
    "generic-en": facts(lang="en", benefit_description="a dinner in four courses", replaces="R-2026-000000"),
    "year": facts(payments=[PAYMENT, {**PAYMENT, "order": "B2C3D", "received_on": "2026-12-01"}]),
    "TH": facts(
        profile="TH", number="TH-2026-000012", lang="th", benefit_description="อาหารค่ำสี่คอร์ส", notes=["no_deduction"],
        organisation={**HOUSE, **THAI}, donor={**DONOR, "name": "สมหญิง ตัวอย่าง", "tax_id": "1101700207030"},
    ),
    "FR": facts(
        number="FR-2026-000003", paid=250_000, benefit=110_000, eligible=50_000,
        reasons=[{"code": "benefit_share", "values": {"share": 55, "limit": 25}}], **EUROS,
    ),
    "FR-company": facts(
        number="FR-2026-000004", paid=100_000, benefit=7_000, eligible=100_000, tolerated=7_000,
        donor={**DONOR, "name": "Société Exemple", "company": True}, **EUROS,
    ),
    "US": facts(
        profile="US", number="US-2026-000001", lang="en", currency="USD", paid=25_000, benefit=8_000, eligible=17_000,
        benefit_description="a dinner in four courses", notes=["goods", "quid_pro_quo"],
        organisation={**HOUSE, "tax_id": "91-1144442"},
    ),
    "UK": facts(
        profile="UK", number="UK-2026-000001", lang="en", currency="GBP", paid=15_000, benefit=6_000, eligible=5_000,
        reasons=[{"code": "ticket_price", "values": {}}], organisation={**HOUSE, "tax_id": "AB12345"},
        donor={**DONOR, "declaration": declaration("The Lanterns"), "declared_on": "2026-11-14"},
    ),
}  # fmt: skip
