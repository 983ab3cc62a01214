"""`pattana audit`: one line per promise, and what breaks it."""

from pathlib import Path
from typing import Annotated

import typer

from pattana.audit.audit import audit as check
from pattana.audit.verdict import Verdict
from pattana.operate.running import run
from pattana.operate.target import HomeOption, stores
from pattana.progress import bars


def audit(
    journal: Annotated[
        Path | None,
        typer.Option(help="What a client saw answered, one JSON line each; none of it may be missing.", exists=True),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Check every promise against all stores and the log; exit 1 with counter-examples when one is broken."""
    where = stores(home)
    with bars() as shown:
        verdict = run(check(where, journal, shown.part))
    tell(verdict)
    if not verdict.kept:
        raise typer.Exit(1)


def tell(verdict: Verdict) -> None:
    for promise in verdict.promises:
        typer.echo(promise.line())
        for example in promise.examples:
            typer.echo(f"   {example}")
