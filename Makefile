# Two commands for a fresh machine: `make demo` and `make test`. They need Python >= 3.11 with venv, make and the network;
# everything they install goes into this folder (.uv, .venv, .browsers).

# The first Python found that is new enough; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
BIN := .venv/bin
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

LOCK := requirements.lock
DEV_LOCK := .ci/requirements-dev.lock
TRANSLATIONS := events/core/translations
LANGUAGES := fr th
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/messages.po))
SOURCES := $(wildcard app.py events payments tests)
PYTEST = $(BIN)/python -m pytest -n logical --maxprocesses=8 --dist worksteal

# A home that cannot be written to must not stop an installation.
export UV_CACHE_DIR := $(or $(UV_CACHE_DIR),$(shell \
	mkdir -p "$$HOME/.cache" 2>/dev/null && test -w "$$HOME/.cache" || echo $(CURDIR)/.uv/cache))
ifeq ($(UV_CACHE_DIR),)
unexport UV_CACHE_DIR
endif
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE ?= copy
export PLAYWRIGHT_BROWSERS_PATH ?= $(CURDIR)/.browsers

.DELETE_ON_ERROR:
.PHONY: help demo test lint types tests setup runtime browser programs bench soak failover pictures docs catalogues messages lock advisories clean

help:
	@echo "make demo      the whole evening on this machine, at http://127.0.0.1:8000/ (PORT=... for another port)"
	@echo "make test      every check: ruff, mypy, pytest on SQLite and PostgreSQL, and a browser"
	@echo "make setup     only install what development needs"
	@echo "make programs  nginx, Caddy and litestream for the tests that start them, unpacked into this folder"
	@echo "make soak      the long tests in full doses        make bench   timings and memory, as a report"
	@echo "make failover  a PostgreSQL under Patroni loses its primary during a sale, in namespaces (root, Debian's packages)"
	@echo "make docs      the manual as pages, in dist/docs    make pictures   take its pictures from the running demo"
	@echo "make messages  collect texts for translation       make lock    renew the locks (UPGRADE=1: newer versions)"
	@echo "make clean     remove everything made here, except var/ and .env"

demo: runtime
	@exec .ci/under-make $(BIN)/bonsoir demo

test: setup browser lint types tests
	@echo "All checks passed."

lint: setup
	@echo "== ruff"
	@$(BIN)/ruff check $(SOURCES)

types: setup lint
	@echo "== mypy"
	@$(BIN)/mypy --num-workers auto $(SOURCES)

tests: setup browser types
	@echo "== pytest"
	@$(PYTEST) --in-memory --ignore=tests/bench

setup: .venv/.development catalogues

runtime: .venv/.runtime catalogues
	@$(BIN)/python -c 'from events.core import assets; assets.link()'

browser: setup
	@$(BIN)/python -m tests.support.chromium --install

# Debian's proxies and litestream, which some tests start, into .programs; those tests are skipped without.
programs: setup
	@$(BIN)/python -m tests.support.programs

# All of it, or `make bench PARTS="pages orders"`: tests/bench/test_<part>.py. FIGURES names another file for the JSON.
bench: setup
	@$(BIN)/python -m pytest -p no:randomly -p no:cacheprovider -q -s --timeout=1800 $(FIGURES:%=--figures %) \
		$(or $(PARTS:%=tests/bench/test_%.py),tests/bench)

soak: setup browser
	@$(PYTEST) -m soak --timeout=7200

failover: setup
	@$(BIN)/python -m tests.failover $(FAILOVER)

pictures: setup browser
	@$(BIN)/python -m tests.support.pictures

docs: setup
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --config-file .mkdocs.yml
	@echo "The manual is in dist/docs: open dist/docs/index.html"

catalogues: $(CATALOGUES)

%.mo: %.po | .venv/.runtime
	@echo "Compiling the messages of $<"
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

messages: setup
	@mkdir -p $(TRANSLATIONS)
	@$(BIN)/pybabel --quiet extract --mapping-file .babel.cfg --keyword lazy_gettext --keyword _l --keyword lazy_ngettext:1,2 \
		--sort-by-file --no-location --no-wrap --project bonsoir --copyright-holder "The Bonsoir contributors" --output-file $(TRANSLATIONS)/messages.pot .
	@for language in $(LANGUAGES); do \
		test -e $(TRANSLATIONS)/$$language/LC_MESSAGES/messages.po \
			&& action="update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date" || action=init; \
		$(BIN)/pybabel --quiet $$action --input-file $(TRANSLATIONS)/messages.pot --output-dir $(TRANSLATIONS) \
			--locale $$language --no-wrap || exit 1; \
	done

lock: | $(UV)
	@$(COMPILE) pyproject.toml --group build --output-file $(LOCK)
	@$(COMPILE) pyproject.toml --group build --group dev --constraint $(LOCK) --output-file $(DEV_LOCK)

advisories: setup
	@$(BIN)/pip-audit --strict --disable-pip --requirement $(LOCK)

clean:
	rm -rf .uv .venv .browsers .programs .served .mypy_cache .pytest_cache .ruff_cache .hypothesis dist $(CATALOGUES)
	find app.py events payments tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.uv/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed, and none was found."; exit 1; }
	@echo "Installing uv (into .uv)"
	@rm -rf .uv/bin && $(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.7.8"

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed, and none was found."; exit 1; }
	@echo "Making a private environment with $(PYTHON) (in .venv)"
	@rm -rf .venv && $(PYTHON) -m venv --without-pip .venv

.venv/.runtime: $(LOCK) pyproject.toml | $(UV) .venv/bin/python
	@echo "Installing the packages of $(LOCK)"
	@$(INSTALL) --require-hashes --only-binary :all: --requirement $(LOCK)
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: $(DEV_LOCK) .venv/.runtime
	@echo "Installing the packages of $(DEV_LOCK)"
	@$(INSTALL) --require-hashes --only-binary :all: --requirement $(DEV_LOCK)
	@touch $@
