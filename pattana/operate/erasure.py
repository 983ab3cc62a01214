"""`pattana erasure PERSON`: what every store still has of a person, what is gone, and what remains and why."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from click.exceptions import Exit
from rich.table import Table

from pattana.console import wide
from pattana.operate.running import run
from pattana.operate.target import stores
from pattana.operate.traces import Fate, Trace, Traces, traces_of
from pattana.options import home_option

NOT_ERASED = 2


@click.command()
@click.argument("person")
@home_option
def erasure(person: str, home: Path | None) -> None:
    """Look into every store for what there is of a person: gone, or remaining and why; exit 1 if not gone.

    PERSON is the id; no name is printed. Exit 2: the person has not been erased.
    """
    found = run(traces_of(stores(home), person))
    show(found.lines)
    if found.erased_at is None:
        click.echo(f"{person} has not been erased: DELETE /api/enrolment/people/{person}/contact (HR officer)")
        raise Exit(NOT_ERASED)
    left = [one for one in found.lines if one.fate is Fate.LEFT]
    click.echo(_verdict(found, left))
    if left:
        raise Exit(1)


def _verdict(found: Traces, left: Sequence[Trace]) -> str:
    when = f"erased at {found.erased_at:%Y-%m-%d %H:%M} UTC"
    if left:
        return f"{when}; NOT GONE: {', '.join(one.store for one in left)}"
    going = [one.store for one in found.lines if one.fate is Fate.GOES]
    return f"{when}; {'still going, in time: ' + ', '.join(going) if going else 'gone as far as it can be'}"


def show(lines: Iterable[Trace]) -> None:
    table = Table("store", "what", "found", "", "why", box=None)
    for one in lines:
        table.add_row(one.store, one.what, "" if one.found is None else str(one.found), one.fate.value, one.why)
    wide().print(table)
