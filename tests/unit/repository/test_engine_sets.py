"""Which engines the tests take, told by what stands on the machine; Docker's command is a script that answers."""

import os
from pathlib import Path

import pytest
from testcontainers.core.config import testcontainers_config

from tests.engines import KAFKA_IMAGE, MONGO_IMAGE, detect, docker, mongod, secantusd

RYUK = "TESTCONTAINERS_RYUK_DISABLED"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which programs are looked for first; nothing is chosen by a variable."""
    for name in ("PATTANA_ENGINES", "PATTANA_MONGOD", "PATTANA_SECANTUSD", RYUK):
        monkeypatch.setenv(name, "")  # so that it is put back, whatever a test makes of it
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def program(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def docker_with(machine: Path, *images: str) -> None:
    """A daemon that answers and holds these images."""
    held = "|".join(f"*' {image}'" for image in images) or "nothing"
    program(
        machine / "docker",
        'case "$*" in',
        "info) ;;",
        f"{held}) echo PATH=/bin MONGO_VERSION=8.0.13 ;;",
        "*) exit 1 ;;",
        "esac",
    )


def test_docker_is_not_taken_where_the_daemon_does_not_answer(machine: Path) -> None:
    program(machine / "docker", "exit 1")
    assert docker() is None


@pytest.mark.parametrize("images", [(), (MONGO_IMAGE,), (KAFKA_IMAGE,)], ids=str)
def test_docker_is_not_taken_where_an_image_would_have_to_be_fetched(machine: Path, images: tuple[str, ...]) -> None:
    docker_with(machine, *images)
    assert docker() is None


def test_docker_is_named_by_what_its_image_says(machine: Path) -> None:
    docker_with(machine, MONGO_IMAGE, KAFKA_IMAGE)
    assert str(docker()) == "mongod 8.0.13, kafka 4.3.1"


@pytest.mark.parametrize(("more", "expected"), [((), "true"), ((testcontainers_config.ryuk_image,), None)], ids=str)
def test_ryuk_is_left_out_only_where_its_image_is_missing(
    machine: Path, more: tuple[str, ...], expected: str | None
) -> None:
    docker_with(machine, MONGO_IMAGE, KAFKA_IMAGE, *more)
    docker()
    assert os.environ.get(RYUK) == expected


def test_a_mongod_is_taken_only_where_it_is_named(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(machine / "mongod", "echo db version v4.4.29")
    assert mongod() is None
    monkeypatch.setenv("PATTANA_MONGOD", str(named))
    found = mongod()
    assert found is not None
    assert found.database == "mongod 4.4.29"


def test_a_secantusdb_of_rust_is_taken_only_where_it_is_named(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine / "docker", "exit 1")
    named = program(machine / "secantusd-rs", "echo secantusd-rs 0.5.3-beta.196", "echo source: crates.io")
    assert secantusd() is None
    monkeypatch.setenv("PATTANA_SECANTUSD", str(named))
    assert str(detect()) == "secantusd-rs 0.5.3-beta.196, kafka 4.3.1"


@pytest.mark.parametrize("variable", ["PATTANA_MONGOD", "PATTANA_SECANTUSD"])
def test_a_named_program_that_does_not_run_is_told(
    machine: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    program(machine / "docker", "exit 1")
    monkeypatch.setenv(variable, str(machine / "missing"))
    with pytest.raises(LookupError, match=variable):
        detect()


def test_the_embedded_ones_are_always_there(machine: Path) -> None:
    program(machine / "docker", "exit 1")
    assert detect().name == "embedded"


def test_a_set_that_is_not_there_is_told(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATTANA_ENGINES", "mongod")
    with pytest.raises(LookupError, match="this machine does not have it"):
        detect()
