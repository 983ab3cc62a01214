"""`pattana audit`: one line per promise, with counter-examples."""

from pathlib import Path

import click
from click.exceptions import Exit

from pattana.audit.audit import audit as check
from pattana.audit.verdict import Verdict
from pattana.operate.running import run
from pattana.operate.target import stores
from pattana.options import home_option
from pattana.progress import bars


@click.command()
@click.option(
    "--journal",
    type=click.Path(exists=True, path_type=Path),
    help="Answers that a client received, one JSON line each; none may be missing.",
)
@home_option
def audit(journal: Path | None, home: Path | None) -> None:
    """Check every promise against all stores and the log; exit 1 with counter-examples when one is broken."""
    where = stores(home)
    with bars() as progress:
        verdict = run(check(where, journal, progress.part))
    show(verdict)
    if not verdict.kept:
        raise Exit(1)


def show(verdict: Verdict) -> None:
    for promise in verdict.promises:
        click.echo(promise.line())
        for example in promise.examples:
            click.echo(f"   {example}")
