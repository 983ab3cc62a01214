"""`pattana demo`: plays a scenario and prints expected against actual."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import click
from click.exceptions import Exit

from pattana.audit.journal import Journal
from pattana.client import Caller, Client, Tokens
from pattana.demo.api import Api
from pattana.demo.diary import open_diary
from pattana.demo.numbers import Line, lines, table
from pattana.demo.play import Play
from pattana.demo.scenario import Scenario, read
from pattana.embedded.first_start import import_reference_data
from pattana.embedded.home import Home, Run
from pattana.embedded.ports import free_port
from pattana.embedded.up import started, until_ready
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from pattana.progress import bars
from shared.rights import CENTRAL_POOL, Role

DIARIES = "plays"


@click.command()
@click.argument("what", default="A")
@click.option("--fresh", is_flag=True, help="On a temporary edition that is thrown away after.")
@home_option
@url_option
@key_option
@click.option("--journal", type=click.Path(path_type=Path), help="Write what was answered here, for `audit --journal`.")
def demo(what: str, fresh: bool, home: Path | None, url: str | None, key: Path | None, journal: Path | None) -> None:
    """Play a scenario through the services and hold their answers against its numbers; exit 1 on any difference.

    WHAT is a bundled scenario (A, also when not given), or a file of the same form.

    Without --fresh and --url it plays on the edition that runs from the data folder; where none runs, on a temporary
    one. A play that was cut off goes on where it stopped.
    """
    scenarios = read(what)
    with ExitStack() as stack:
        written = stack.enter_context(Journal(journal)) if journal is not None else None
        if url is None and (fresh or not Home.find(home).in_use()):
            same = asyncio.run(_on_temporary(scenarios, written))
        else:
            services = stack.enter_context(client(home, url, key))
            services.journal = written
            same = play_all(scenarios, services, Home.find(home).root / DIARIES)
    if not same:
        raise Exit(1)


def play_all(scenarios: list[Scenario], services: Client, diaries: Path) -> bool:
    """Whether no number differs. Raises Exit(2) when nothing of it can be played."""
    same = True
    for scenario in scenarios:
        compared = play(scenario, services, diaries) if scenario.playable else lines(scenario.numbers(), {})
        click.echo(f"scenario {scenario.id}: {scenario.programme.title}")
        click.echo(table(compared))
        same = same and not any(line.differs for line in compared)
    if not any(scenario.playable for scenario in scenarios):
        click.echo("nothing of this can be played yet: nobody is nominated by the units", err=True)
        raise Exit(2)
    return same


def play(scenario: Scenario, services: Client, diaries: Path) -> list[Line]:
    officer = Caller(Role.HR_OFFICER, scenario.programme.organiser or CENTRAL_POOL)
    with open_diary(diaries, scenario, services.url) as diary:
        if diary.begun:
            click.echo(f"going on with the play {diary.play} that was cut off")
        with bars() as shown:
            actual = Play(scenario, Api(services, officer), diary, shown.part).perform()
    return lines(scenario.numbers(), actual)


async def _on_temporary(scenarios: list[Scenario], written: Journal | None) -> bool:
    async with _temporary() as (home, run):
        with Client(run.url, Tokens.of_folder(home.keys), journal=written) as services:
            return await asyncio.to_thread(play_all, scenarios, services, home.root / DIARIES)


@asynccontextmanager
async def _temporary() -> AsyncIterator[tuple[Home, Run]]:
    """An edition of its own on free ports, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pattana-") as folder:
        home = Home(Path(folder))
        async with started(home, port=free_port(), say=lambda text: click.echo(text, err=True)) as edition:
            await until_ready(edition.run.url)
            await import_reference_data(home, edition.run)
            yield home, edition.run
