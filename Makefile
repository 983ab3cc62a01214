# Needs make and Python 3.11 or newer with venv; everything else is brought from the package registries.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
ROUNDS ?= 3
EXAMPLES ?= 200

export UV_PYTHON_DOWNLOADS := never
# Without bytecode on file every process that is started would compile all of it anew, and tests start many.
unexport PYTHONDONTWRITEBYTECODE
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

# A developer's environment holds everything that `make up` needs.
DEV := $(VENV)/.installed-dev
RUNNER := $(if $(wildcard $(DEV)),$(DEV),$(VENV)/.installed-embedded)

.DEFAULT_GOAL := help
.PHONY: help up demo test faults fuzz check bench schemas secantusd secrets digests sbom lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: $(RUNNER) ## start the embedded edition; the first start plays the main job (ARGS=--empty: it does not)
	@$(BIN)/pattana up $(ARGS)

demo: $(RUNNER) ## perform play A as far as possible, or ARGS="B FILE ...", and print expected against actual
	@$(BIN)/pattana demo $(or $(ARGS),A)

# What tests run on where no mongod is named: built once by cargo, where that is, and kept in the user's cache.
ENGINE := PATTANA_SECANTUSD="$${PATTANA_SECANTUSD-$$(sh deploy/secantusd/path.sh)}"

test: $(DEV) ## all tests on the best engines that this machine has (ARGS="tests/contract -k x", -n0: one by one)
	@$(ENGINE) $(BIN)/pytest -n auto --no-loadscope-reorder --durations=10 $(ARGS)

faults: $(DEV) ## every fault, ROUNDS times with outages of a minute and full load, on every engine set of this machine
	@export $(ENGINE); for engines in $$($(BIN)/python -m tests.engines); do \
		PATTANA_ENGINES=$$engines PATTANA_ROUNDS=$(ROUNDS) PATTANA_OUTAGE=60 PATTANA_LONG=1 \
			$(BIN)/pytest -n auto --no-loadscope-reorder --durations=0 --timeout=0 tests/faults $(ARGS) || exit 1; \
	done

fuzz: $(DEV) ## EXAMPLES drawn requests for each operation of each service, and as many drawn lives of seats
	@$(ENGINE) PATTANA_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n0 tests/integration/rights/test_what_is_drawn.py \
		tests/integration/enrolment/test_life_on_engine.py $(ARGS)

check: $(DEV) ## formatting, types, import contracts, schemas, sizes, compose file
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m shared.events.schemas --check
	@if [ -e docker-compose.yml ]; then \
		$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml; fi
	@$(BIN)/pytest -q tests/unit/repository

bench: $(DEV) ## measure speed on real engines; writes bench/results/latest.json
	@$(BIN)/python -m bench $(ARGS)

schemas: $(DEV) ## write a JSON Schema and an example for every event
	@$(BIN)/python -m shared.events.schemas

secantusd: ## build the SecantusDB of Rust that `make test` runs on, and print its path (needs Rust's cargo)
	@sh deploy/secantusd/path.sh

secrets: ## make the keys and passwords of the compose edition, once, in deploy/secrets/
	@sh deploy/secrets.sh

digests: ## ask the registries for the digests of all images: docker-compose.digests.yml
	@sh deploy/digests.sh > docker-compose.digests.yml.half
	@mv docker-compose.digests.yml.half docker-compose.digests.yml

sbom: $(DEV) ## what is in our images, as CycloneDX files in build/sbom/
	@sh deploy/sbom.sh build/sbom

# All groups take the versions of `dev`, so that what is tested is what is shipped.
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock" $(ARGS)

lock: $(DEV) ## choose versions anew: requirements/*.txt and the broker's jars (ARGS=-U: newest)
	@$(LOCK) pyproject.toml --group dev -o requirements/dev.txt
	@for group in $$($(BIN)/python -c 'from services import SERVICES; print(*SERVICES)') command embedded; do \
		$(LOCK) pyproject.toml --group $$group -c requirements/dev.txt -o requirements/$$group.txt || exit 1; done
	@$(LOCK) --group uv -o requirements/uv.txt
	@$(BIN)/python -m pattana.embedded.jars

# --- setting up -------------------------------------------------------------------------------------------------

$(BIN)/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "pattana needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make virtual environments:" \
		"ensurepip is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/uv.txt
	@touch $@

$(VENV)/.installed-%: requirements/%.txt pyproject.toml $(BIN)/uv
	@echo "installing requirements/$*.txt"
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements/$*.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -C editable_mode=compat -e .
	@touch $@
