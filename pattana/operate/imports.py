"""`pattana import`: imports files through the services, and prints the rows that were refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from click.exceptions import Exit

from pattana.client import Caller
from pattana.console import wide
from pattana.operate.following import followed
from pattana.operate.reported import tables
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from pattana.progress import bars
from shared.rights import CENTRAL_POOL, Role

_OFFICER = Caller(Role.HR_OFFICER, CENTRAL_POOL)
_COUNTS: Final = ("registered", "recorded", "moved", "changed", "unchanged")


@click.group()
def group() -> None:
    """Bring in files."""


def _of_a_sheet(command: Callable[..., None]) -> Callable[..., None]:
    """What every import takes."""
    for decorate in (
        click.option("--sheet", default=None, metavar="NAME", help="The sheet of a workbook, if several hold a list."),
        click.option(
            "--confirm",
            multiple=True,
            type=click.IntRange(1),
            metavar="LINE",
            help="A line asked about that is right. Repeatable.",
        ),
        click.option("--dry-run", is_flag=True, help="Tell what the import would do, and store nothing."),
        key_option,
        url_option,
        home_option,
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        command = decorate(command)
    return command


@group.command()
@_of_a_sheet
def people(**asked: Any) -> None:
    """Import people: good rows are stored, bad ones and those to be asked about listed; exit 1 when there are any.
    Repeatable.

    FILE is CSV or XLSX with a header row. After a time-out or a lost connection run the same again: rows that are in
    come out as unchanged.
    """
    _import("people", **asked)


@group.command()
@_of_a_sheet
def posts(**asked: Any) -> None:
    """Import who is in which post, and from when to when: as people are imported.

    FILE is CSV or XLSX with a header row. A line that would end the time of a predecessor is asked about; --confirm it,
    and the predecessor leaves on the day before.
    """
    _import("posts", **asked)


def _import(
    what: str,
    file: Path,
    home: Path | None,
    url: str | None,
    key: Path | None,
    *,
    dry_run: bool,
    confirm: tuple[int, ...],
    sheet: str | None,
) -> None:
    with client(home, url, key) as services, bars() as progress:
        progress.part(f"sending {file.name}")
        path = f"/api/enrolment/imports/{what}"
        query = {"detail": "compact", "preview": dry_run, "confirmed": confirm} | ({"sheet": sheet} if sheet else {})
        report = followed(services.lines(path, _OFFICER, file, query), progress, file.name, preview=dry_run)
    _print(report)
    if report["badRows"] or report["askedRows"]:
        raise Exit(1)


def _hidden(sheet: dict[str, Any]) -> str:
    """What nobody sees of a sheet and was imported all the same."""
    said = ""
    if sheet["hiddenRows"]:
        more = " …" if sheet["hiddenRows"] > len(sheet["hiddenLines"]) else ""
        lines = ", ".join(map(str, sheet["hiddenLines"]))
        said += f"; {sheet['hiddenRows']:,} rows are hidden in it (lines {lines}{more})"
    if sheet["hiddenColumns"]:
        said += f"; columns hidden in it that were read: {', '.join(sheet['hiddenColumns'])}"
    return said


def _print(report: dict[str, Any]) -> None:
    counts = [f"{report[name]:,} {name}" for name in _COUNTS if name in report]
    asked = f"{report['badRows']:,} refused, {report['askedRows']:,} to be asked about"
    click.echo(f"{report['rows']:,} rows: {', '.join(counts)}, {asked}")
    if report["preview"]:
        click.echo("a preview: nothing was stored")
    if report["unchanged"]:
        click.echo(f"{report['unchanged']:,} rows were in already, as they stand in the file")
    if sheet := report["sheet"]:
        click.echo(f"sheet {sheet['name']}{_hidden(sheet)}")
    _print_listed(report)
    # What was in the file is repeated in reasons, and is no markup.
    console = wide(markup=False, emoji=False, highlight=False)
    for table in tables(report):
        console.print(table)


def _print_listed(report: dict[str, Any]) -> None:
    """How many there are of what the tables list."""
    if report.get("changedFields"):
        listed = len(report["changes"])
        click.echo(f"{report['changedFields']:,} fields of known people changed, {listed:,} listed")
    if report.get("warnings"):
        click.echo(f"{len(report['warnings']):,} warnings about rows that were imported")
    if report["ignoredColumns"]:
        click.echo(f"unknown columns: {', '.join(report['ignoredColumns'])}")
    if report["leftOutRows"]:
        click.echo(f"{report['leftOutRows']:,} rows are no part of the list and were left out")
