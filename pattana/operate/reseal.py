"""`pattana reseal`: contacts under the newest key, until no copy needs an older one."""

import time
from pathlib import Path
from typing import Any, Final

import click
from click.exceptions import Exit

from pattana.client import Caller, Client
from pattana.errors import Explained
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from pattana.progress import bars
from shared.rights import Role

LOOK_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 60.0  # for copies that do not become fewer
_OPERATOR: Final = Caller(Role.OPERATOR)
_RESEAL: Final = "/api/enrolment/contacts/reseal"
_COPIES: Final = "/api/notification/contact-keys"


@click.command()
@click.option("--look", is_flag=True, help="Change nothing: say how many contacts stand under which key.")
@home_option
@url_option
@key_option
def reseal(look: bool, home: Path | None, url: str | None, key: Path | None) -> None:
    """Seal all contacts with the newest key, and say which keys nothing needs any more; exit 1 while one is needed.

    May be stopped and started again at any time: what is done stays done.
    """
    with client(home, url, key) as services:
        if not look:
            seen, resealed, newest = _walk(services)
            click.echo(f"{resealed:,} of {seen:,} contacts sealed again with {newest}")
            _follow(services, newest)
        use = services.get(_COPIES, _OPERATOR)
    for line in sentences(use):
        click.echo(line)
    if remaining(use):
        raise Exit(1)


def _walk(services: Client) -> tuple[int, int, str]:
    """Through all people, page by page."""
    seen = resealed = 0
    after: str | None = ""
    page: dict[str, Any] = {}
    with bars() as progress:
        advance = progress.part("sealing")
        while after is not None:
            page = services.send("POST", f"{_RESEAL}?after={after}", _OPERATOR).body
            seen, resealed, after = seen + page["seen"], resealed + page["resealed"], page["next"]
            advance(page["seen"])
    return seen, resealed, page["key"]


def _follow(services: Client, newest: str) -> None:
    """Until the copies have followed, or do not move any more. Raises Explained when they have another ring."""
    least, since = None, time.monotonic()
    while True:
        use = services.get(_COPIES, _OPERATOR)
        if use["keys"][0]["key"] != newest:
            first = use["keys"][0]["key"]
            raise Explained(f"enrolment seals with {newest}, but notification's first key is {first}: start it anew")
        left = remaining(use)
        if not left:
            return
        if least is None or left < least:
            least, since = left, time.monotonic()
        if time.monotonic() - since >= PATIENCE_SECONDS:
            return
        time.sleep(LOOK_SECONDS)


def remaining(use: dict[str, Any]) -> int:
    """Contacts that are not under the newest key."""
    return int(sum(row["contacts"] for row in use["keys"][1:]) + use["others"])


def sentences(use: dict[str, Any]) -> list[str]:
    newest, *older = use["keys"]
    said = [f"{newest['key']}: {newest['contacts']:,} contacts; the newest key"]
    for row in older:
        verdict = "still needed" if row["contacts"] else "may be taken out of PATTANA_CONTACT_KEYS"
        said.append(f"{row['key']}: {row['contacts']:,} contacts; {verdict}")
    if use["others"]:
        said.append(f"{use['others']:,} contacts stand under keys that PATTANA_CONTACT_KEYS does not hold")
    return said
