"""`pattana rebuild`: builds a read model again from the log while the old one answers."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from pattana.client import Caller, Client
from pattana.errors import Explained
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from pattana.progress import bars
from shared.rights import Role

LOOK_SECONDS = 0.3
# How long a rebuild may stand still for one reason. An outage ends by itself, so it gets more time.
BLOCKED_SECONDS = 5.0
TROUBLE_SECONDS = 60.0
_OPERATOR = Caller(Role.OPERATOR)


@click.command()
@click.argument("service", type=click.Choice(["reporting", "notification"]), default="reporting")
@click.option("--abandon", is_flag=True, help="Give up the rebuild that is under way; what answers now goes on.")
@home_option
@url_option
@key_option
def rebuild(service: str, abandon: bool, home: Path | None, url: str | None, key: Path | None) -> None:
    """Fill the reports (or what SERVICE remembers) anew from the log, and wait until the new ones answer.

    Nobody is written to about the past. Ends with 1 when they may not answer, because more events wait in them than in
    the old ones.
    """
    path = f"/api/{service}/rebuild"
    with client(home, url, key) as services:
        if abandon:
            _abandon(services, path)
            return
        started = time.monotonic()
        status = services.send("POST", path, _OPERATOR).body
        generation = status["next"]["generation"] if status["next"] else status["active"]["generation"]
        events = _follow(services, path, status, generation)
    click.echo(f"generation {generation} answers: {events or 0:,} events in {time.monotonic() - started:.1f} s")


def _abandon(services: Client, path: str) -> None:
    filling = services.get(path, _OPERATOR)["next"]
    active = services.send("DELETE", path, _OPERATOR).body["active"]["generation"]
    given_up = "no rebuild is under way" if filling is None else f"generation {filling['generation']} is given up"
    click.echo(f"{given_up}; generation {active} answers")


@dataclass
class _Standstill:
    """Since when a rebuild says the same about itself and reads no further."""

    seen: tuple[Any, ...] = ()
    since: float = field(default_factory=time.monotonic)

    def reason(self, filling: dict[str, Any]) -> str | None:
        """Why it stands still for too long."""
        blocked, trouble = filling["blocked"], filling["trouble"]
        seen = (blocked is not None, trouble, filling["events"])
        if seen != self.seen:
            self.seen, self.since = seen, time.monotonic()
        stood = time.monotonic() - self.since
        if blocked is not None and stood >= BLOCKED_SECONDS:
            return f"{blocked}; see `pattana dead-letters list`, then mend, discard, or `pattana rebuild --abandon`"
        return str(trouble) if trouble is not None and stood >= TROUBLE_SECONDS else None


def _follow(services: Client, path: str, status: dict[str, Any], generation: int) -> int | None:
    """Waits until the new generation answers. Returns how many events it was built from."""
    events: int | None = None
    standstill = _Standstill()
    with bars() as progress:
        advance = progress.part(f"generation {generation}")
        counted = 0
        while status["active"]["generation"] < generation:
            now = status["next"]
            if now is None or now["generation"] != generation:
                raise Explained(f"generation {generation} was given up")
            if (reason := standstill.reason(now)) is not None:
                raise Explained(f"generation {generation} does not answer: {reason}")
            advance((now["events"] or 0) - counted)
            counted = now["events"] or 0
            events = now["eventsTotal"] or events
            time.sleep(LOOK_SECONDS)
            status = services.get(path, _OPERATOR)
    return status["active"]["eventsTotal"] or events
