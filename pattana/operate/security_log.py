"""`pattana security-log`: reads the security logs of all services as one."""

import heapq
import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table

from pattana.client import Caller, Client
from pattana.console import wide
from pattana.operate.outbox import moment
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from services import SERVICES
from shared.clock import BANGKOK
from shared.rights import Role

COLUMNS: Final = ("at", "service", "subject", "unit", "action", "kind", "object", "outcome", "count", "client")
_OPERATOR: Final = Caller(Role.OPERATOR)


@click.command()
@click.option("--subject", help="Only what this subject did, read or was refused.")
@click.option("--object", "of", help="Only what was about this id: of a person, a programme, a nomination ...")
@click.option("--since", help="Only since then, as 2026-11-21T08:30.")
@click.option("--until", help="Only before then.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="Most entries.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, with everything that is kept.")
@home_option
@url_option
@key_option
def security_log(
    limit: int, as_json: bool, home: Path | None, url: str | None, key: Path | None, **asked: str | None
) -> None:
    """Who did, read or was refused what, the newest first, from all services."""
    query = {"subject": asked["subject"], "object": asked["of"]}
    query |= {name: _told(moment(asked[name], f"--{name}")) for name in ("since", "until")}
    with client(home, url, key) as services:
        entries = itertools.islice(newest_first(services, query), limit)
        if not as_json:
            _print(entries)
            return
        for entry in entries:
            click.echo(json.dumps(entry, ensure_ascii=False))


def newest_first(services: Client, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The logs of all services as one, read page by page as far as they are wanted."""
    logs = [_of_service(name, services, query) for name in SERVICES]
    return heapq.merge(*logs, key=lambda entry: str(entry["id"]), reverse=True)


def _of_service(name: str, services: Client, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in services.pages(f"/api/{name}/security-log", _OPERATOR, query):
        yield {"service": name, **entry}


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _print(entries: Iterator[dict[str, Any]]) -> None:
    table = Table(*COLUMNS, box=None)
    for entry in entries:
        at = datetime.fromisoformat(entry["at"]).astimezone(BANGKOK).isoformat(timespec="seconds")
        table.add_row(at, *("" if entry[name] is None else str(entry[name]) for name in COLUMNS[1:]))
    wide().print(table)
