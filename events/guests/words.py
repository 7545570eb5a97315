"""What diets and allergens are called, in the language of whoever reads."""

from events.core.i18n import lazy_gettext as _

DIET_NAMES = {
    "": _("The menu as it is"),
    "vegetarian": _("Vegetarian"),
    "vegan": _("Vegan"),
    "no_pork": _("No pork"),
    "halal": _("Halal"),
    "kosher": _("Kosher"),
    "gluten_free": _("Gluten-free"),
    "child": _("Children’s menu"),
}

ALLERGEN_NAMES = {
    "gluten": _("Gluten"),
    "crustaceans": _("Crustaceans"),
    "eggs": _("Eggs"),
    "fish": _("Fish"),
    "peanuts": _("Peanuts"),
    "soya": _("Soya"),
    "milk": _("Milk"),
    "nuts": _("Nuts"),
    "celery": _("Celery"),
    "mustard": _("Mustard"),
    "sesame": _("Sesame"),
    "sulphites": _("Sulphites"),
    "lupin": _("Lupin"),
    "molluscs": _("Molluscs"),
}
