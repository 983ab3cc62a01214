"""Each import contract of pyproject.toml bites: one forbidden import in a copy of the tree, and it is broken."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("shared", "services", "pattana")


class Break(NamedTuple):
    contract: str
    module: str
    statement: str


BREAKS = [
    Break("independent-services", "services/reporting/domain.py", "import services.notification.domain"),
    Break("independent-services", "services/enrolment/seats/service.py", "import services.reporting"),
    Break("shared-stands-alone", "shared/clock.py", "import services.enrolment"),
    Break("shared-stands-alone", "shared/clock.py", "import pattana.errors"),
    Break("shared-stands-alone", "services/reporting/domain.py", "import pattana.errors"),
    Break("pure-domain", "services/enrolment/seats/domain.py", "import fastapi"),
    Break("pure-domain", "services/notification/domain.py", "import aiokafka"),
    Break("pure-domain", "services/reporting/domain.py", "import shared.mongo"),
    Break("pure-domain", "shared/events/envelope.py", "import bson"),
    Break("one-driver-module", "services/enrolment/seats/storage.py", "from pymongo import UpdateOne"),
    Break("one-driver-module", "shared/messaging/relay.py", "import motor.motor_asyncio"),
    Break("one-driver-module", "pattana/embedded/database.py", "from bson import ObjectId"),
    Break("no-secantus", "pattana/embedded/database.py", "import secantus.cli"),
    Break("no-secantus", "shared/mongo.py", "import wiredtiger"),
    Break("feature-layers", "services/enrolment/seats/domain.py", "import services.enrolment.seats.storage"),
    Break("feature-layers", "services/enrolment/seats/storage.py", "import services.enrolment.seats.service"),
    Break("reader-layers", "services/reporting/domain.py", "import services.reporting.storage"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The code alone, without data files."""
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            copy = tmp_path / source.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def broken_contracts(tree: Path) -> set[str]:
    """Names of the contracts that import-linter finds broken in the tree."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False)
    names = set(re.findall(r"^(.+) BROKEN\b", done.stdout, flags=re.MULTILINE))
    assert (done.returncode != 0) == bool(names), done.stdout + done.stderr
    return names


def contract_names() -> dict[str, str]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract["name"] for contract in configuration["tool"]["importlinter"]["contracts"]}


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    assert broken_contracts(tree) == set()


def test_every_contract_is_shown_to_bite() -> None:
    assert {example.contract for example in BREAKS} == set(contract_names())


@pytest.mark.parametrize("example", BREAKS, ids=lambda example: f"{example.contract}: {example.module}")
def test_a_forbidden_import_breaks_the_contract(tree: Path, example: Break) -> None:
    module = tree / example.module
    assert module.exists(), "the example names a module that is gone; name another"
    module.write_text(f"{module.read_text()}\n\n{example.statement}\n")
    assert contract_names()[example.contract] in broken_contracts(tree)
