"""`pattana import`: imports files through the services, and prints the rows that were refused."""

from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from rich.table import Table

from pattana.client import Caller
from pattana.console import wide
from pattana.errors import Explained
from pattana.operate.target import client
from pattana.options import home_option, key_option, url_option
from pattana.progress import bars
from shared.rights import CENTRAL_POOL, Role

_OFFICER = Caller(Role.HR_OFFICER, CENTRAL_POOL)


@click.group()
def group() -> None:
    """Bring in files."""


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@url_option
@key_option
def people(file: Path, home: Path | None, url: str | None, key: Path | None) -> None:
    """Import people: good rows are stored, bad ones listed; exit 1 when there are bad ones. Repeatable.

    FILE is CSV or XLSX with a header row.
    """
    content = file.read_bytes()
    if not content:
        raise Explained(f"{file} is empty")
    with client(home, url, key) as services, bars() as progress:
        progress.part(f"importing {file.name}")
        path = "/api/enrolment/imports/people"
        report = services.upload(path, _OFFICER, content, {"detail": "compact"}).body
    _print(report)
    if report["badRows"]:
        raise Exit(1)


def _print(report: dict[str, Any]) -> None:
    counts = [f"{report[name]:,} {name}" for name in ("registered", "moved", "changed", "unchanged")]
    click.echo(f"{report['rows']:,} rows: {', '.join(counts)}, {report['badRows']:,} refused")
    if report["warnings"]:
        click.echo(f"{len(report['warnings']):,} values left out (kept as they were)")
    if report["ignoredColumns"]:
        click.echo(f"unknown columns: {', '.join(report['ignoredColumns'])}")
    if listed := report["problems"] + report["warnings"]:
        _list(listed)


def _list(problems: list[dict[str, Any]]) -> None:
    table = Table("line", "column", "code", "reason", box=None)
    for problem in problems:
        table.add_row(str(problem["line"]), problem["column"] or "", problem["code"], problem["reason"])
    # What was in the file is repeated in reasons, and is no markup.
    wide(markup=False, emoji=False, highlight=False).print(table)
