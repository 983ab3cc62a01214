"""`pattana status`: run.json and one request. What is asked of engines is asked by the services, which know them."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import click
from click.exceptions import Exit

from pattana.embedded.asking import NoAnswer
from pattana.embedded.first_play import read_play
from pattana.embedded.health import problems_of, sentence
from pattana.embedded.home import Home, Run
from pattana.options import home_option

ENGINES = ("broker", "database")
CONNECT_SECONDS = 2.0


@click.command()
@home_option
def status(home: Path | None) -> None:
    """Say which part is ready; exit 0 when all are and the first play has ended."""
    found = Home.find(home)
    states = states_of(found, found.read_run())
    for name, wrong in states.items():
        click.echo(f"{name:<12}{wrong or 'ready'}")
    if any(states.values()):
        raise Exit(1)


def states_of(home: Home, run: Run) -> dict[str, str | None]:
    """Part by part what is wrong; None is ready."""
    play = read_play(home)
    return {
        "supervisor": None if home.in_use() else f"process {run.pid} is gone; start it again with `pattana up`",
        **_parts(run),
        "first play": None if play.ended else str(play),
    }


def _parts(run: Run) -> dict[str, str | None]:
    try:
        problems = problems_of(run.url)
    except NoAnswer as error:
        return {
            "broker": _deaf(run.kafka_bootstrap),
            "database": _deaf(urlsplit(run.mongo_url).netloc.rpartition("@")[2]),
            "services": str(error),
        }
    engines = {name: problems.pop(name, None) for name in ENGINES}
    return {**engines, "services": sentence(problems)}


def _deaf(address: str) -> str | None:
    """All that can be said of an engine while the services are away: whether it listens."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
    except OSError as error:
        return f"no answer from {address}: {type(error).__name__}"
    return None
