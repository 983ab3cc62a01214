"""`pattana token`. Imports what signs and nothing that runs."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from pattana.embedded.home import Home, NotRunning
from pattana.options import home_option
from shared.rights import Role
from shared.signing import issue_token, load_key

_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@click.command()
@click.option(
    "--role",
    type=click.Choice(Role, case_sensitive=False),
    multiple=True,
    required=True,
    metavar="ROLE",
    help=f"{', '.join(Role)}; may be given more than once.",
)
@click.option("--unit", help="Unit of the bearer, as PO-50 or PERS.")
@click.option("--person", help="Id of the bearer in the directory, for people.")
@click.option("--ttl", default="8h", show_default=True, help="How long it is good, as 30m, 8h or 7d.")
@home_option
def token(role: Sequence[Role], unit: str | None, person: str | None, ttl: str, home: Path | None) -> None:
    """Print a token signed with the key of this data folder."""
    folder = Home.find(home).keys
    try:
        key = load_key(folder)
    except FileNotFoundError:
        raise NotRunning(f"there is no signing key in {folder}; the first `pattana up` makes it") from None
    click.echo(issue_token(key, role, unit, person, duration(ttl)))


def duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text} is not a time such as 30m, 8h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
