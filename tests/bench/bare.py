"""What a scan costs at least: a Flask application with one address that does one UPDATE ... RETURNING and one INSERT.

Nothing of the product's but the settings of its database connections, so that both promise the same to the disk.
"""

import os

from flask import Flask, Response, jsonify, request
from sqlalchemy import create_engine, text

from events.core.engines import options, prepare

TABLES = (
    "CREATE TABLE bare_ticket (code TEXT PRIMARY KEY, inside INTEGER NOT NULL)",
    "CREATE TABLE bare_scan (scan_id TEXT PRIMARY KEY, code TEXT NOT NULL)",
)
ADMIT = text("UPDATE bare_ticket SET inside = 1 WHERE code = :code AND inside = 0 RETURNING code")
WRITE_DOWN = text("INSERT INTO bare_scan (scan_id, code) VALUES (:scan_id, :code)")


def create_app() -> Flask:
    """The application, on the database that the environment names."""
    app = Flask(__name__)
    url = os.environ["DATABASE_URL"]
    engine = create_engine(url, **options(url))
    prepare(engine)
    writing = engine.execution_options(write=True)

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @app.post("/scan")
    def scan() -> Response:
        one = request.get_json()["scans"][0]
        with writing.begin() as connection:
            found = connection.execute(ADMIT, {"code": one["code"]}).first()
            connection.execute(WRITE_DOWN, {"scan_id": one["scan_id"], "code": one["code"]})
        return jsonify(verdict="admitted" if found else "refused")

    return app
