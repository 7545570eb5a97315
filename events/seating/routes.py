"""Pages of the room."""

from flask import Blueprint

from events.seating import models

blueprint = Blueprint("seating", __name__)
