"""The least that any program could do: a Flask application with one address for each thing the product is held against.

Nothing of the product's but the settings of its database connections, so that both promise the same to the disk.
"""

import os
from itertools import count
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import Engine, create_engine, text

from events.core.engines import options, prepare

ROWS = 64
TABLES = (
    "CREATE TABLE bare_ticket (code TEXT PRIMARY KEY, inside INTEGER NOT NULL)",
    "CREATE TABLE bare_scan (scan_id TEXT PRIMARY KEY, code TEXT NOT NULL)",
)
ADMIT = text("UPDATE bare_ticket SET inside = 1 WHERE code = :code AND inside = 0 RETURNING code")
WRITE_DOWN = text("INSERT INTO bare_scan (scan_id, code) VALUES (:scan_id, :code)")

SHELF = (
    "CREATE TABLE bare_page (slug TEXT PRIMARY KEY, title TEXT NOT NULL, said TEXT NOT NULL, goal BIGINT NOT NULL)",
    "INSERT INTO bare_page (slug, title, said, goal) VALUES ('dinner', 'A dinner', 'Come & eat', 100000)",
    "CREATE TABLE bare_quota (id INTEGER PRIMARY KEY, taken BIGINT NOT NULL)",
)
INSERTED = ("bare_party", "bare_order", "bare_line")
SHOW = text("SELECT title, said, goal FROM bare_page WHERE slug = :slug")
TAKE = text("UPDATE bare_quota SET taken = taken + 1 WHERE id = :id RETURNING taken")
KEEP = tuple(
    text(f"INSERT INTO {table} (quota_id, name, amount) VALUES (:quota_id, :name, :amount)")  # noqa: S608
    for table in INSERTED
)
FIXED = "<!doctype html><title>Fixed</title>" + "<p>Nothing happens for this page.</p>" * 135
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ row.title }}</title></head><body>
<h1>{{ row.title }}</h1><p>{{ row.said }}</p>
<ul>{% for number in range(24) %}<li><a href="/e/{{ slug }}?line={{ number }}">{{ row.title }}, line {{ number }}</a>:
<span>{{ row.said }}</span> <b>{{ row.goal + number }}</b> <span>and words that are the same on every line, as most of
the words of a page are</span></li>
{% endfor %}</ul></body></html>"""


def lay_out(engine: Engine) -> None:
    """Tables and rows of the references (those of scans are filled by their bench), in a database that has none."""
    number = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "BIGSERIAL PRIMARY KEY"}[engine.dialect.name]
    with engine.begin() as connection:
        for statement in SHELF:
            connection.execute(text(statement))
        for table in INSERTED:
            columns = f"id {number}, quota_id BIGINT NOT NULL, name TEXT NOT NULL, amount BIGINT NOT NULL"
            connection.execute(text(f"CREATE TABLE {table} ({columns})"))
        connection.execute(
            text("INSERT INTO bare_quota (id, taken) VALUES (:id, 0)"), [{"id": row} for row in range(ROWS)]
        )


def create_app() -> Flask:
    """The application, on the database that the environment names."""
    app = Flask(__name__)
    url = os.environ["DATABASE_URL"]
    engine = create_engine(url, **options(url))
    prepare(engine)
    _reading(app, engine)
    _writing(app, engine.execution_options(write=True))
    return app


def _reading(app: Flask, engine: Engine) -> None:
    page = app.jinja_env.from_string(PAGE)

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @app.get("/fixed")
    def fixed() -> str:
        return FIXED

    @app.get("/page")
    def show() -> str:
        with engine.connect() as connection:
            row = connection.execute(SHOW, {"slug": "dinner"}).one()
        return page.render(row=row, slug="dinner")


def _writing(app: Flask, engine: Engine) -> None:
    numbers = count()

    @app.post("/scan")
    def scan() -> Response:
        one = request.get_json()["scans"][0]
        with engine.begin() as connection:
            found = connection.execute(ADMIT, {"code": one["code"]}).first()
            connection.execute(WRITE_DOWN, {"scan_id": one["scan_id"], "code": one["code"]})
        return jsonify(verdict="admitted" if found else "refused")

    @app.post("/take/<int:among>")
    def take(among: int) -> Response:
        """One committed UPDATE; rows in turn, of so many."""
        with engine.begin() as connection:
            taken = connection.execute(TAKE, {"id": next(numbers) % among}).scalar_one()
        return jsonify(taken=taken)

    @app.post("/order/<int:among>")
    def order(among: int) -> Response:
        """The same and three INSERTs; the row that all want is touched last, as everybody should."""
        row: dict[str, Any] = {"quota_id": next(numbers) % among, "name": request.form["name"], "amount": 250_000}
        with engine.begin() as connection:
            for statement in KEEP:
                connection.execute(statement, row)
            taken = connection.execute(TAKE, {"id": row["quota_id"]}).scalar_one()
        return jsonify(taken=taken)
