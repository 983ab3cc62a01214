"""`pattana demo`: performs plays and prints expected and actual numbers."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import click
from click.exceptions import Exit

from pattana.audit.journal import Journal
from pattana.client import Caller, Client, Tokens
from pattana.demo.api import Api
from pattana.demo.cut import Cut, Wish, cut_of, require_report
from pattana.demo.diary import open_diary
from pattana.demo.lines import table
from pattana.demo.play import Play, Played
from pattana.demo.script import Report, Script, are_all, read
from pattana.embedded.first_start import import_reference_data
from pattana.embedded.home import Home, Run
from pattana.embedded.ports import free_port
from pattana.embedded.up import started, until_ready
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from pattana.progress import bars
from shared.rights import CENTRAL_POOL, Role

DIARIES = "plays"
Chosen = Sequence[tuple[Script, Cut] | Report]


@click.command()
@click.argument("what", nargs=-1)
@click.option("--until", metavar="STEP", help="Play up to this step: its number, or the last one of that word.")
@click.option("--as-far-as-possible", is_flag=True, help="Leave out what this release cannot play, and say what.")
@click.option("--fresh", is_flag=True, help="On a temporary edition that is deleted afterwards.")
@home_option
@url_option
@key_option
@click.option(
    "--journal", type=click.Path(path_type=Path), help="Write the answers to this file, for `audit --journal`."
)
def demo(
    what: tuple[str, ...],
    until: str | None,
    as_far_as_possible: bool,
    fresh: bool,
    home: Path | None,
    url: str | None,
    key: Path | None,
    journal: Path | None,
) -> None:
    """Perform plays through the services and hold their answers against the numbers; exit 1 on any difference.

    WHAT are bundled plays (A to E, or all; A when nothing is named) or files of the same form. A file is refused with
    the first step that this release cannot play, before anything is done, unless an option says to leave it out. `all`
    plays what can be played, and says at its beginning and its end what cannot.

    Without --fresh and --url it plays on the edition that runs from the data folder; if none runs, on a temporary
    one. An interrupted play continues where it stopped.
    """
    wish = Wish(until, as_far_as_possible)
    plays = chosen(what or ("A",), wish)
    say_unasked(plays)
    with ExitStack() as stack:
        answers = stack.enter_context(Journal(journal)) if journal is not None else None
        if url is None and (fresh or not Home.find(home).in_use()):
            same = asyncio.run(_on_temporary(plays, answers))
        else:
            services = stack.enter_context(client(home, url, key))
            services.journal = answers
            same = play_all(plays, services, Home.find(home).root / DIARIES)
    say_unasked(plays)
    if not same:
        raise Exit(1)


def chosen(what: Sequence[str], wish: Wish) -> Chosen:
    """Raises NoPlay and CannotPlay, for the first that is not as it should be. A report that cannot be asked yet is
    refused where it was named, and among all of them left out; so is a field of a programme."""
    plays: list[tuple[Script, Cut] | Report] = []
    for named, script in [(name, script) for name in what for script in read(name)]:
        lenient = wish.leaves_out or are_all(named)
        if isinstance(script, Report):
            require_report(script, leaves_out=lenient)
            plays.append(script)
        else:
            plays.append((script, cut_of(script, wish, lenient=lenient)))
    return plays


def unasked(plays: Chosen) -> list[str]:
    """A sentence for each report that is left out, with the numbers that nobody compares."""
    return [
        f"left out: play {report.id}, as the report {report.report} over {', '.join(report.over)} cannot be asked yet "
        f"(its numbers: {', '.join(report.expected)}); the exit code is that of the other plays"
        for report in plays
        if isinstance(report, Report)
    ]


def say_unasked(plays: Chosen) -> None:
    for sentence in unasked(plays):
        click.echo(sentence)


def play_all(plays: Chosen, services: Client, diaries: Path) -> bool:
    """Whether no number differs."""
    same = True
    for chosen in plays:
        if isinstance(chosen, Report):
            continue
        script, cut = chosen
        click.echo(f"play {script.id}: {script.title}")
        played = play(script, cut, services, diaries) if cut.steps else Played((), ())
        if played.lines:
            click.echo(table(played.lines))
        for sentence in left_out(cut, played.fields):
            click.echo(sentence)
        same = same and not any(line.differs for line in played.lines)
    return same


def play(script: Script, cut: Cut, services: Client, diaries: Path) -> Played:
    officer = Caller(Role.HR_OFFICER, script.known.organiser or CENTRAL_POOL)
    with open_diary(diaries, script, services.url) as diary:
        if diary.begun:
            click.echo(f"continuing the interrupted play {diary.play}")
        with bars() as progress:
            api = Api(services, officer)
            return Play(script, cut, api, diary, progress.part, lenient=cut.lenient).perform()


def left_out(cut: Cut, fields: Sequence[str]) -> Iterator[str]:
    """Everything of the file that was not played or not compared."""
    if fields:
        yield f"left out of the programme: {', '.join(fields)}"
    if cut.left_out:
        yield f"left out steps: {', '.join(f'{step.number} {step.do}' for step in cut.left_out)}"
    if cut.unknown:
        yield f"left out numbers: {', '.join(cut.unknown)}"


async def _on_temporary(plays: Chosen, answers: Journal | None) -> bool:
    async with _temporary() as (home, run):
        with Client(run.url, Tokens.of_folder(home.keys), journal=answers) as services:
            return await asyncio.to_thread(play_all, plays, services, home.root / DIARIES)


@asynccontextmanager
async def _temporary() -> AsyncIterator[tuple[Home, Run]]:
    """A separate edition on free ports, deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="pattana-") as folder:
        home = Home(Path(folder))
        async with started(home, port=free_port(), say=lambda text: click.echo(text, err=True)) as edition:
            await until_ready(edition.run.url)
            await import_reference_data(home, edition.run)
            yield home, edition.run
