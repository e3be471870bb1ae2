# The commands of this house. `make` alone lists them; docs/operations.md says more.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?= tests --ignore=tests/browser
UV ?= uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url pyproject.toml
SERVICES := $(PY) manage.py services run --
export PATH := $(PATH):/usr/sbin:/sbin

.PHONY: help demo test check test-fast bench reset messages lock tools catalogues test-all unit browser bench-peers

help:
	@echo "make demo        the portal with its demo world on http://localhost:8000 (PORT=)"
	@echo "make test        everything CI runs: checks, unit tests, browser tests"
	@echo "make check       style, types, import contracts, templates, migrations, deployment"
	@echo "make test-fast   the tests without a browser (ARGS=tests/hub for some)"
	@echo "make bench       the benchmarks, one line a figure"
	@echo "make bench-peers our search page against that of Wagtail, which is fetched for it"
	@echo "make reset       stop the embedded services and delete the demo's state"
	@echo "make messages    collect new sentences into locale/"
	@echo "make lock        pin the packages of pyproject.toml in requirements*.txt"

demo: $(VENV)/.demo
	@exec $(PY) manage.py demo

test: $(VENV)/.dev tools
	@exec $(SERVICES) $(MAKE) --no-print-directory test-all

test-all: check unit browser

unit: $(VENV)/.dev catalogues
	$(PY) -m pytest -q -n 2 --dist loadfile --ignore=tests/browser --cov --cov-report= tests
	$(PY) -m coverage report --skip-covered --show-missing --fail-under=100 \
		--include='*/rules.py,*/actions/*,core/lifecycle.py'

# One process: the pages are photographed and measured, which neighbours would disturb.
browser: $(VENV)/.dev catalogues
	$(PY) -m pytest -q tests/browser
	@echo "The screenshots are in $${STATE_DIR:-var}/screenshots"

test-fast: $(VENV)/.dev catalogues
	@exec $(SERVICES) $(PY) -m pytest -q -n 2 --dist loadfile $(ARGS)

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	DEMO=1 $(VENV)/bin/mypy
	find templates -name '*.html' -print0 | xargs -0 $(VENV)/bin/djade --check --target-version 5.2
	$(VENV)/bin/djlint --quiet --lint templates
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	DEMO=1 $(PY) -W ignore manage.py makemigrations --check --dry-run
	env -u DEMO -u SECRET_KEY_FILE DEBUG=0 STAFF_MFA_REQUIRED=1 SITE_ORIGIN=https://portal.example.org \
		ALLOWED_HOSTS=portal.example.org SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_hex(32))') \
		$(PY) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.dev catalogues
	@exec $(SERVICES) sh -c 'failed=0; for script in benchmarks/[a-z]*.py; do \
		$(PY) "$$script" || failed=1; done; exit $$failed'

bench-peers: $(VENV)/.dev catalogues
	@exec $(SERVICES) $(PY) benchmarks/peers/search.py

reset:
	@if [ -x $(PY) ]; then exec $(PY) manage.py services reset; else rm -rf var; fi

catalogues: $(VENV)/.dev
	@$(PY) manage.py compile_catalogues --verbosity 0

messages: $(VENV)/.dev
	DEMO=1 $(PY) manage.py makemessages -l fr -l ar --no-obsolete --ignore tests

lock:
	@command -v $(UV) >/dev/null || { echo "There is no $(UV) on this machine: \`pip install uv\`." >&2; exit 1; }
	UV_NO_CONFIG=1 $(LOCK) -o requirements.txt
	UV_NO_CONFIG=1 $(LOCK) --extra demo -o requirements-demo.txt
	UV_NO_CONFIG=1 $(LOCK) --extra demo --group dev -o requirements-dev.txt

tools:
	@sh tests/tools.sh

# The environment: made once, filled anew when the list of packages changes. Only ready-made
# packages (wheels) are taken, so no compiler is needed.

define install
	@echo "Installing the packages of $(1) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
		--only-binary :all: -r $(1) || { echo "The packages of $(1) could not be installed: see the \
	lines above, and try again once the package index can be reached and offers them ready-made for \
	$$($(PY) --version)." >&2; exit 1; }
endef

$(VENV)/.dev: requirements-dev.txt | $(PY)
	$(call install,requirements-dev.txt)
	@touch $(VENV)/.demo $@

$(VENV)/.demo: requirements-demo.txt | $(PY)
	$(call install,requirements-demo.txt)
	@touch $@

$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) on this machine: install \
	Python 3.11 or newer, or name it, for example \`make demo PYTHON=python3.12\`." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than \
	Python 3.11: name a newer one, for example \`make demo PYTHON=python3.12\`." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make \
	an environment: on Debian and Ubuntu install python3-venv." >&2; exit 1; }
