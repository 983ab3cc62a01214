"""`pattana rebuild`: builds the reports again from the log while the old ones answer."""

import time
from pathlib import Path
from typing import Any

import click

from pattana.client import Caller, Client
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from pattana.progress import bars
from shared.rights import Role

PATH = "/api/reporting/rebuild"
LOOK_SECONDS = 0.3
_OPERATOR = Caller(Role.OPERATOR)


@click.command()
@home_option
@url_option
@key_option
def rebuild(home: Path | None, url: str | None, key: Path | None) -> None:
    """Fill the reports anew from the log, and wait until the new ones answer."""
    with client(home, url, key) as services:
        started = time.monotonic()
        status = services.send("POST", PATH, _OPERATOR).body
        generation = status["next"]["generation"] if status["next"] else status["active"]["generation"]
        events = _follow(services, status, generation)
    click.echo(f"generation {generation} answers: {events or 0:,} events in {time.monotonic() - started:.1f} s")


def _follow(services: Client, status: dict[str, Any], generation: int) -> int | None:
    """Waits until the new generation answers. Returns how many events it was built from."""
    events: int | None = None
    with bars() as progress:
        advance = progress.part(f"generation {generation}")
        counted = 0
        while status["next"] is not None or status["active"]["generation"] < generation:
            now = status["next"] or status["active"]
            advance((now["events"] or 0) - counted)
            counted = now["events"] or 0
            events = now["eventsTotal"] or events
            time.sleep(LOOK_SECONDS)
            status = services.get(PATH, _OPERATOR)
    return status["active"]["eventsTotal"] or events
