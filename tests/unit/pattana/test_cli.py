"""The table of commands, and what a command imports: modules are counted, because time depends on the machine."""

import asyncio
import inspect
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import click
import pytest

from pattana.cli import COMMANDS, app
from pattana.embedded.first_play import Play, note_play
from pattana.embedded.home import Home, Run
from pattana.embedded.status import states_of
from shared.signing import create_key

# Each of them takes longer to import than an immediate command may take.
MONGO = "mongodb://pattana:secret@127.0.0.1:1/"
HEAVY = {"fastapi", "starlette", "pydantic", "pymongo", "motor", "bson", "opentelemetry", "aiokafka", "httpx", "rich"}
_PRINT_MODULES = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(list(sys.modules)), file=sys.stderr))
from pattana.cli import main
main()
"""


async def modules_of(*arguments: str | Path) -> set[str]:
    """The modules imported once the command has answered."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PRINT_MODULES, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert output
    return set(json.loads(errors))


@contextmanager
def edition(home: Home, problems: dict[str, str]) -> Iterator[Run]:
    """A running edition, as far as `status` can see."""

    class Readiness(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503 if problems else 200)
            self.end_headers()
            self.wfile.write(json.dumps({"problems": problems}).encode())

        def log_message(self, *_: object) -> None:
            """Not into the tests' output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Readiness) as server, home.locked():
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        run = Run(1, url, f"{url}/mail/", "127.0.0.1:1", MONGO, "issuer", str(home.keys), "engines")
        home.write_run(run)
        note_play(home, Play.SKIPPED)
        yield run
        server.shutdown()


async def test_help_imports_no_command() -> None:
    modules = await modules_of("--help")
    assert {name for name in modules if name.startswith(("pattana.", "shared."))} == {"pattana.cli", "pattana.errors"}
    assert len(modules) < 150


async def test_a_token_imports_only_what_signs(tmp_path: Path) -> None:
    create_key(Home(tmp_path).keys)
    modules = await modules_of("token", "--role", "OPERATOR", "--home", tmp_path)
    assert modules & HEAVY == set()
    assert len(modules) < 320


async def test_status_imports_no_client_library(tmp_path: Path) -> None:
    with edition(Home(tmp_path), {}):
        modules = await modules_of("status", "--home", tmp_path)
    assert modules & (HEAVY | {"joserfc", "cryptography", "psutil"}) == set()
    assert len(modules) < 220


async def test_up_imports_none_of_the_services_libraries() -> None:
    assert await modules_of("up", "--help") & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_has_the_help_of_each_command(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    assert command.name == name or isinstance(command, click.Group)
    sentence, _, _ = inspect.cleandoc(command.help or "").partition("\n\n")
    assert " ".join(sentence.split()) == COMMANDS[name][1]


def test_status_says_which_part_is_not_ready(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with edition(home, {"broker": "no metadata", "reporting": "generations: no generation is known yet"}) as run:
        assert states_of(home, run) == {
            "supervisor": None,
            "broker": "no metadata",
            "database": None,
            "services": "reporting: generations: no generation is known yet",
            "first play": None,
        }


def test_status_while_nothing_answers(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with edition(home, {}) as run:
        pass
    states = states_of(home, run)
    assert states["supervisor"] == "process 1 is gone; start it again with `pattana up`"
    assert states["broker"] == "no answer from 127.0.0.1:1: ConnectionRefusedError"
    assert states["database"] == "no answer from 127.0.0.1:1: ConnectionRefusedError"
    assert states["services"] == f"no answer from {run.url}: ConnectionRefusedError"
