"""Arguments in, sentences and exit codes out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from joserfc import jwt

from pattana.cli import app
from pattana.embedded.first_play import Play, note_play, read_play
from pattana.embedded.home import Home, NotRunning
from pattana.embedded.keys import secret, secret_files
from pattana.embedded.token import duration
from shared.sealing import KeyRing
from shared.signing import create_key

run = CliRunner().invoke


@pytest.mark.parametrize(
    ("text", "expected"), [("30m", timedelta(minutes=30)), ("8h", timedelta(hours=8)), ("7d", timedelta(days=7))]
)
def test_durations(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["8", "h", "-8h", "8 h", ""])
def test_an_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time"):
        duration(text)


def test_a_token_names_role_unit_and_person(tmp_path: Path) -> None:
    key = create_key(tmp_path / "keys")
    arguments = ["--role", "PROVINCIAL_HR", "--unit", "PO-50", "--person", "p1", "--ttl", "1h", "--home", str(tmp_path)]
    result = run(app, ["token", *arguments])
    claims = jwt.decode(result.stdout.strip(), key.key).claims
    assert (claims["roles"], claims["unit"], claims["sub"]) == (["PROVINCIAL_HR"], "PO-50", "p1")
    assert timedelta(minutes=59) < datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC) < timedelta(hours=2)


def test_without_a_key_there_is_no_token(tmp_path: Path) -> None:
    result = run(app, ["token", "--role", "OPERATOR", "--home", str(tmp_path)])
    assert isinstance(result.exception, NotRunning)
    assert "no signing key" in str(result.exception)


def test_an_unknown_role_is_a_usage_error(tmp_path: Path) -> None:
    assert run(app, ["token", "--role", "KING", "--home", str(tmp_path)]).exit_code == 2


def test_status_without_a_running_edition(tmp_path: Path) -> None:
    assert isinstance(run(app, ["status", "--home", str(tmp_path)]).exception, NotRunning)


def test_the_first_play_is_remembered(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert (read_play(home), read_play(home).ended) == (Play.AWAITED, False)
    for play in Play:
        note_play(home, play)
        assert read_play(home) is play
    assert {play for play in Play if play.ended} == {Play.AS_EXPECTED, Play.DIFFERS, Play.SKIPPED}


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    files = secret_files(tmp_path / "keys", {})
    contents = {name: Path(path).read_text() for name, path in files.items()}
    assert secret_files(tmp_path / "keys", {}) == files
    assert {name: Path(path).read_text() for name, path in files.items()} == contents
    assert all(Path(path).stat().st_mode & 0o077 == 0 for path in files.values())
    assert KeyRing.parse(contents["PATTANA_CONTACT_KEYS_FILE"])


def test_secrets_from_the_environment_are_not_made(tmp_path: Path) -> None:
    environment = {
        "PATTANA_CONTACT_KEYS": "k9=..",
        "PATTANA_POSITION_KEYS": "p9=..",
        "PATTANA_BADGE_KEYS": "b9=..",
        "PATTANA_CITIZEN_KEY_FILE": "/run/secrets/citizen",
        "PATTANA_MAIL_TOKEN": "opens",
        "PATTANA_KAFKA_PASSWORD": "p",
        "PATTANA_DATABASE_PASSWORD_FILE": "/run/secrets/database",
    }
    assert secret_files(tmp_path / "keys", environment) == {}
    assert secret(tmp_path / "keys", environment, "PATTANA_MAIL_TOKEN") == "opens"


def test_a_secret_is_what_its_file_says_whoever_named_that(tmp_path: Path) -> None:
    made = secret(tmp_path / "keys", {}, "PATTANA_MAIL_TOKEN")
    assert len(made) >= 32
    assert secret(tmp_path / "keys", {}, "PATTANA_MAIL_TOKEN") == made
    (named := tmp_path / "named").write_text("opens\n")
    assert secret(tmp_path / "keys", {"PATTANA_MAIL_TOKEN_FILE": str(named)}, "PATTANA_MAIL_TOKEN") == "opens"
