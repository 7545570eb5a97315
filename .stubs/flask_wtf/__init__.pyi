# What we use of Flask-WTF, which carries no types of its own.
from .csrf import CSRFProtect as CSRFProtect
from .form import FlaskForm as FlaskForm
