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
    Break("independent-services", "services/reporting/app.py", "import services.notification.domain"),
    Break("independent-services", "services/enrolment/seats/service/queue.py", "import services.reporting"),
    Break("shared-stands-alone", "shared/clock.py", "import services.enrolment"),
    Break("shared-stands-alone", "shared/clock.py", "import pattana.errors"),
    Break("shared-stands-alone", "services/reporting/app.py", "import pattana.errors"),
    Break("pure-domain", "services/enrolment/seats/domain/board.py", "import fastapi"),
    Break("pure-domain", "services/enrolment/catalogue/domain/runs.py", "import services.enrolment.catalogue.storage"),
    Break("pure-domain", "services/notification/domain/kinds.py", "import aiokafka"),
    Break("pure-domain", "services/reporting/projecting/domain/rollups.py", "import shared.mongo"),
    Break("pure-domain", "shared/events/envelope.py", "import bson"),
    Break("one-driver-module", "services/enrolment/seats/storage/__init__.py", "from pymongo import UpdateOne"),
    Break("one-driver-module", "shared/messaging/relay.py", "import motor.motor_asyncio"),
    Break("one-driver-module", "pattana/embedded/database.py", "from bson import ObjectId"),
    Break("no-secantus", "pattana/embedded/database.py", "import secantus.cli"),
    Break("no-secantus", "shared/mongo/__init__.py", "import wiredtiger"),
    Break("feature-order", "services/enrolment/directory/storage/people.py", "import services.enrolment.catalogue"),
    Break("feature-order", "services/enrolment/catalogue/storage/__init__.py", "import services.enrolment.seats"),
    Break("directory-face", "services/enrolment/seats/storage/texts.py", "import services.enrolment.directory.storage"),
    Break("catalogue-face", "services/enrolment/seats/storage/texts.py", "import services.enrolment.catalogue.storage"),
    Break("seats-face", "pattana/tables.py", "import services.enrolment.seats.storage"),
    Break("evaluation-face", "pattana/tables.py", "import services.enrolment.evaluation.storage"),
    Break("certificates-face", "pattana/tables.py", "import services.enrolment.certificates.storage"),
    Break("workshop-face", "pattana/tables.py", "import services.enrolment.workshop.storage"),
    Break("attendance-face", "pattana/tables.py", "import services.enrolment.attendance.storage"),
    Break("followup-face", "pattana/tables.py", "import services.enrolment.followup.storage"),
    Break("paper-face", "pattana/tables.py", "import services.enrolment.paper.storage"),
    Break("plans-face", "pattana/tables.py", "import services.enrolment.plans.storage"),
    Break("feature-layers", "services/enrolment/seats/storage/__init__.py", "import services.enrolment.seats.service"),
    Break(
        "reporting-layers", "services/reporting/storage/documents.py", "import services.reporting.projecting.projector"
    ),
    Break("pure-faces", "services/reporting/projecting/__init__.py", "import services.reporting.storage"),
    Break("pure-faces", "services/enrolment/seats/__init__.py", "import services.enrolment.seats.storage"),
    Break(
        "notification-parts",
        "services/notification/reacting/service.py",
        "import services.notification.sending.service",
    ),
    Break(
        "notification-part-layers",
        "services/notification/sending/domain/life.py",
        "import services.notification.sending.storage",
    ),
    Break(
        "notification-faces",
        "services/notification/sending/service/attempts.py",
        "import services.notification.composing.writer",
    ),
    Break("feature-layers", "services/enrolment/seats/service/queue.py", "import services.enrolment.seats.http.routes"),
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
