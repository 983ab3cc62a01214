"""The data folder: one start at a time, one engine permanently, run.json complete or absent."""

import json
import os
from pathlib import Path

import pytest

from pattana.embedded.home import Home, HomeInUse, NotRunning, OpenToOthers, OtherEngine, Run
from tests.support.modules import changed

RUN = Run(
    pid=1,
    url="http://127.0.0.1:8000",
    mail_url="http://127.0.0.1:8000/mail/",
    kafka_bootstrap="127.0.0.1:9092",
    mongo_url="mongodb://127.0.0.1:27017",
    token_issuer="pattana-embedded",
    token_key="keys/signing.json",
    engines="secantusdb, kafka",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / ".pattana")


def test_the_folder_comes_from_argument_then_environment_then_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    named = {"PATTANA_HOME": str(tmp_path / "named")}
    assert Home.find(tmp_path / "asked", named).root == tmp_path / "asked"
    assert Home.find(None, named).root == tmp_path / "named"
    assert Home.find(None, {}).root == tmp_path / ".pattana"


def test_a_second_start_in_the_same_folder_is_refused(home: Home) -> None:
    assert not home.in_use()
    with home.locked(), pytest.raises(HomeInUse, match="already running"), home.locked():
        pass
    with home.locked():
        assert home.in_use()
    assert not home.in_use()
    with home.locked():
        pass


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o750, 0o755, 0o777])
def test_a_folder_that_others_may_look_into_is_refused_and_left_as_it_is(home: Home, mode: int) -> None:
    home.root.mkdir()
    home.root.chmod(mode)
    with pytest.raises(OpenToOthers, match=f"chmod 700 {home.root}"), home.locked():
        pass
    assert home.root.stat().st_mode & 0o777 == mode
    assert not list(home.root.iterdir())
    home.root.chmod(0o700)
    with home.locked():
        assert home.root.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_somebody_else_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.root.mkdir(mode=0o700)
    monkeypatch.setattr("pattana.embedded.home.os", changed(os, geteuid=lambda: home.root.stat().st_uid + 1))
    with pytest.raises(OpenToOthers, match="belongs to another user"), home.locked():
        pass


def test_the_folder_of_another_engine_is_refused(home: Home) -> None:
    home.stamp("mongod")
    home.stamp("mongod")
    with pytest.raises(OtherEngine, match="was written by mongod and cannot be opened with secantusdb"):
        home.stamp("secantusdb")


def test_ports_are_kept(home: Home) -> None:
    first = home.port("database")
    assert home.port("kafka") != first
    assert home.port("database") == first


def test_run_file_is_read_back(home: Home) -> None:
    home.root.mkdir()
    home.write_run(RUN)
    assert home.read_run() == RUN
    assert [path.name for path in home.root.iterdir()] == ["run.json"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", json.dumps({"pid": 1})])
def test_without_a_complete_run_file_nothing_runs(home: Home, content: str | None) -> None:
    home.root.mkdir()
    if content is not None:
        home.run_file.write_text(content)
    with pytest.raises(NotRunning, match="nothing runs from"):
        home.read_run()
