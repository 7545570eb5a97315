"""docs/running.md and the files beside it say what there is: settings, figures, commands."""

import json
import re
import shutil
import subprocess

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from app import cli
from events.core.settings import ROOT
from payments.gateway.notices import EVENT_TYPES
from payments.metrics import figures

RUNNING = ROOT / "docs" / "running"
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
FOREIGN = {"probe_ssl_earliest_cert_expiry", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
FIGURE = re.compile(r"\b(?:bonsoir|node|probe)_[a-z_]+")


@pytest.fixture
def told(house: Flask) -> set[str]:
    """Names of the figures that /metrics tells."""
    assert house.name
    return {family.name for family in text_string_to_metric_families(figures.as_text().decode())}


def test_table_of_settings_is_complete() -> None:
    source = (ROOT / "events" / "core" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', source))
    assert len(read) > 12
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)) == read


def test_events_to_tick_at_stripe_are_those_that_are_listened_to() -> None:
    (listed,) = [block for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if "checkout.session" in block]
    assert tuple(listed.split()) == EVENT_TYPES


def test_table_of_figures_is_complete(told: set[str]) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `bonsoir_")]
    assert set(FIGURE.findall("".join(rows))) == told


def test_alerts_ask_for_figures_that_there_are(told: set[str]) -> None:
    rules = (RUNNING / "alerts.yml").read_text(encoding="utf-8")
    asked = {name for line in re.findall(r"expr: (.*)", rules) for name in FIGURE.findall(line)}
    assert asked > FOREIGN
    assert asked - FOREIGN <= told
    assert told - asked == {
        "bonsoir_orders",
        "bonsoir_attempts",
        "bonsoir_stripe_events_unreacted",
        "bonsoir_build_info",
    }


def test_alerts_and_dashboard_ask_for_labels_that_there_are(house: Flask) -> None:
    there = {
        (sample.name, *label)
        for family in text_string_to_metric_families(figures.as_text().decode())
        for sample in family.samples
        for label in sample.labels.items()
    }
    asked = "".join(path.read_text(encoding="utf-8") for path in (RUNNING / "alerts.yml", RUNNING / "grafana.json"))
    wanted = set(re.findall(r'(bonsoir_\w+)\{(\w+)=\\?"(\w+)\\?"\}', asked))
    assert len(wanted) >= 4
    assert wanted - there == set()
    assert house.name


def test_prometheus_reads_the_rules() -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed on this machine")
    subprocess.run([program, "check", "rules", str(RUNNING / "alerts.yml")], check=True, capture_output=True)


def test_dashboard_shows_every_figure(told: set[str]) -> None:
    panels = json.loads((RUNNING / "grafana.json").read_text(encoding="utf-8"))["panels"]
    asked = {name for panel in panels for target in panel["targets"] for name in FIGURE.findall(target["expr"])}
    assert asked <= told
    assert told - asked == {"bonsoir_suspense_minor_units"}


def test_every_file_beside_the_page_is_named_on_it() -> None:
    named = set(re.findall(r"\(running/([\w.@-]+)\)", PAGE))
    assert named == {path.name for path in RUNNING.iterdir()}


def test_units_start_commands_that_there_are() -> None:
    begun = re.compile(r"^ExecStart=.*/bonsoir (\w+)(.*)", re.MULTILINE)
    files = (*RUNNING.glob("*.service"), RUNNING / "small.conf")
    started = [found for path in files for found in begun.findall(path.read_text(encoding="utf-8"))]
    assert {name for name, _words in started} == {"serve", "work", "backup"}
    for name, words in started:
        assert set(re.findall(r"--[\w-]+", words)) <= {
            option for one in cli.commands[name].params for option in one.opts
        }
    assert set(re.findall(r"`?bonsoir (\w+)(?: FILE| [\w-]+\.zip|`| )", PAGE)) <= set(cli.commands)
