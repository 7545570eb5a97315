"""The door's sales, and the pages of its drawer."""

from flask import Blueprint

from payments.box_office import models  # noqa: F401

blueprint = Blueprint("box_office", __name__)
