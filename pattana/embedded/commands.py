"""`pattana up`, `status` and `token`: arguments in, sentences and exit codes out."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from pattana.embedded.first_start import read_play
from pattana.embedded.home import Home, NotRunning, Run
from pattana.embedded.kafka import metadata_missing
from pattana.embedded.parts import not_ready
from pattana.embedded.up import up as run_edition
from pattana.progress import bars
from shared.engine import ping
from shared.mongo import StoreUnavailable
from shared.rights import Role
from shared.signing import issue_token, load_key

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Data folder; PATTANA_HOME or .pattana when not given.")
]
DEFAULT_PORT = 8000
_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def up(
    empty: Annotated[bool, typer.Option("--empty", help="Do not play scenario A on the first start.")] = False,
    port: Annotated[int, typer.Option(help="Port of the services.", min=1, max=65535)] = DEFAULT_PORT,
    home: HomeOption = None,
) -> None:
    """Start the embedded edition and stay until Ctrl-C."""
    with fetching() as progress:
        asyncio.run(run_edition(Home.find(home), port=port, empty=empty, say=typer.echo, progress=progress))


def status(home: HomeOption = None) -> None:
    """Say which part is ready; exit 0 when all are and the first play has ended."""
    found = Home.find(home)
    states = asyncio.run(states_of(found, found.read_run()))
    for name, wrong in states.items():
        typer.echo(f"{name:<12}{wrong or 'ready'}")
    if any(states.values()):
        raise typer.Exit(1)


def token(
    role: Annotated[list[Role], typer.Option(help="Role; may be given more than once.", case_sensitive=False)],
    unit: Annotated[str | None, typer.Option(help="Unit of the bearer, as PO-50 or PERS.")] = None,
    person: Annotated[str | None, typer.Option(help="Id of the bearer in the directory, for people.")] = None,
    ttl: Annotated[str, typer.Option(help="How long it is good, as 30m, 8h or 7d.")] = "8h",
    home: HomeOption = None,
) -> None:
    """Print a token signed with the key of this data folder."""
    folder = Home.find(home).keys
    try:
        key = load_key(folder)
    except FileNotFoundError:
        raise NotRunning(f"there is no signing key in {folder}; the first `pattana up` makes it") from None
    typer.echo(issue_token(key, role, unit, person, duration(ttl)))


def duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise typer.BadParameter(f"{text} is not a time such as 30m, 8h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


async def states_of(home: Home, run: Run) -> dict[str, str | None]:
    """EventModel by part what is wrong; None is ready."""
    play = read_play(home)
    broker, database, services = await asyncio.gather(
        metadata_missing(run.kafka_bootstrap), _database(run.mongo_url), not_ready(run.url)
    )
    return {
        "supervisor": None if home.in_use() else f"process {run.pid} is gone; start it again with `pattana up`",
        "broker": broker,
        "database": database,
        "services": services,
        "first play": None if play.ended else str(play),
    }


async def _database(url: str) -> str | None:
    try:
        await ping(url)
    except StoreUnavailable as error:
        return f"no answer: {str(error)[:200]}"
    return None


@contextmanager
def fetching() -> Iterator[Callable[[int, int], None]]:
    """Called for each fetched jar; draws a bar from the first to the last, and nothing when all were there."""
    with ExitStack() as shown:
        advance: list[Callable[[int], None]] = []

        def fetched(done: int, of: int) -> None:
            if not advance:
                advance.append(shown.enter_context(bars()).part("fetching Kafka", of))
            advance[0](1)
            if done == of:
                shown.close()

        yield fetched
