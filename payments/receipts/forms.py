"""What people type for receipts: staff about the organisation, donors about themselves."""

from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from events.core import money
from events.core.form import Form
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext
from events.core.typed import one_line
from payments.orders.models import Order
from payments.receipts import donors, profiles, words
from payments.receipts.organisations import House

TOO_LONG = lazy_gettext("This is too long.")
ISSUING = (
    ("automatic", lazy_gettext("By themselves, as soon as the money is final")),
    ("by_hand", lazy_gettext("When somebody here presses the button; once a year, too")),
)
CAP_CURRENCY = "EUR"


def _line(label: Any, longest: int = 120) -> StringField:  # noqa: ANN401 - a lazy text
    return StringField(label, [Length(max=longest, message=TOO_LONG)], filters=[one_line])


class OrganisationForm(Form):
    """Who stands on the receipts."""

    receipt_profile = SelectField(lazy_gettext("Country of the receipts"))
    issuing = RadioField(lazy_gettext("Receipts are issued"))
    legal_name = _line(lazy_gettext("Legal name"), 200)
    address = TextAreaField(lazy_gettext("Address"), [Length(max=400, message=TOO_LONG)])
    tax_id = _line(lazy_gettext("Tax number"), 40)
    purpose = TextAreaField(lazy_gettext("Object, as in the statutes"), [Length(max=600, message=TOO_LONG)])
    siren = _line(lazy_gettext("SIREN"), 20)
    rna = _line(lazy_gettext("RNA"), 20)
    signatory = _line(lazy_gettext("Who signs"))
    signatory_role = _line(lazy_gettext("Their role"))
    cap = _line(lazy_gettext("Most a donor may receive in return in a year, from 2026, in euros"), 20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(*args, **kwargs)
        self.receipt_profile.choices = [(name, str(said)) for name, said in words.PROFILES.items()]
        self.issuing.choices = [(name, str(said)) for name, said in ISSUING]

    def fill(self, house: House) -> None:
        """Begin with what is known."""
        for name, value in house.values.items():
            if name in self:
                self[name].data = value or ""
        cap = house.settings.benefit_cap
        self.cap.data = "" if cap is None else str(money.major(cap, CAP_CURRENCY))

    def values(self) -> dict[str, Any]:
        """What to write down."""
        fields = {name: item for name, item in self._fields.items() if name not in ("csrf_token", "cap")}
        told = {name: (item.data or "").strip() for name, item in fields.items()}
        cap = money.parse(self.cap.data, CAP_CURRENCY) if self.cap.data else None
        return told | {"tax_id": told["tax_id"] or None, "benefit_cap": cap}

    def validate_legal_name(self, item: Field) -> None:
        """Without it there is no paper."""
        if not item.data:
            raise ValidationError(_("The receipts need a name."))

    def validate_tax_id(self, item: Field) -> None:
        """Its check digit, where the country has one."""
        if item.data and not profiles.is_tax_id(self.receipt_profile.data, item.data):
            raise ValidationError(_("This is no valid number of that country."))

    def validate_siren(self, item: Field) -> None:
        """Its check digit."""
        if item.data and not profiles.is_siren(item.data):
            raise ValidationError(_("A SIREN has nine figures, and these do not belong together."))

    def validate_rna(self, item: Field) -> None:
        """Its form."""
        if item.data and not profiles.is_rna(item.data):
            raise ValidationError(_("An RNA number is a W and nine figures."))

    def validate_cap(self, item: Field) -> None:
        """An amount."""
        if item.data and money.parse(item.data, CAP_CURRENCY) is None:
            raise ValidationError(_("Please give an amount such as 73 or 82.50."))


class DonorForm(Form):
    """Who gave. Which of the fields are shown, and which are needed, is the profile's matter."""

    company = _line(lazy_gettext("Company, if it gave"), 200)
    title = _line(lazy_gettext("Title (Mr, Ms)"), 20)
    first_name = _line(lazy_gettext("First name"), 35)
    last_name = _line(lazy_gettext("Last name"), 35)
    house = _line(lazy_gettext("House name or number"), 60)
    street = TextAreaField(lazy_gettext("Street and number"), [Length(max=200, message=TOO_LONG)])
    postcode = _line(lazy_gettext("Postcode"), 12)
    town = _line(lazy_gettext("Town"), 80)
    country = _line(lazy_gettext("Country"), 80)
    tax_id = _line(lazy_gettext("Tax number"), 30)
    declaration = BooleanField(lazy_gettext("Yes, I declare this"))

    def for_house(self, house: House, order: Order) -> "DonorForm":
        """Know the profile, and whether the order has a name: `needed` and `shown` are names of fields."""
        self.profile = house.profile
        self.needed = donors.needed(house, order, (self.company.data or "").strip())
        asked = () if donors.has_name(order) else ("company", "first_name", "last_name")
        wanted = (*self.needed, *house.profile.optional, *asked)
        self.shown = [name for name in self._fields if name in wanted and name != "declaration"]
        return self

    def values(self) -> dict[str, Any]:
        """What to write down: only what was asked."""
        asked = {name: (self[name].data or "").strip() for name in self.shown}
        return asked | {"declaration": bool(self.declaration.data)}

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' own
        """The needed ones are there, the tax number is one."""
        fine = super().validate(extra_validators)
        for name in self.needed:
            if not (self[name].data if name == "declaration" else (self[name].data or "").strip()):
                self[name].errors = [*self[name].errors, _("The receipt needs this.")]
                fine = False
        number = self.tax_id.data if "tax_id" in self.shown else ""
        if number and not profiles.is_tax_id(self.profile.name, number):
            self.tax_id.errors = [*self.tax_id.errors, _("This is no valid number of that country.")]
            fine = False
        return bool(fine)
