"""`pattana demo`: plays a scenario and prints expected and actual numbers."""

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
@click.option("--fresh", is_flag=True, help="On a temporary edition that is deleted afterwards.")
@home_option
@url_option
@key_option
@click.option(
    "--journal", type=click.Path(path_type=Path), help="Write the answers to this file, for `audit --journal`."
)
def demo(what: str, fresh: bool, home: Path | None, url: str | None, key: Path | None, journal: Path | None) -> None:
    """Play a scenario through the services and hold their answers against its numbers; exit 1 on any difference.

    WHAT is a bundled scenario (default A), or a file of the same form.

    Without --fresh and --url it plays on the edition that runs from the data folder; if none runs, on a temporary
    one. An interrupted play continues where it stopped.
    """
    scenarios = read(what)
    with ExitStack() as stack:
        answers = stack.enter_context(Journal(journal)) if journal is not None else None
        if url is None and (fresh or not Home.find(home).in_use()):
            same = asyncio.run(_on_temporary(scenarios, answers))
        else:
            services = stack.enter_context(client(home, url, key))
            services.journal = answers
            same = play_all(scenarios, services, Home.find(home).root / DIARIES)
    if not same:
        raise Exit(1)


def play_all(scenarios: list[Scenario], services: Client, diaries: Path) -> bool:
    """Whether no number differs. Raises Exit(2) when none of the scenarios can be played."""
    same = True
    for scenario in scenarios:
        compared = play(scenario, services, diaries) if scenario.playable else lines(scenario.numbers(), {})
        click.echo(f"scenario {scenario.id}: {scenario.programme.title}")
        click.echo(table(compared))
        same = same and not any(line.differs for line in compared)
    if not any(scenario.playable for scenario in scenarios):
        click.echo("this cannot be played yet: no unit nominates anybody", err=True)
        raise Exit(2)
    return same


def play(scenario: Scenario, services: Client, diaries: Path) -> list[Line]:
    officer = Caller(Role.HR_OFFICER, scenario.programme.organiser or CENTRAL_POOL)
    with open_diary(diaries, scenario, services.url) as diary:
        if diary.begun:
            click.echo(f"continuing the interrupted play {diary.play}")
        with bars() as progress:
            actual = Play(scenario, Api(services, officer), diary, progress.part).perform()
    return lines(scenario.numbers(), actual)


async def _on_temporary(scenarios: list[Scenario], answers: Journal | None) -> bool:
    async with _temporary() as (home, run):
        with Client(run.url, Tokens.of_folder(home.keys), journal=answers) as services:
            return await asyncio.to_thread(play_all, scenarios, services, home.root / DIARIES)


@asynccontextmanager
async def _temporary() -> AsyncIterator[tuple[Home, Run]]:
    """A separate edition on free ports, deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="pattana-") as folder:
        home = Home(Path(folder))
        async with started(home, port=free_port(), say=lambda text: click.echo(text, err=True)) as edition:
            await until_ready(edition.run.url)
            await import_reference_data(home, edition.run)
            yield home, edition.run
