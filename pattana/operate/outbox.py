"""`pattana replay`: publishes events again from the outboxes."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from pattana.audit.audit import Where, databases_of
from pattana.eras import require_common_era
from pattana.errors import Explained
from pattana.operate.orders import note_order
from pattana.operate.running import run
from pattana.operate.target import stores
from pattana.options import home_option
from pattana.progress import Bars, bars
from shared.clock import BANGKOK
from shared.events.topics import TOPICS
from shared.messaging.replay import Replay, Selection

LOOK_SECONDS = 0.3
LOOK_SHARE = 20  # counting a million rows takes a while: the services do not feel it


@click.command()
@click.option("--topic", multiple=True, help=f"Only this topic: {', '.join(TOPICS)}.")
@click.option("--aggregate", multiple=True, help="Only this aggregate: the id of a run, a bucket ...")
@click.option("--since", help="Only events recorded since, as 2026-11-21T08:30.")
@click.option("--wait/--no-wait", default=True, help="Wait until the services have sent everything.")
@home_option
def replay(topic: Sequence[str], aggregate: Sequence[str], since: str | None, wait: bool, home: Path | None) -> None:
    """Publish events again from the outboxes; without options all of them. Consumers skip what they have."""
    chosen = Selection(tuple(topic), tuple(aggregate), moment(since))
    unknown = [name for name in chosen.topics if name not in TOPICS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} is none of {', '.join(TOPICS)}", param_hint="--topic")
    marked = run(_replay(stores(home), chosen, wait))
    click.echo(f"{marked:,} events {'published again' if wait else 'marked; the services send them now'}")


def moment(text: str | None, option: str = "--since") -> datetime | None:
    """ISO 8601; without an offset, Bangkok time. Raises BadParameter, also for a Buddhist year: nothing was recorded in
    one, so that a command would silently do nothing."""
    if text is None:
        return None
    try:
        require_common_era(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is not a time such as 2026-11-21T08:30", param_hint=option) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=BANGKOK)


async def _replay(where: Where, chosen: Selection, wait: bool) -> int:
    async with databases_of(where) as databases:
        for database in databases.values():
            await note_order(database, "replay", "outbox", None)
        outboxes = [Replay(database, where.topic_prefix) for database in databases.values()]
        with bars() as progress:
            advance = progress.part("marking", sum([await outbox.count(chosen) for outbox in outboxes]))
            marked = sum([await outbox.mark(chosen, advance) for outbox in outboxes])
            if wait and marked:
                await _until_sent(outboxes, progress)
    return marked


async def _until_sent(outboxes: list[Replay], progress: Bars, patience: float = 30) -> None:
    """Raises Explained when nothing has been sent for a while: the services do not run."""
    left = first = sum([await outbox.pending() for outbox in outboxes])
    advance = progress.part("sending", first)
    loop = asyncio.get_running_loop()
    ends = loop.time() + patience
    while left:
        asked = loop.time()
        now = sum([await outbox.pending() for outbox in outboxes])
        await asyncio.sleep(max(LOOK_SECONDS, LOOK_SHARE * (loop.time() - asked)))
        if now < left:
            advance(left - now)
            ends = loop.time() + patience
        elif loop.time() > ends:
            raise Explained(
                f"{now:,} events wait and nothing has been sent for {patience:.0f} s: are the services running?"
            )
        left = now
