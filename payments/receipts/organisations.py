"""The organisation as its receipts name it: its settings, and what a profile still misses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.catalogue.models import Organisation
from events.core import trail
from events.core.db import db
from payments.receipts import profiles
from payments.receipts.models import ReceiptSettings

OWN = ("issuing", "purpose", "siren", "rna", "signatory", "signatory_role", "benefit_cap")
SHARED = ("receipt_profile", "legal_name", "address", "tax_id")
"""What stands on the organisation itself."""


@dataclass(frozen=True)
class House:
    """An organisation with its profile and settings."""

    organisation: Organisation
    profile: profiles.Profile
    settings: ReceiptSettings

    @property
    def missing(self) -> list[str]:
        """Names of what the profile needs and does not have, or has wrongly: empty when receipts may be written."""
        return [name for name in self.profile.organisation if not self._has(name)]

    def _has(self, name: str) -> bool:
        if name == "siren_or_rna":
            return profiles.is_siren(self.settings.siren) or profiles.is_rna(self.settings.rna)
        if name == "tax_id":
            return profiles.is_tax_id(self.profile.name, self.organisation.tax_id or "")
        value = getattr(self.organisation if name in SHARED else self.settings, name)
        return bool((value or "").strip())

    @property
    def values(self) -> dict[str, Any]:
        """Everything a form may change."""
        return {name: getattr(self.organisation, name) for name in SHARED} | {
            name: getattr(self.settings, name) for name in OWN
        }

    @property
    def as_it_is(self) -> dict[str, Any]:
        """How a paper names it, for keeping."""
        house, settings = self.organisation, self.settings
        return {
            "name": house.name, "legal_name": house.legal_name, "address": house.address, "tax_id": house.tax_id or "",
            "email": house.email, "phone": house.phone, "purpose": settings.purpose, "siren": settings.siren,
            "rna": settings.rna, "signatory": settings.signatory, "signatory_role": settings.signatory_role,
        }  # fmt: skip


def house_of(organisation: Organisation) -> House:
    """The organisation with its settings; those of one that never set any are the defaults."""
    settings = db.session.get(ReceiptSettings, organisation.id) or ReceiptSettings(
        organisation_id=organisation.id, issuing="automatic", purpose="", siren="", rna="", signatory="",
        signatory_role="", benefit_cap=None,
    )  # fmt: skip
    return House(organisation, profiles.profile_of(organisation.receipt_profile), settings)


def change(organisation: Organisation, values: Mapping[str, Any], actor: str) -> None:
    """Write down new settings, in the caller's transaction. What was issued keeps what it said."""
    before = house_of(organisation).values
    for name in SHARED:
        setattr(organisation, name, values[name])
    settings = db.session.get(ReceiptSettings, organisation.id)
    if settings is None:
        settings = ReceiptSettings(organisation_id=organisation.id)
        db.session.add(settings)
    for name in OWN:
        setattr(settings, name, values[name])
    names = sorted(name for name in (*SHARED, *OWN) if before[name] != values[name])
    trail.note(actor, "receipts.settings_changed", organisation.slug, organisation.id, changed=names)
    db.session.flush()
