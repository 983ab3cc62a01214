"""`pattana dead-letters`: events that a consumer could not apply, and what waits behind them."""

import asyncio
import getpass
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from rich.table import Table

from pattana.audit.audit import databases_of
from pattana.console import wide
from pattana.errors import Explained
from pattana.operate.orders import note_order
from pattana.operate.running import run
from pattana.operate.target import stores
from pattana.options import home_option
from pattana.progress import bars
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.held import headers_of
from shared.messaging.sequence import Wait
from shared.settings import Settings

CARRIED_OUT_SECONDS = 20.0
LOOK_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One held record of one service."""

    store: DeadLetters
    row: dict[str, Any]

    @property
    def id(self) -> str:
        """Short, and always the same for the same record."""
        return hashlib.sha256(self.row["_id"].encode()).hexdigest()[:10]

    @property
    def parked(self) -> bool:
        return bool(self.row["wait"] == Wait.PARKED)

    async def order(self, action: str) -> None:
        """Into the security log of the service."""
        await note_order(self.store.database, action, "event", f"{self.row['subject']}:{self.row['seq']}")


@click.group()
def group() -> None:
    """Events that a consumer could not apply: look, try again, or leave out.

    ID is that of `pattana dead-letters list`.
    """


@group.command("list")
@home_option
def list_dead_letters(home: Path | None) -> None:
    """List parked events and gaps; exit 1 when there are any."""
    dead_letters, paused = run(_read(home))
    behind = Counter(_subject(dead) for dead in dead_letters if dead.row["wait"] == Wait.BEHIND)
    listed = [dead for dead in dead_letters if dead.row["wait"] != Wait.BEHIND]
    table = Table("id", "consumer", "event", "since", "waiting behind", "why", box=None)
    for dead in listed:
        row = dead.row
        why = row["reason"] if dead.parked else f"gap: {row['reason']}"
        at = row["at"].isoformat(timespec="seconds")
        table.add_row(dead.id, row["consumer"], f"{row['subject']}:{row['seq']}", at, str(behind[_subject(dead)]), why)
    if not listed:
        click.echo("no event waits")
        return
    wide().print(table)
    for consumer in paused:
        click.echo(f"{consumer} has paused: one type of event was parked again and again, and hardly applied")
    raise Exit(1)


@group.command()
@click.argument("id")
@home_option
def show(id: str, home: Path | None) -> None:
    """Show one event as it was read."""
    dead_letters, _ = run(_read(home))
    row = _find(dead_letters, id).row
    names = ("consumer", "source", "subject", "seq", "wait", "reason", "topic", "partition", "offset", "at")
    for name in names:
        click.echo(f"{name:<10}{row[name]}")
    for name, raw in sorted(headers_of(row).items()):
        click.echo(f"{'header':<10}{name}: {(raw or b'').decode('utf-8', 'replace')}")
    click.echo(_pretty(row["value"]))


@group.command()
@click.argument("id", required=False)
@click.option("--all", is_flag=True, help="Every parked event.")
@home_option
def retry(id: str | None, all: bool, home: Path | None) -> None:
    """Retry a parked event; those behind it follow in order. Exit 1 when it is parked again."""
    if (id is None) is not all:
        raise click.BadParameter("give an id, or --all")
    left = run(_retry(home, id))
    click.echo("applied" if not left else f"parked again: {', '.join(dead.id for dead in left)}")
    if left:
        raise Exit(1)


@group.command()
@click.argument("id")
@click.option("--reason", prompt="Reason", help="Why it is discarded; kept permanently.")
@click.option("--who", help="Who decides; the system's user when not given.")
@home_option
def discard(id: str, reason: str, who: str | None, home: Path | None) -> None:
    """Discard a parked event permanently; those behind it follow. Rebuilds leave it out too."""
    if not reason.strip():
        raise click.BadParameter("a reason is needed", param_hint="--reason")
    run(_discard(home, id, who or getpass.getuser(), reason.strip()))
    click.echo("left out; what waited behind it goes on")


@asynccontextmanager
async def _dead_letters(home: Path | None) -> AsyncIterator[list[DeadLetter]]:
    async with databases_of(stores(home)) as databases:
        kept = [DeadLetters(database) for database in databases.values()]
        yield [DeadLetter(store, row) for store in kept async for row in store.rows()]


async def _read(home: Path | None) -> tuple[list[DeadLetter], list[str]]:
    """The dead letters, and the consumers that have paused."""
    async with _dead_letters(home) as dead_letters, databases_of(stores(home)) as databases:
        paused: list[str] = []
        for database in databases.values():
            paused += await DeadLetters(database).paused(Settings().park_limit)
        return dead_letters, paused


async def _retry(home: Path | None, id: str | None) -> list[DeadLetter]:
    """Returns those that are parked again."""
    async with _dead_letters(home) as dead_letters:
        chosen = [dead for dead in dead_letters if dead.parked] if id is None else [_find(dead_letters, id)]
        for dead in chosen:
            await dead.order("retry")
            await dead.store.retry(dead.row)
        await _until_carried_out(chosen)
    async with _dead_letters(home) as now:
        still = {dead.row["_id"] for dead in now if dead.parked}
        return [dead for dead in chosen if dead.row["_id"] in still]


async def _discard(home: Path | None, id: str, who: str, why: str) -> None:
    async with _dead_letters(home) as dead_letters:
        dead = _find(dead_letters, id)
        await dead.order("discard")
        await dead.store.discard(dead.row, who=who, why=why, at=datetime.now(UTC))
        await _until_carried_out([dead])


async def _until_carried_out(dead_letters: Sequence[DeadLetter]) -> None:
    """Raises Explained when no consumer has acted in time: it does not run, and will act once it does."""
    ends = asyncio.get_running_loop().time() + CARRIED_OUT_SECONDS
    with bars() as progress:
        advance = progress.part("waiting", len(dead_letters))
        for dead in dead_letters:
            while await dead.store.waits(dead.row):
                if asyncio.get_running_loop().time() > ends:
                    raise Explained(f"noted; {dead.row['consumer']} has not acted on it yet: is the service running?")
                await asyncio.sleep(LOOK_SECONDS)
            advance(1)


def _find(dead_letters: Sequence[DeadLetter], id: str) -> DeadLetter:
    for dead in dead_letters:
        if id in (dead.id, dead.row["_id"]):
            return dead
    raise Explained(f"no event with the id {id} waits; see `pattana dead-letters list`")


def _subject(dead: DeadLetter) -> tuple[str, str, str]:
    row = dead.row
    return row["consumer"], row["source"], row["subject"]


def _pretty(value: bytes | None) -> str:
    if value is None:
        return "(no value: a tombstone)"
    text = bytes(value).decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
